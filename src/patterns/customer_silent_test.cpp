#include <cmath>

#include "patterns/all.h"
#include "patterns/test_table.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::TestTable;

constexpr int days = 700;

// One customer's orders every `gap` days, give or take a third, from day `first` to day `last`.
void orders_of(TestTable& table, stats::Random& random, const std::string& customer, double gap,
               int first, int last) {
  for (double day = first; day <= last; day += gap * (0.67 + 0.66 * random.uniform())) {
    table.row(day_text(static_cast<int>(day)), customer, customer[0] < 'M' ? "Hills" : "Coast",
              100 + random.below(50));
  }
}

void faithful_customers(TestTable& table, stats::Random& random) {
  for (int i = 0; i < 40; ++i)
    orders_of(table, random, fmt::format("{}{:02}", static_cast<char>('A' + i % 26), i), 8 + i % 20,
              i % 9, days);
}

}  // namespace

TEST_CASE("a customer that stopped is found, and one that only orders seldom is not") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    stats::Random random(seed);
    TestTable table("order_date,customer,area,net_sales");
    faithful_customers(table, random);
    orders_of(table, random, "GONE", 9, 0, 520);
    orders_of(table, random, "SLOW", 75, 10, days - 60);
    const auto accepted = table.accepted(examine_customer_silent);
    const auto* gone = table.about(accepted, "customer", "GONE");
    REQUIRE(gone != nullptr);
    CHECK(table.about(accepted, "customer", "SLOW") == nullptr);
    CHECK(accepted.size() <= 2);
    const auto finding = table.proven(*gone);
    CHECK(finding.title.find("stopped ordering") != std::string::npos);
    CHECK(finding.impact.account == findings::Account::at_risk);
    // About 125 every 9 days.
    CHECK(finding.impact.amount > 250);
    CHECK(finding.impact.amount < 600);
  }
}

TEST_CASE("customers who all keep their rhythm are left in peace") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 11; seed < 21; ++seed) {
    stats::Random random(seed);
    TestTable table("order_date,customer,area,net_sales");
    faithful_customers(table, random);
    accepted += table.accepted(examine_customer_silent).size();
  }
  CHECK(accepted <= 1);
}

TEST_CASE("without a time or without customers there is nothing to examine") {
  TestTable table("article,amount");
  for (int i = 0; i < 300; ++i) table.row(fmt::format("X{}", i % 9), i);
  CHECK(examine_customer_silent(table.workspace()).empty());
}

TEST_CASE("where long pauses come and go, one of them is no customer that stopped ordering") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 41; seed < 47; ++seed) {
    stats::Random random(seed);
    TestTable table("order_date,customer,area,net_sales");
    for (int i = 0; i < 100; ++i) {
      for (double day = random.uniform() * 40; day <= days;
           day += std::min(300.0, 5 * std::pow(1 - random.uniform(), -0.9))) {
        table.row(day_text(static_cast<int>(day)), fmt::format("C{:03}", i), "Hills",
                  100 + random.below(50));
      }
    }
    accepted += table.accepted(examine_customer_silent).size();
  }
  CHECK(accepted <= 2);
}

}  // namespace insights::patterns
