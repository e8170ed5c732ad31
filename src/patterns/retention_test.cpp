#include <algorithm>

#include "patterns/all.h"
#include "patterns/test_table.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::TestTable;

// 240 customers in 4 areas order about every three weeks for two years; `lost` of the first area
// and `lost_elsewhere` of the others stop three fourths into it.
void fill_orders(TestTable& table, std::uint64_t seed, double lost, double lost_elsewhere) {
  stats::Random random(seed);
  for (int customer = 0; customer < 240; ++customer) {
    const int area = customer % 4;
    const bool stops = random.uniform() < (area == 0 ? lost : lost_elsewhere);
    const int end = stops ? 540 : 729;
    for (int day = static_cast<int>(random.below(21)); day <= end;
         day += 14 + static_cast<int>(random.below(15))) {
      table.row(day_text(day), fmt::format("K{:03}", customer),
                fmt::format("Area {}", static_cast<char>('A' + area)),
                fmt::format("R{:02}", customer % 12), 100 + random.below(200));
    }
  }
}

}  // namespace

TEST_CASE("an area that kept fewer of its customers is found, with both rates") {
  TestTable table("order_date,customer,area,rep,net_sales");
  fill_orders(table, 1, 0.5, 0.05);
  const auto accepted = table.accepted(examine_retention);
  const auto* area = table.about(accepted, "area", "Area A");
  REQUIRE(area != nullptr);
  CHECK(area->entry.effect < -0.3);
  const auto finding = table.proven(*area);
  INFO(finding.title);
  CHECK(finding.title.starts_with("Area A kept "));
  CHECK(finding.title.find("of its customers, the others 9") != std::string::npos);
  CHECK(finding.impact.account == findings::Account::lost);
  CHECK(finding.impact.low <= finding.impact.amount);
  CHECK(area->survives({}));
  CHECK(finding.summary.find("Those who left beyond the others' rate would bring ") !=
        std::string::npos);
  // Whose rows are of those lost: of the area only, and nothing of them in the last span.
  const auto lost = area->rows_of_lost();
  const auto rows = std::ranges::count(lost, 1);
  CHECK(rows > 0);
  CHECK(rows < static_cast<std::ptrdiff_t>(lost.size()) / 4);
}

TEST_CASE("areas that lose alike are not told apart") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 11; seed < 23; ++seed) {
    TestTable table("order_date,customer,area,rep,net_sales");
    fill_orders(table, seed, 0.2, 0.2);
    accepted += table.accepted(examine_retention).size();
  }
  CHECK(accepted <= 1);
}

TEST_CASE(
    "in a small table the group of a customer gone quiet is described, and is no echo of that "
    "customer") {
  TestTable table("sale_date,customer,area,segment,product,net_sales");
  for (const int day : {0, 15})
    table.row(day_text(day), "Ada Ltd", "Coast", "Retail", "Item A", 5000);
  for (const int day : {90, 105, 120})
    table.row(day_text(day), "Bob Ltd", "Coast", "Retail", "Item A", 2000);
  for (const int day : {80, 100, 118})
    table.row(day_text(day), "Cem Ltd", "Inland", "Retail", "Item B", 5000);
  for (const int day : {85, 103, 119})
    table.row(day_text(day), "Dee Ltd", "Inland", "Public", "Item B", 5000);
  const auto accepted = table.accepted(examine_retention);
  const auto* area = table.about(accepted, "area", "Coast");
  REQUIRE(area != nullptr);
  const auto finding = table.proven(*area);
  CHECK(finding.title == "Coast has 2 customers, 1 of them gone quiet (50 %)");
  CHECK(finding.summary.starts_with("Ada Ltd has not ordered since 16 Jan 2023"));
  INFO(finding.summary);
  CHECK(finding.summary.ends_with("It has brought 62.5 % of the net sales of Coast."));
  CHECK(finding.impact.account == findings::Account::none);  // the money is told with the customer
  CHECK(table.about(accepted, "area", "Inland") == nullptr);
  CHECK(table.about(accepted, "product", "Item A") == nullptr);
  frame::Mask without_ada(table.subject().frame.rows, 1);
  without_ada[0] = without_ada[1] = 0;
  CHECK(area->survives(without_ada));
}

}  // namespace insights::patterns
