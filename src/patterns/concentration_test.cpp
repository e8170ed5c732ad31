#include "patterns/all.h"
#include "patterns/test_sales.h"

namespace insights::patterns {

namespace {

using testing::fill_sales;
using testing::Line;
using testing::sole_finding;
using testing::TestTable;

void give_to(Line& line, const std::string& customer, const std::string& region) {
  line.customer = customer;
  line.region = region;
}

}  // namespace

TEST_CASE("a customer with a third of all sales is told once, not again for its region") {
  TestTable table(testing::sales_header);
  fill_sales(table, {}, [](Line& line, int, int number) {
    if (number / 3 % 3 == 0) give_to(line, "Harbour Foods", "Area F");
  });
  const auto finding = sole_finding(table, examine_concentration);
  INFO(finding.title);
  CHECK(finding.title.starts_with("Harbour Foods is 3"));
  CHECK(finding.title.find(" % of net sales; the next, Customer ") != std::string::npos);
  CHECK(finding.impact.account == findings::Account::none);
  CHECK(finding.impact.per == "month");
  CHECK(finding.chart.rows.size() == 9);
}

TEST_CASE("where sales are spread evenly nothing is said") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    TestTable table(testing::sales_header);
    fill_sales(table, {.seed = seed});
    CHECK(table.accepted(examine_concentration).empty());
  }
}

TEST_CASE("neither a missing customer nor \"unknown\" nor one large order is a leader") {
  TestTable table(testing::sales_header);
  fill_sales(table, {}, [](Line& line, int, int number) {
    if (number % 3 == 0) line.customer = number % 2 == 0 ? "" : "Unknown";
    if (number == 500) line.money = "90000.00";
  });
  CHECK(table.accepted(examine_concentration).empty());
}

TEST_CASE("who leads in the first months only is no leader") {
  TestTable table(testing::sales_header);
  fill_sales(table, {}, [](Line& line, int day, int number) {
    if (day < 250 && number / 3 % 2 == 0) give_to(line, "Harbour Foods", "Area F");
  });
  CHECK(table.accepted(examine_concentration).empty());
}

TEST_CASE("the top tenth of many customers is told when it has most") {
  TestTable table(testing::sales_header);
  fill_sales(table, {}, [](Line& line, int, int number) {
    if (number / 3 % 4 != 0) line.customer = fmt::format("Customer {:02}", number / 3 % 8);
    line.region = "Area A";
  });
  const auto finding = sole_finding(table, examine_concentration);
  INFO(finding.title);
  CHECK(finding.title.starts_with("The top tenth of customers bring "));
  INFO(finding.summary);
  CHECK(finding.summary.starts_with("8 of 80 customers make up "));
}

TEST_CASE("without money rows are counted, and two values need a large majority") {
  TestTable table("opened_at,category,shift");
  for (int i = 0; i < 900; ++i)
    table.row(testing::day_text(i),
              i % 10 < 7    ? "Hardware"
              : i % 10 == 7 ? "Software"
              : i % 10 == 8 ? "Network"
                            : "Access",
              i % 3 == 0 ? "late" : "early");
  const auto finding = sole_finding(table, examine_concentration);
  CHECK(finding.title.starts_with("Hardware is 70 % of all rows; the next, "));
}

TEST_CASE("in a dozen rows a leader is a description, and a single row is said to be one") {
  TestTable table("order_date,customer,net_sales");
  for (int i = 0; i < 11; ++i)
    table.row(testing::day_text(10 * i), fmt::format("Customer {}", "ABCD"[i % 4]), 100 + i);
  table.row(testing::day_text(200), "Harbour Foods", 2000);
  const auto finding = sole_finding(table, examine_concentration);
  CHECK(finding.title.starts_with("Harbour Foods is 6"));
  CHECK(finding.summary.find("It is a single row.") != std::string::npos);
  CHECK(finding.strength == findings::Strength::descriptive);
}

}  // namespace insights::patterns
