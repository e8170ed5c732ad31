#include "patterns/all.h"
#include "patterns/test_sales.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::sole_finding;
using testing::TestTable;

// Three orders a day, but for the days that `closed` names; 1 Jan 2023 is a Sunday.
template <class Closed>
void fill_days(TestTable& table, Closed closed) {
  for (int day = 0; day < 500; ++day) {
    for (int i = 0; i < 3 && !closed(day); ++i)
      table.row(day_text(day), fmt::format("Customer {}", (day * 3 + i) % 40), 10 + day % 7);
  }
}

}  // namespace

TEST_CASE("a weekday without any orders is told") {
  TestTable table("order_date,customer,net_sales");
  fill_days(table, [](int day) { return day % 7 == 6; });
  const auto finding = sole_finding(table, examine_calendar_gaps);
  CHECK(finding.title == "No orders on Saturdays, from 1 Jan 2023 to 30 Apr 2024");
  CHECK(finding.summary.starts_with("0 of "));
}

TEST_CASE("a stretch of days that are missing is told, a week of holidays is not") {
  TestTable table("order_date,customer,net_sales");
  fill_days(table, [](int day) { return (day >= 100 && day < 108) || (day >= 357 && day < 367); });
  const auto finding = sole_finding(table, examine_calendar_gaps);
  CHECK(finding.title == "No orders between 10 Apr 2023 and 19 Apr 2023: 8 days without any");
}

TEST_CASE("a business that is open every day, or now and then, has no gap") {
  TestTable full("order_date,customer,net_sales");
  fill_days(full, [](int) { return false; });
  CHECK(full.accepted(examine_calendar_gaps).empty());
  TestTable sparse("order_date,customer,net_sales");
  fill_days(sparse, [](int day) { return day * 37 % 11 < 7; });
  CHECK(sparse.accepted(examine_calendar_gaps).empty());
}

}  // namespace insights::patterns
