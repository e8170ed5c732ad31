#include <algorithm>

#include "patterns/all.h"
#include "patterns/test_sales.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::fill_sales;
using testing::sole_finding;
using testing::TestTable;

}  // namespace

TEST_CASE("rows that repeat in every column are counted with their money") {
  TestTable table(testing::sales_header);
  fill_sales(table, {});
  for (int i = 0; i < 40; ++i) {
    for (int copy = 0; copy < 2; ++copy)
      table.row(90000 + i, day_text(i), "Customer 01", "Area A", "P-007", 2, "12.00", "24.00");
  }
  const auto finding = sole_finding(table, examine_duplicates);
  INFO(finding.title);
  CHECK(finding.title.starts_with("40 rows ("));
  CHECK(finding.title.find("960 of net sales may be counted twice") != std::string::npos);
  CHECK(finding.impact.per.empty());
  CHECK(finding.impact.text == "960 of net sales");
  CHECK(std::ranges::find(finding.topics, "data_quality") != finding.topics.end());
}

TEST_CASE("equal rows of a table that does not number its rows are no fault") {
  TestTable table("order_date,customer,product,net_sales");
  for (int i = 0; i < 3000; ++i)
    table.row(day_text(i / 10), fmt::format("Customer {}", i % 9), "P-1", 10);
  CHECK(table.accepted(examine_duplicates).empty());
}

TEST_CASE("a number that should name one row and names two is told") {
  TestTable table("ticket_id,opened_at,category");
  for (int i = 0; i < 1000; ++i)
    table.row(fmt::format("T{:05}", i == 500 ? 499 : i), day_text(i),
              fmt::format("Kind {}", i % 5));
  const auto finding = sole_finding(table, examine_duplicates);
  CHECK(finding.title == "1 value of ticket id stands on more than one row");
}

}  // namespace insights::patterns
