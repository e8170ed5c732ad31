#include <cmath>

#include "patterns/all.h"
#include "patterns/test_table.h"
#include "patterns/wording.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::TestTable;

// Three years of 12 products; `seasonal` sells (1 + swing cos) with its peak in June.
void fill_sales(TestTable& table, std::uint64_t seed, int seasonal, double swing) {
  stats::Random random(seed);
  constexpr int lines = 9000, days = 1096;
  for (int i = 0; i < lines; ++i) {
    const int day = i * days / lines;
    const auto product = static_cast<int>(random.below(12));
    double units = 10 + 20 * random.uniform();
    if (product == seasonal) units *= 1 + swing * std::cos(2 * 3.14159265 * (day - 166) / 365.25);
    const auto count = std::max(1, static_cast<int>(units));
    table.row(day_text(day), fmt::format("K{:02}", random.below(40)),
              fmt::format("Item {}", static_cast<char>('A' + product)),
              fmt::format("Group {}", static_cast<char>('A' + product % 3)), count, count * 10);
  }
}

}  // namespace

TEST_CASE("a product with a season is found, with its month and how far it swings") {
  TestTable table("order_date,customer,product,category,quantity,net_sales");
  fill_sales(table, 1, 4, 0.7);
  const auto accepted = table.accepted(examine_seasonality);
  const auto* product = table.about(accepted, "product", "Item E");
  REQUIRE(product != nullptr);
  CHECK(product->entry.effect == doctest::Approx(0.7).epsilon(0.25));
  const auto finding = table.proven(*product);
  INFO(finding.title);
  CHECK(finding.title.starts_with("Item E sells "));
  CHECK((finding.title.find("June") != std::string::npos ||
         finding.title.find("July") != std::string::npos));
  // Its category shows it too, but not without it.
  const auto* category = table.about(accepted, "category", "Group B");
  if (category != nullptr)
    CHECK_FALSE(category->survives(mask_without(table.subject(), product->column, product->value)));
}

TEST_CASE("a few large orders do not hide a season of many small ones") {
  TestTable table("order_date,customer,product,category,quantity,net_sales");
  fill_sales(table, 2, 4, 0.7);
  stats::Random random(5);
  for (int i = 0; i < 30; ++i)  // one in five weeks, of a week's size
    table.row(day_text(static_cast<int>(random.below(1096))), "K00", "Item E", "Group B", 400,
              4000);
  CHECK(table.about(table.accepted(examine_seasonality), "product", "Item E") != nullptr);
}

TEST_CASE("without seasons nothing is said") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 11; seed < 17; ++seed) {
    TestTable table("order_date,customer,product,category,quantity,net_sales");
    fill_sales(table, seed, -1, 0);
    accepted += table.accepted(examine_seasonality).size();
  }
  CHECK(accepted == 0);
}

TEST_CASE("one lump in one year is no season, and two years are too few for one") {
  TestTable lump("order_date,customer,product,category,quantity,net_sales");
  fill_sales(lump, 3, -1, 0);
  for (int i = 0; i < 30; ++i)
    lump.row(day_text(890 + i / 3), "K01", "Item E", "Group B", 400, 4000);
  CHECK(lump.about(lump.accepted(examine_seasonality), "product", "Item E") == nullptr);

  TestTable two_years("order_date,customer,product,quantity,net_sales");
  for (int day = 0; day < 730; ++day)
    two_years.row(day_text(day), fmt::format("K{}", day % 7),
                  fmt::format("Item {}", day % 2 == 0 ? 'A' : 'B'), day % 365 < 60 ? 90 : 10, 100);
  CHECK(two_years.accepted(examine_seasonality).empty());
}

}  // namespace insights::patterns
