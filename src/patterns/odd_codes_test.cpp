#include "patterns/odd_codes.h"

#include "patterns/all.h"
#include "patterns/test_sales.h"

namespace insights::patterns {

namespace {

using testing::fill_sales;
using testing::Line;
using testing::sole_finding;
using testing::TestTable;

}  // namespace

TEST_CASE("a shape keeps what is between letters and digits") {
  CHECK(shape_of("AB-1204/x") == "A-9/A");
  CHECK(shape_of("7781") == "9");
  CHECK(shape_of("Late fee") == "A A");
  CHECK(shape_of("").empty());
}

TEST_CASE("fees among product numbers are told with what they carry") {
  TestTable table(testing::sales_header);
  fill_sales(table, {}, [](Line& line, int, int number) {
    if (number % 80 == 0) line.product = "FREIGHT";
    if (number % 80 == 40) line.product = "ADJ";
  });
  const auto finding = sole_finding(table, examine_odd_codes);
  INFO(finding.title << " / " << finding.summary);
  CHECK(finding.title.starts_with("2 product codes do not look like the others ("));
  CHECK(finding.title.find("FREIGHT") != std::string::npos);
  CHECK(finding.summary.find("Their 100 rows add ") != std::string::npos);
}

TEST_CASE("names have no shape, and codes that are all alike have no odd one") {
  TestTable table("order_date,customer,product,net_sales");
  for (int i = 0; i < 2000; ++i)
    table.row(testing::day_text(i / 4),
              i % 60 == 0 ? "A.B.C. & Sons" : fmt::format("Name {}", std::string(1 + i % 40, 'x')),
              fmt::format("{}", 4000 + i % 50), 10);
  CHECK(table.accepted(examine_odd_codes).empty());
}

}  // namespace insights::patterns
