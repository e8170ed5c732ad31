-- The example table for PostgreSQL: psql -d DATABASE -f primary_sales.sql
-- Same rows as primary_sales.csv (tests/examples_test.py compares them).

BEGIN;

CREATE TABLE primary_sales (
  id               integer PRIMARY KEY,
  billing_date     date NOT NULL,
  billing_code     text NOT NULL,
  customer_name    text NOT NULL,
  customer_code    text NOT NULL,
  customer_segment text NOT NULL,
  region           text NOT NULL,
  product_name     text NOT NULL,
  product_code     text NOT NULL,
  business_unit    text NOT NULL,
  quantity         integer NOT NULL,
  gsv              numeric(14,2) NOT NULL,
  nsv1             numeric(14,2) NOT NULL,
  nsv2             numeric(14,2) NOT NULL,
  cpd              numeric(14,2) NOT NULL,
  ctd              numeric(14,2) NOT NULL,
  ebd              numeric(14,2) NOT NULL,
  contribution1    numeric(14,2) NOT NULL,
  batch_number     text NOT NULL,
  plant            text NOT NULL
);

COMMENT ON TABLE primary_sales IS 'Billing lines to customers; one row per line, returns included';
COMMENT ON COLUMN primary_sales.id IS 'Number of the billing line';
COMMENT ON COLUMN primary_sales.billing_date IS 'Day the line was billed; every analysis over time uses it';
COMMENT ON COLUMN primary_sales.billing_code IS 'Kind of billing: SA is a sale, RE is a return; a return has negative quantity and amounts';
COMMENT ON COLUMN primary_sales.customer_name IS 'Name of the customer, as people know it';
COMMENT ON COLUMN primary_sales.customer_code IS 'Customer: the unit whose buying behaviour is followed';
COMMENT ON COLUMN primary_sales.customer_segment IS 'Segment the customer belongs to';
COMMENT ON COLUMN primary_sales.region IS 'Sales region of the customer';
COMMENT ON COLUMN primary_sales.product_name IS 'Name of the product';
COMMENT ON COLUMN primary_sales.product_code IS 'Product';
COMMENT ON COLUMN primary_sales.business_unit IS 'Business unit that sells the product';
COMMENT ON COLUMN primary_sales.quantity IS 'Units billed; negative on a return';
COMMENT ON COLUMN primary_sales.gsv IS 'Gross sales value: list price times quantity, before any discount; in Indian rupees';
COMMENT ON COLUMN primary_sales.nsv1 IS 'Net sales value after customer promotional, channel trade and early-bird discounts: gsv - cpd - ctd - ebd; in Indian rupees';
COMMENT ON COLUMN primary_sales.nsv2 IS 'Net sales value after all discounts: what the company earns; the main measure of sales; in Indian rupees';
COMMENT ON COLUMN primary_sales.cpd IS 'Customer promotional discount; in Indian rupees';
COMMENT ON COLUMN primary_sales.ctd IS 'Channel trade discount; in Indian rupees';
COMMENT ON COLUMN primary_sales.ebd IS 'Early-bird discount; in Indian rupees';
COMMENT ON COLUMN primary_sales.contribution1 IS 'Contribution margin of the line; in Indian rupees';
COMMENT ON COLUMN primary_sales.batch_number IS 'Production batch of the product; returns that gather in one batch point to its quality';
COMMENT ON COLUMN primary_sales.plant IS 'Plant that made the batch';

INSERT INTO primary_sales VALUES
  (1, '2025-11-01', 'SA', 'ABC Auto Workshop', 'CUST001', 'AA-CP', 'North', 'Engine Oil 5W30', 'PROD001', 'ENTI', 100, 50000, 48000, 47000, 500, 1000, 500, 25000, 'BATCH001', 'Plant-A'),
  (2, '2025-11-05', 'SA', 'XYZ Motors', 'CUST002', 'AA-DD', 'South', 'Engine Oil 10W40', 'PROD002', 'ENTI', 200, 90000, 87000, 85000, 1000, 1500, 500, 45000, 'BATCH002', 'Plant-A'),
  (3, '2025-11-10', 'SA', 'DEF Industries', 'CUST003', 'OEM-FF', 'East', 'Hydraulic Oil', 'PROD003', 'TWOC', 500, 250000, 240000, 235000, 2000, 5000, 3000, 120000, 'BATCH003', 'Plant-B'),
  (4, '2025-10-15', 'SA', 'ABC Auto Workshop', 'CUST001', 'AA-CP', 'North', 'Engine Oil 5W30', 'PROD001', 'ENTI', 95, 47500, 45600, 44650, 475, 950, 475, 23750, 'BATCH004', 'Plant-A'),
  (5, '2025-10-20', 'SA', 'XYZ Motors', 'CUST002', 'AA-DD', 'South', 'Engine Oil 10W40', 'PROD002', 'ENTI', 190, 85500, 82650, 80750, 950, 1425, 475, 42500, 'BATCH005', 'Plant-A'),
  (6, '2025-10-25', 'SA', 'DEF Industries', 'CUST003', 'OEM-FF', 'East', 'Hydraulic Oil', 'PROD003', 'TWOC', 480, 240000, 230400, 225600, 1920, 4800, 2880, 115200, 'BATCH006', 'Plant-B'),
  (7, '2025-08-01', 'SA', 'GHI Service Center', 'CUST004', 'AA-CP', 'North', 'Engine Oil 5W30', 'PROD001', 'ENTI', 120, 60000, 57600, 56400, 600, 1200, 600, 30000, 'BATCH007', 'Plant-A'),
  (8, '2025-07-15', 'SA', 'GHI Service Center', 'CUST004', 'AA-CP', 'North', 'Engine Oil 5W30', 'PROD001', 'ENTI', 115, 57500, 55200, 54050, 575, 1150, 575, 28750, 'BATCH008', 'Plant-A'),
  (9, '2025-11-12', 'RE', 'JKL Manufacturing', 'CUST005', 'OEM-FW', 'West', 'Gear Oil', 'PROD004', 'TWOC', -50, -25000, -24000, -23500, -250, -500, -250, -12500, 'BATCH009', 'Plant-C'),
  (10, '2025-11-01', 'SA', 'JKL Manufacturing', 'CUST005', 'OEM-FW', 'West', 'Gear Oil', 'PROD004', 'TWOC', 300, 150000, 144000, 141000, 1500, 3000, 1500, 75000, 'BATCH009', 'Plant-C'),
  (11, '2025-11-15', 'SA', 'MNO Wholesale', 'CUST006', 'INST-DC', 'South', 'Industrial Lubricant', 'PROD005', 'ENTI', 1000, 400000, 360000, 340000, 10000, 20000, 10000, 150000, 'BATCH010', 'Plant-A'),
  (12, '2025-11-18', 'SA', 'International Buyer', 'CUST007', 'Export', 'Export', 'Premium Oil Mix', 'PROD006', 'TWOC', 2000, 1000000, 980000, 960000, 5000, 10000, 5000, 500000, 'BATCH011', 'Plant-B');

COMMIT;
