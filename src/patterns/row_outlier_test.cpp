#include "patterns/all.h"
#include "patterns/test_sales.h"

namespace insights::patterns {

namespace {

using testing::fill_sales;
using testing::Line;
using testing::sole_finding;
using testing::TestTable;

// The line becomes an order of that size, in money too.
void make(Line& line, int quantity) {
  line.money = fmt::format("{:.2f}", quantity * std::stod(line.price));
  line.quantity = fmt::format("{}", quantity);
}

}  // namespace

TEST_CASE("a quantity out of all proportion is told with its product") {
  TestTable table(testing::sales_header);
  fill_sales(table, {}, [](Line& line, int, int number) {
    if (number == 2000) make(line, 9000);
  });
  const auto finding = sole_finding(table, examine_row_outlier);
  INFO(finding.title << " / " << finding.summary);
  CHECK(finding.title.starts_with("1 row has more than "));
  CHECK(finding.title.ends_with(" times the usual quantity of its product"));
  CHECK(finding.summary.starts_with("The largest: 9,000 for P-"));
}

TEST_CASE("a slip in a price is told") {
  TestTable table(testing::sales_header);
  fill_sales(table, {}, [](Line& line, int, int number) {
    if (number != 2000) return;
    line.price = fmt::format("{:.2f}", 100 * std::stod(line.price));
    line.money = fmt::format("{:.2f}", 100 * std::stod(line.money));
  });
  const auto finding = sole_finding(table, examine_row_outlier);
  INFO(finding.title);
  CHECK(finding.title.starts_with("1 row has a unit price "));
  CHECK(finding.title.ends_with("above or below the usual of its product"));
}

TEST_CASE("a giant order that was cancelled again is told as that, and as nothing else") {
  TestTable table(testing::sales_header);
  fill_sales(table, {}, [](Line& line, int, int number) {
    const bool order = number == 1500, back = number == 1530;
    if (order || back) {
      line.customer = "Customer 07";
      line.product = "P-011";
      line.price = "16.49";
      make(line, order ? 9000 : -9000);
    } else if (number % 90 == 5) {
      make(line, -1);
    }
  });
  const auto finding = sole_finding(table, examine_row_outlier);
  CHECK(finding.title == "A large order of 9,000 units was cancelled again: it is no record sale");
  CHECK(finding.summary.find("0 is left") != std::string::npos);
  CHECK(finding.evidence.back().row_count == 2);
}

TEST_CASE("ordinary quantities and prices give nothing, nor do wild ones where all are wild") {
  TestTable table(testing::sales_header);
  fill_sales(table, {});
  CHECK(table.accepted(examine_row_outlier).empty());
  TestTable wild(testing::sales_header);
  stats::Random random(5);
  fill_sales(wild, {}, [&](Line& line, int, int) {
    make(line, 1 + static_cast<int>(20 * std::exp(1.4 * random.normal())));
  });
  CHECK(wild.accepted(examine_row_outlier).empty());
}

}  // namespace insights::patterns
