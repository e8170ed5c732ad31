#include <algorithm>

#include "patterns/all.h"
#include "patterns/test_sales.h"

namespace insights::patterns {

namespace {

using testing::fill_sales;
using testing::Line;
using testing::sole_finding;
using testing::TestTable;

}  // namespace

TEST_CASE("rows without a customer are counted with the money that cannot be assigned") {
  TestTable table(testing::sales_header);
  fill_sales(table, {}, [](Line& line, int, int number) {
    if (number % 10 == 0) line.customer = "";
    if (number % 10 == 5) line.customer = "n/a";
  });
  const auto finding = sole_finding(table, examine_missing_values);
  INFO(finding.title);
  CHECK(finding.title.starts_with("800 rows (20 %) have no customer: "));
  CHECK(finding.title.ends_with(" of net sales cannot be assigned"));
  CHECK(finding.summary.find("since") == std::string::npos);
  CHECK(std::ranges::find(finding.topics, "data_quality") != finding.topics.end());
}

TEST_CASE("the month since which more is missing is named") {
  TestTable table(testing::sales_header);
  fill_sales(table, {}, [](Line& line, int day, int number) {
    if (day >= 365 && number % 4 == 0) line.customer = "";
  });
  const auto finding = sole_finding(table, examine_missing_values);
  INFO(finding.summary);
  CHECK(finding.values.at("since").text == "Jan 2024");
  CHECK(finding.summary.find("It was 0 % of the rows until then") != std::string::npos);
}

TEST_CASE("what is missing because it has not happened yet is no fault") {
  TestTable table("opened_at,state,caller,technician");
  for (int i = 0; i < 900; ++i)
    table.row(testing::day_text(i), i % 3 == 0 ? "open" : "closed",
              fmt::format("Caller {}", i % 40),
              i % 3 == 0 ? "" : fmt::format("Technician {}", i % 7));
  CHECK(table.accepted(examine_missing_values).empty());
}

TEST_CASE("a full table, and a column that is hardly used at all, give nothing") {
  TestTable table(testing::sales_header);
  fill_sales(table, {}, [](Line& line, int, int number) {
    if (number % 50 != 0) line.region = "";
  });
  CHECK(table.accepted(examine_missing_values).empty());
}

}  // namespace insights::patterns
