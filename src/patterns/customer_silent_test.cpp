#include "patterns/all.h"
#include "patterns/test_sales.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

using testing::faithful_customers;
using testing::fill_pausing_customers;
using testing::orders_of;
using testing::TestTable;

constexpr int days = 700;

}  // namespace

TEST_CASE("a customer that stopped is found, and one that only orders seldom is not") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    stats::Random random(seed);
    TestTable table("order_date,customer,area,net_sales");
    faithful_customers(table, random, days);
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
    faithful_customers(table, random, days);
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
    TestTable table("order_date,customer,area,net_sales");
    fill_pausing_customers(table, seed, days);
    accepted += table.accepted(examine_customer_silent).size();
  }
  CHECK(accepted <= 2);
}

}  // namespace insights::patterns
