#include "patterns/all.h"
#include "patterns/test_sales.h"

namespace insights::patterns {

namespace {

using testing::fill_sales;
using testing::Line;
using testing::sole_finding;
using testing::TestTable;

}  // namespace

TEST_CASE("prices of zero and below are told") {
  TestTable table(testing::sales_header);
  fill_sales(table, {}, [](Line& line, int, int number) {
    if (number % 100 == 0) line.price = line.money = "0.00";
    if (number == 77) line.price = line.money = "-4.00";
  });
  const auto finding = sole_finding(table, examine_impossible_values);
  CHECK(finding.title == "40 rows have a unit price of zero, 1 row a negative one");
}

TEST_CASE("a default date far from all others is told") {
  TestTable table(testing::sales_header);
  fill_sales(table, {}, [](Line& line, int, int number) {
    if (number % 200 == 0) line.date = "1900-01-01";
  });
  const auto finding = sole_finding(table, examine_impossible_values);
  CHECK(finding.title == "20 rows are dated far from all others: 1 Jan 1900");
}

TEST_CASE("where all can be meant nothing is said") {
  TestTable table(testing::sales_header);
  fill_sales(table, {});
  CHECK(table.accepted(examine_impossible_values).empty());
}

}  // namespace insights::patterns
