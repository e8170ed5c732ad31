#include "patterns/all.h"
#include "patterns/test_sales.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::fill_sales;
using testing::Line;
using testing::TestTable;

std::string times(const std::string& money, double factor) {
  return fmt::format("{:.2f}", std::stod(money) * factor);
}

bool in_march_2024(int day) { return day >= 425 && day < 456; }

}  // namespace

TEST_CASE("a month far below the others is found, of the whole, with what it lost") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    TestTable table(testing::sales_header);
    fill_sales(table, {.lines = 9000, .days = 1090, .seed = seed}, [](Line& line, int day, int) {
      if (in_march_2024(day)) line.money = times(line.money, 0.4);
    });
    const auto accepted = table.accepted(examine_period_outlier);
    REQUIRE(accepted.size() == 1);
    const auto finding = table.proven(accepted.front());
    INFO(finding.title);
    CHECK(finding.title.starts_with("Net sales in Mar 2024: "));
    CHECK(finding.title.find("% below what was expected") != std::string::npos);
    CHECK(finding.impact.account == findings::Account::lost);
    CHECK(finding.impact.low <= finding.impact.amount);
  }
}

TEST_CASE("a month of one region is told of its share") {
  TestTable table(testing::sales_header);
  fill_sales(table, {.lines = 20000, .days = 1090}, [](Line& line, int day, int) {
    if (in_march_2024(day) && line.region == "Area B") line.money = times(line.money, 6);
  });
  const auto accepted = table.accepted(examine_period_outlier);
  const auto* region = table.about(accepted, "region", "Area B");
  REQUIRE(region != nullptr);
  CHECK(table.proven(*region).title.find("share of net sales in Mar 2024 was ") !=
        std::string::npos);
  // The whole is above as well, but by this region alone.
  for (const auto& candidate : accepted) CHECK(candidate.column != no_column);
}

TEST_CASE("one giant order, and one that was cancelled again, make no record month") {
  TestTable table(testing::sales_header);
  fill_sales(table, {.lines = 9000, .days = 1090}, [](Line& line, int, int number) {
    if (number == 3600) line.money = "60000.00";
    if (number == 6000) {
      line.quantity = "900";
      line.money = "50000.00";
    }
    if (number == 6300) {
      line.quantity = "-900";
      line.money = "-50000.00";
    }
  });
  CHECK(table.accepted(examine_period_outlier).empty());
}

TEST_CASE("ordinary scatter gives nothing, in few rows either") {
  int accepted = 0;
  for (std::uint64_t seed = 21; seed < 27; ++seed) {
    TestTable table(testing::sales_header);
    fill_sales(table, {.lines = seed % 2 == 0 ? 600 : 6000, .days = 800, .seed = seed});
    accepted += static_cast<int>(table.accepted(examine_period_outlier).size());
  }
  CHECK(accepted <= 1);
}

TEST_CASE("the strongest three months of one year are told, as what may be a season") {
  TestTable table(testing::sales_header);
  fill_sales(table, {.lines = 4000, .days = 400}, [](Line& line, int day, int) {
    if (day >= 243 && day < 334) line.money = times(line.money, 2);
  });
  const auto finding = testing::sole_finding(table, examine_peak_months);
  INFO(finding.title);
  CHECK(finding.title.starts_with("Sep 2023 to Nov 2023 bring "));
  CHECK(finding.summary.find("it may be a season or growth") != std::string::npos);
  TestTable even(testing::sales_header);
  fill_sales(even, {.lines = 4000, .days = 400});
  CHECK(even.accepted(examine_peak_months).empty());
}

}  // namespace insights::patterns
