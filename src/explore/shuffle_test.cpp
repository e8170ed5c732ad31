#include "explore/shuffle.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "analyst/statistical.h"
#include "explore/selftest.h"
#include "patterns/test_table.h"
#include "stats/random.h"

using namespace insights;
using namespace insights::explore;
using patterns::testing::day_text;
using patterns::testing::TestTable;

namespace {

// A customer that falls silent, and a product whose price rises.
void fill(TestTable& table, int days) {
  stats::Random random(11);
  for (int day = 0; day < days; ++day) {
    for (int line = 0; line < 3; ++line) {
      const auto customer = random.below(40);
      const auto product = random.below(10);
      const double price =
          (product == 3 && day > days / 2 ? 26 : 20) + 0.01 * static_cast<double>(random.below(90));
      const auto units = 1 + random.below(30);
      table.row(day_text(day), fmt::format("C{:02}", customer),
                customer % 2 == 0 ? "Hills" : "Coast", fmt::format("P{}", product), units, price,
                static_cast<double>(units) * price);
    }
    if (day % 5 == 0 && day < days * 3 / 4) {
      const auto units = 30 + random.below(40);
      table.row(day_text(day), "KEY", "Hills", fmt::format("P{}", random.below(10)), units, 20.5,
                20.5 * static_cast<double>(units));
    }
  }
}

constexpr auto header = "order_date,customer,region,product,units,unit_price,net_sales";

std::size_t at(const catalog::Subject& subject, std::string_view name) {
  const auto found = subject.index_of(name);
  REQUIRE(found.has_value());
  return *found;
}

}  // namespace

TEST_CASE("every column keeps its values, and rows stay whole within a part") {
  TestTable table(header);
  fill(table, 300);
  const auto& before = table.subject();
  const auto after = shuffled(before, 1);
  const auto sorted = [](std::vector<double> values) {
    std::ranges::sort(values);
    return values;
  };
  const auto units = at(before, "units"), money = at(before, "net_sales"),
             price = at(before, "unit_price");
  CHECK(sorted(before.numbers(money)) == sorted(after.numbers(money)));
  CHECK(before.numbers(money) != after.numbers(money));
  std::map<std::string, std::string> region_of;
  const auto &customers = after.codes(at(after, "customer")),
             &regions = after.codes(at(after, "region"));
  for (std::size_t row = 0; row < after.frame.rows; ++row) {
    REQUIRE(after.numbers(money)[row] ==
            doctest::Approx(after.numbers(units)[row] * after.numbers(price)[row]));
    const auto& region = regions.dictionary[regions.codes[row]];
    const auto [known, is_new] =
        region_of.emplace(customers.dictionary[customers.codes[row]], region);
    REQUIRE((is_new || known->second == region));
  }
}

TEST_CASE("the same seed gives the same order, another one another") {
  TestTable table(header);
  fill(table, 100);
  const auto money = at(table.subject(), "net_sales");
  CHECK(shuffled(table.subject(), 1).numbers(money) == shuffled(table.subject(), 1).numbers(money));
  CHECK(shuffled(table.subject(), 1).numbers(money) != shuffled(table.subject(), 2).numbers(money));
}

TEST_CASE("amounts, dates and customers move apart; what marks a return goes with its amount") {
  TestTable table("order_date,customer,kind,units,net_sales");
  for (int day = 0; day < 300; ++day) {
    const bool back = day % 10 == 0;
    table.row(day_text(day), fmt::format("C{}", day % 7), back ? "RT" : "SL", back ? -2 : 3,
              back ? -20.5 : 30.5);
  }
  const auto& subject = table.subject();
  REQUIRE(!subject.columns[at(subject, "kind")].return_value.empty());
  CHECK(part_of(subject, at(subject, "order_date")) == Part::when);
  CHECK(part_of(subject, at(subject, "customer")) == Part::who);
  CHECK(part_of(subject, at(subject, "kind")) == Part::how_much);
  CHECK(part_of(subject, at(subject, "net_sales")) == Part::how_much);
  const auto after = shuffled(subject, 3);
  const auto& kinds = after.codes(at(after, "kind"));
  for (std::size_t row = 0; row < after.frame.rows; ++row)
    REQUIRE((kinds.dictionary[kinds.codes[row]] == "RT") ==
            (after.numbers(at(after, "units"))[row] < 0));
}

TEST_CASE("what the analyst finds in the data is gone from its shuffled copy") {
  TestTable table(header);
  fill(table, 1100);
  analyst::StatisticalAnalyst analyst(patterns::testing::vocabulary());
  const auto tested_patterns = [&](const catalog::Subject& subject) {
    std::set<std::string> names;
    const auto found = analyst.investigate({}, {.subjects = {{&subject, {}}}}, {}, {});
    REQUIRE(found.has_value());
    for (const auto& stated : found->claims) {
      if (!found->ledger.entries[stated.entry].fact) names.insert(stated.claim.pattern);
    }
    return names;
  };
  const auto before = tested_patterns(table.subject()),
             after = tested_patterns(shuffled(table.subject(), 5));
  for (const auto* pattern : {"customer_silent", "price_change"}) {
    CAPTURE(pattern);
    CHECK(before.contains(pattern));
    CHECK(!after.contains(pattern));
  }
}
