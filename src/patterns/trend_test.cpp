#include <array>
#include <cmath>

#include "patterns/all.h"
#include "patterns/test_table.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::TestTable;

// Three years of lines of four areas; the amounts of area Hills are multiplied by `factor(day)`,
// those of article A3 priced by `price(day)`.
template <class Factor, class Price>
void fill(TestTable& table, std::uint64_t seed, Factor factor, Price price, int rows = 9000) {
  stats::Random random(seed);
  for (int i = 0; i < rows; ++i) {
    const int day = i * 1095 / rows;
    const auto area = random.below(4), article = random.below(12);
    const double units = 1 + static_cast<double>(random.below(20));
    const double each = (article == 3 ? price(day) : 10.0 + static_cast<double>(article)) *
                        (0.99 + 0.02 * random.uniform());
    const double count = std::round(units * (area == 0 ? 10 * factor(day) : 10));
    table.row(day_text(day), fmt::format("C{:02}", random.below(40)),
              area == 0   ? "Hills"
              : area == 1 ? "Coast"
              : area == 2 ? "Plain"
                          : "Lakes",
              fmt::format("A{}", article), std::max(1.0, count),
              fmt::format("{:.2f}", std::max(1.0, count) * each));
  }
}

constexpr std::string_view header = "order_date,customer,area,article,quantity,net_sales";
double always(int) { return 1; }
double thirteen(int) { return 13; }

}  // namespace

TEST_CASE("an area that loses ground from a month on is found, with direction, size and month") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    TestTable table(header);
    fill(
        table, seed, [](int day) { return day < 550 ? 1.0 : 1 - 0.7 * (day - 550) / 545.0; },
        thirteen, 20000);
    const auto accepted = table.accepted(examine_trend);
    const auto* hills = table.about(accepted, "area", "Hills");
    REQUIRE(hills != nullptr);
    CHECK(hills->entry.effect < -0.25);
    const auto finding = table.proven(*hills);
    INFO(finding.title);
    CHECK(finding.title.starts_with("Hills: share of net sales fell by "));
    CHECK(finding.impact.account == findings::Account::lost);
  }
}

TEST_CASE("a season that comes every year is no trend") {
  TestTable table(header);
  fill(
      table, 5, [](int day) { return 1 + 0.6 * std::sin(2 * 3.14159265 * day / 365.25); },
      thirteen);
  const auto accepted = table.accepted(examine_trend);
  CHECK(table.about(accepted, "area", "Hills") == nullptr);
}

// Customers of four areas for good; amounts scatter by an order of magnitude. Those whose number is
// below `movers` and that belong to Hills buy `factor(day)` times as much.
template <class Factor>
void fill_customers(TestTable& table, std::uint64_t seed, int movers, Factor factor, int rows) {
  stats::Random random(seed);
  for (int i = 0; i < rows; ++i) {
    const int day = i * 1095 / rows;
    const auto customer = static_cast<int>(random.below(80));
    const bool moves = customer % 4 == 0 && customer < movers;
    const double amount = 100 * std::exp(random.normal()) * (moves ? factor(day) : 1);
    constexpr std::array areas{"Hills", "Coast", "Plain", "Lakes"};
    table.row(day_text(day), fmt::format("C{:02}", customer),
              areas[static_cast<std::size_t>(customer % 4)], fmt::format("A{}", random.below(12)),
              1, fmt::format("{:.2f}", amount));
  }
}

TEST_CASE("an area whose customers all buy less is seen where its months alone do not show it") {
  const auto shrinks = [](int day) { return 1 - 0.7 * day / 1095.0; };
  for (const std::uint64_t seed : {1, 2, 3}) {
    TestTable table(header);
    fill_customers(table, seed, 80, shrinks, 4000);
    const auto accepted = table.accepted(examine_trend);
    const auto* hills = table.about(accepted, "area", "Hills");
    REQUIRE(hills != nullptr);
    CHECK(hills->entry.p < 0.001);
    CHECK(hills->entry.effect < -0.2);
  }
}

TEST_CASE("one customer that grows is not the growth of its area") {
  TestTable table(header);
  fill_customers(table, 4, 1, [](int day) { return 1 + 9.0 * day / 1095.0; }, 6000);
  CHECK(table.about(table.accepted(examine_trend), "area", "Hills") == nullptr);
}

TEST_CASE("shares that only scatter are not called trends") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 11; seed < 19; ++seed) {
    TestTable table(header);
    fill(table, seed, always, thirteen, 4000);
    accepted += table.accepted(examine_trend).size();
  }
  CHECK(accepted <= 1);
}

TEST_CASE("a price that jumped is found with its month; prices that scatter are not") {
  TestTable jumped(header);
  fill(jumped, 1, always, [](int day) { return day < 600 ? 13.0 : 15.6; });
  const auto accepted = jumped.accepted(examine_price_change);
  const auto* article = jumped.about(accepted, "article", "A3");
  REQUIRE(article != nullptr);
  CHECK(article->entry.effect == doctest::Approx(0.2).epsilon(0.05));
  const auto finding = jumped.proven(*article);
  CHECK(finding.title.starts_with("Product A3: price per unit rose by "));
  CHECK(accepted.size() == 1);
  std::size_t false_claims = 0;
  for (std::uint64_t seed = 11; seed < 16; ++seed) {
    TestTable steady(header);
    fill(steady, seed, always, thirteen, 4000);
    false_claims += steady.accepted(examine_price_change).size();
  }
  CHECK(false_claims == 0);
}

}  // namespace insights::patterns
