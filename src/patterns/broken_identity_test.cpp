#include "patterns/all.h"
#include "patterns/test_sales.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::fill_sales;
using testing::Line;
using testing::sole_finding;
using testing::TestTable;

}  // namespace

TEST_CASE("a total that is not quantity times price is told, with what it is off by") {
  TestTable table(testing::sales_header);
  fill_sales(table, {}, [](Line& line, int, int number) {
    if (number % 400 == 7) line.money = fmt::format("{:.2f}", 100 + std::stod(line.money));
  });
  const auto finding = sole_finding(table, examine_broken_identity);
  INFO(finding.title);
  CHECK(finding.title == "10 rows (0.3 %) are wrong: net sales is not quantity times unit price");
  CHECK(finding.summary.find("Together they are off by 1K") != std::string::npos);
}

TEST_CASE("net above gross is told; where all is in order nothing is") {
  for (const bool broken : {true, false}) {
    TestTable table("order_date,customer,gross_sales,net_sales");
    for (int i = 0; i < 2000; ++i)
      table.row(day_text(i / 4), fmt::format("Customer {}", i % 50), 100 + i % 30,
                broken && i % 250 == 3 ? 190 : 90 + i % 30);
    const auto accepted = table.accepted(examine_broken_identity);
    CHECK(accepted.size() == (broken ? 1 : 0));
    if (!accepted.empty())
      CHECK(table.proven(accepted.front()).title ==
            "8 rows (0.4 %) have net sales above gross sales");
  }
}

}  // namespace insights::patterns
