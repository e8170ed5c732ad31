-- The tables that the files here read, for a real server.
CREATE TABLE sales (invoice_no text, invoice_date date, customer_id bigint, customer_name text, region text, product_id bigint,
  product_name text, plant text, batch_id text, transaction_type text, quantity bigint, gsv numeric, nsv1 numeric, nsv2 numeric,
  discount_pct numeric);
CREATE TABLE customers (id bigint, name text, email text, region text, segment text);
CREATE TABLE update_log (id bigint, update_date date, deleted_flag boolean);
CREATE TABLE regions (region text);
CREATE TABLE "order" (id bigint, parent_id bigint, name text, "select" text, "from" text, "group" bigint, "user" text, "Größe" double precision);
INSERT INTO sales SELECT 'I' || i / 2, DATE '2023-01-01' + (i * 7919) % 730, i % 40, 'Customer ' || i % 40,
  (ARRAY['North', 'South', 'East', 'West'])[1 + i % 4], i % 30, 'Prod-' || i % 30 || ' old', 'P' || i % 3, 'B' || i % 99,
  CASE WHEN i % 9 = 0 THEN 'RETURN' ELSE 'SALE' END, 1 + i % 20, 10 + (i * 31) % 990, 9 + (i * 29) % 900, 8 + (i * 23) % 800, i % 25
  FROM generate_series(1, 2000) AS i;
INSERT INTO customers SELECT i, 'Customer ' || i, 'c' || i || '@example.com', (ARRAY['North', 'South', 'East', 'West'])[1 + i % 4],
  (ARRAY['A', 'B'])[1 + i % 2] FROM generate_series(0, 39) AS i;
INSERT INTO update_log SELECT i, DATE '2024-01-01' + i, i % 3 = 0 FROM generate_series(1, 200) AS i;
INSERT INTO regions VALUES ('North'), ('South'), ('East'), ('West');
INSERT INTO "order" SELECT i, nullif(i / 3, 0), 'o' || i, 's' || i % 3, 'f', i, 'u', i / 2.0 FROM generate_series(1, 30) AS i;
