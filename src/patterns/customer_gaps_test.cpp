// new_and_lost, cross_sell and repeated_amounts: what customers do not, or do too often.
#include "patterns/all.h"
#include "patterns/test_sales.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::fill_sales;
using testing::Line;
using testing::sole_finding;
using testing::TestTable;

// 60 customers, 6 categories; a row each two days or so for everybody. `skips` says whose row of
// which category is left out.
template <class Skips>
void fill_baskets(TestTable& table, std::uint64_t seed, Skips skips) {
  stats::Random random(seed);
  for (int i = 0; i < 9000; ++i) {
    const auto customer = static_cast<int>(random.below(60)),
               category = static_cast<int>(random.below(6));
    const auto money = 50 + random.below(100);
    if (!skips(customer, category))
      table.row(day_text(i * 700 / 9000), fmt::format("Shop {:02}", customer),
                fmt::format("Family {}", "ABCDEF"[category]), money);
  }
}

}  // namespace

TEST_CASE("customers that did not come back are told beside the new ones") {
  TestTable table(testing::sales_header);
  fill_sales(table, {.lines = 6000, .days = 760}, [](Line& line, int day, int) {
    const int number = std::stoi(line.customer.substr(9));
    if (number < 10 && day > 364) line.customer = "Customer 50";
    if (number >= 70 && day < 400) line.customer = "Customer 51";
  });
  const auto finding = sole_finding(table, examine_new_and_lost);
  INFO(finding.title << " / " << finding.summary);
  CHECK(finding.title.starts_with(
      "10 of 70 customers did not come back in the year to Dec 2024: they had brought "));
  CHECK(finding.summary.find("In their place 10 new customers brought ") != std::string::npos);
  CHECK(finding.impact.per == "year");
}

TEST_CASE("where all customers stay nobody is lost") {
  TestTable table(testing::sales_header);
  fill_sales(table, {.lines = 6000, .days = 760});
  CHECK(table.accepted(examine_new_and_lost).empty());
}

TEST_CASE("a category that one customer never buys is an opportunity") {
  TestTable table("order_date,customer,product_category,net_sales");
  fill_baskets(table, 3, [](int customer, int category) { return customer == 7 && category == 2; });
  const auto finding = sole_finding(table, examine_cross_sell);
  CHECK(finding.title == "Customer Shop 07 never buys Family C; 100 % of customers like it do");
  CHECK(finding.impact.account == findings::Account::opportunity);
  CHECK(finding.impact.amount > 0);
}

TEST_CASE("where everybody buys everything, or each a few things only, a gap says nothing") {
  for (const std::uint64_t seed : {1, 2}) {
    TestTable full("order_date,customer,product_category,net_sales");
    fill_baskets(full, seed, [](int, int) { return false; });
    CHECK(full.accepted(examine_cross_sell).empty());
    TestTable choosy("order_date,customer,product_category,net_sales");
    fill_baskets(choosy, seed,
                 [](int customer, int category) { return (customer * 7 + category * 5) % 3 == 0; });
    CHECK(choosy.accepted(examine_cross_sell).empty());
  }
}

TEST_CASE("one amount again and again under one name is told where amounts differ") {
  stats::Random random(4);
  TestTable table("claim_no,opened_at,employee,category,amount");
  for (int i = 0; i < 600; ++i) {
    const bool same = i % 15 == 0;
    table.row(fmt::format("X{:05}", i), day_text(i),
              same ? "Ada Moreno" : fmt::format("Person {}", "ABCDEFGHIJKLMN"[i % 14]),
              same || i % 3 == 0 ? "Travel"
              : i % 3 == 1       ? "Hotel"
                                 : "Meals",
              same ? "800.00" : fmt::format("{:.2f}", 20 + 900 * random.uniform()));
  }
  const auto finding = sole_finding(table, examine_repeated_amounts);
  INFO(finding.title << " / " << finding.summary);
  CHECK(finding.title.starts_with("Ada Moreno has the same 800 on 40 rows: 32K of amount in all"));
  CHECK(finding.summary.find("category Travel") != std::string::npos);
}

TEST_CASE("allowances that everybody has, and one payment a month, are not told") {
  stats::Random random(4);
  TestTable allowances("claim_no,opened_at,employee,amount"),
      rent("bill_no,billing_date,supplier,amount");
  for (int i = 0; i < 600; ++i) {
    const auto number = fmt::format("X{:05}", i),
               who = fmt::format("Person {}", "ABCDEFGHIJKLMN"[i % 14]);
    const auto other = fmt::format("{:.2f}", 20 + 900 * random.uniform());
    allowances.row(number, day_text(i), who, i % 14 == 3 || i % 3 == 0 ? "36.00" : other);
    rent.row(number, day_text(i), i % 30 == 0 ? "House Ltd" : who, i % 30 == 0 ? "5000.00" : other);
  }
  CHECK(allowances.accepted(examine_repeated_amounts).empty());
  CHECK(rent.accepted(examine_repeated_amounts).empty());
}

}  // namespace insights::patterns
