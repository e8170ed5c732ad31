#include "patterns/periods.h"

#include "patterns/test_table.h"
#include "patterns/wording.h"

namespace insights::patterns {

using testing::day_text;
using testing::TestTable;

namespace {

Periods periods_between(int first, int last, int weekend = 7) {
  TestTable table("order_date,customer,net_sales");
  for (int day = first; day <= last; ++day) {
    if (base::weekday(base::Day{19358 + day}) < weekend)
      table.row(day_text(day), "C1", 5 + day % 3);
  }
  table.row(day_text(last), "C2", 5);
  return periods_of(table.subject());
}

}  // namespace

TEST_CASE("a last month that ends early is left out, and said so") {
  const auto periods = periods_between(0, 365 + 8);  // to 9 Jan 2024
  CHECK(periods.grain == Grain::month);
  CHECK(periods.count == 12);
  CHECK(periods.last_left_out);
  CHECK_FALSE(periods.first_left_out);
  CHECK(periods.last_day() == *base::parse_day("2023-12-31"));
}

TEST_CASE("a month that ends on a weekend of a business without weekends is complete") {
  const auto periods = periods_between(0, 606, 5);  // Friday 30 Aug 2024; the 31st is a Saturday
  CHECK_FALSE(periods.last_left_out);
  CHECK(periods.count == 20);
}

TEST_CASE("a quarter of a year is looked at by weeks, and ten days not at all") {
  CHECK(periods_between(0, 100).grain == Grain::week);
  CHECK(periods_between(0, 9).count == 0);
}

TEST_CASE("a date in the year 9999 stretches nothing") {
  TestTable table("order_date,customer,net_sales");
  for (int day = 0; day < 731; ++day) table.row(day_text(day), "C1", 5 + day % 3);
  for (int day = 0; day < 731; ++day) table.row(day_text(day), "C2", 5 + day % 3);
  table.row("9999-12-31", "C1", 5);
  CHECK(periods_of(table.subject()).count == 24);
}

TEST_CASE("names with quotes and numbers reach SQL as literals") {
  TestTable table("order_date,customer,store_id,net_sales");
  for (int day = 0; day < 300; ++day)
    table.row(day_text(day), day % 2 == 0 ? "O'Hara" : "Plain", 40 + day % 3, 5);
  const auto& subject = table.subject();
  CHECK(equals_sql(subject, *subject.index_of("customer"), 1) == "\"customer\" = 'O''Hara'");
  CHECK(equals_sql(subject, *subject.index_of("store_id"), 1) == "\"store_id\" = 40");
  CHECK(equals_sql(subject, *subject.index_of("customer"), 0) == "\"customer\" IS NULL");
}

}  // namespace insights::patterns
