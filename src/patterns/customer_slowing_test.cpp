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

TEST_CASE("a customer whose orders come ever more seldom is found, with both gaps") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    stats::Random random(seed);
    TestTable table("order_date,customer,area,net_sales");
    faithful_customers(table, random, days);
    orders_of(table, random, "LESS", 9, 0, 590);
    orders_of(table, random, "LESS", 30, 612, days);
    orders_of(table, random, "GONE", 9, 0, 520);
    const auto accepted = table.accepted(examine_customer_slowing);
    const auto* less = table.about(accepted, "customer", "LESS");
    REQUIRE(less != nullptr);
    CHECK(less->entry.effect > 1.8);
    CHECK(table.about(accepted, "customer", "GONE") == nullptr);
    CHECK(accepted.size() <= 2);
    const auto finding = table.proven(*less);
    INFO(finding.title);
    CHECK(finding.title.find(": an order every ") != std::string::npos);
    CHECK((finding.title.find("before that every 8.") != std::string::npos ||
           finding.title.find("before that every 9") != std::string::npos));
    CHECK(finding.impact.account == findings::Account::at_risk);
    // About 125 every 9 days are 420 a month; two thirds of them are gone.
    CHECK(finding.impact.amount > 130);
    CHECK(finding.impact.amount < 360);
  }
}

TEST_CASE("a customer that buys as often but far less each time is found") {
  stats::Random random(5);
  TestTable table("order_date,customer,area,net_sales");
  faithful_customers(table, random, days);
  orders_of(table, random, "SMALL", 12, 0, 600, 900);
  orders_of(table, random, "SMALL", 12, 612, days, 150);
  const auto accepted = table.accepted(examine_customer_slowing);
  const auto* small = table.about(accepted, "customer", "SMALL");
  REQUIRE(small != nullptr);
  const auto finding = table.proven(*small);
  INFO(finding.title);
  CHECK(finding.title.find("on an order day since") != std::string::npos);
}

TEST_CASE("customers who keep their rhythm, and one that is slow every winter, are left in peace") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 11; seed < 21; ++seed) {
    stats::Random random(seed);
    TestTable table("order_date,customer,area,net_sales");
    faithful_customers(table, random, days);
    // Orders every 9 days, from September to November every 28.
    orders_of(table, random, "SEASON", 9, 0, 235);
    orders_of(table, random, "SEASON", 28, 243, 335);
    orders_of(table, random, "SEASON", 9, 340, 600);
    orders_of(table, random, "SEASON", 28, 608, days);
    accepted += table.accepted(examine_customer_slowing).size();
  }
  CHECK(accepted <= 1);
}

TEST_CASE("where long pauses come and go, one of them is no customer that slowed down") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 41; seed < 47; ++seed) {
    TestTable table("order_date,customer,area,net_sales");
    fill_pausing_customers(table, seed, days);
    accepted += table.accepted(examine_customer_slowing).size();
  }
  CHECK(accepted <= 2);
}

TEST_CASE("a date that was never meant is no slow order") {
  stats::Random random(9);
  TestTable table("order_date,customer,area,net_sales");
  faithful_customers(table, random, days);
  for (const auto* customer : {"A00", "B01", "C02"})
    table.row("9999-12-31", customer, "Hills", 100);
  CHECK(table.accepted(examine_customer_slowing).empty());
  CHECK(table.accepted(examine_customer_silent).empty());
}

}  // namespace insights::patterns
