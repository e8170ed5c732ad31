#include "patterns/all.h"
#include "patterns/test_sales.h"

namespace insights::patterns {

namespace {

using testing::fill_sales;
using testing::Line;
using testing::sole_finding;
using testing::TestTable;

}  // namespace

TEST_CASE("rows that take sales back are counted with their money, against what was sold") {
  TestTable table(testing::sales_header);
  fill_sales(table, {}, [](Line& line, int, int number) {
    if (number / 3 % 25 != 0) return;
    line.invoice = "R" + line.invoice;
    line.quantity = "-" + line.quantity;
    line.money = "-" + line.money;
  });
  const auto finding = sole_finding(table, examine_returns_overview);
  INFO(finding.title);
  CHECK(finding.title.find(" % of what was sold") != std::string::npos);
  CHECK(finding.title.starts_with("16"));
  CHECK(finding.impact.account == findings::Account::lost);
  CHECK(finding.impact.amount > 0);
  CHECK(finding.values.at("back_share").text.ends_with(" %"));
}

TEST_CASE("a table without returns has nothing to say about them") {
  TestTable table(testing::sales_header);
  fill_sales(table, {});
  CHECK(examine_returns_overview(table.workspace()).empty());
}

TEST_CASE("a flag of bad news is told with its share; a neutral one is not") {
  TestTable table("order_date,customer,net_sales,delayed,gift");
  for (int i = 0; i < 1200; ++i)
    table.row(testing::day_text(i / 3), fmt::format("Customer {}", i % 30), 100 + i % 7,
              i % 20 == 0 ? 1 : 0, i % 4 == 0 ? 1 : 0);
  const auto finding = sole_finding(table, examine_returns_overview);
  CHECK(finding.title.starts_with("60 rows (5 %) are marked delayed: "));
  CHECK(finding.impact.account == findings::Account::none);
}

}  // namespace insights::patterns
