#include "findings/merge.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace insights;
using namespace insights::findings;

namespace {

Scope scope(std::vector<Entity> equals, const char* from = nullptr, const char* to = nullptr) {
  Scope made{.table = "sales", .equals = std::move(equals), .from = {}, .to = {}};
  if (from != nullptr) made.from = base::parse_day(from);
  if (to != nullptr) made.to = base::parse_day(to);
  return made;
}

const Entity ada{"customer", "ada", "Ada"}, bob{"customer", "bob", "Bob"},
    north{"region", "north", "North"};

Finding finding(std::string fingerprint, double amount, Scope where, std::string unit = "EUR",
                Account account = Account::at_risk) {
  Finding made;
  made.fingerprint = std::move(fingerprint);
  made.impact.account = account;
  made.impact.amount = amount;
  made.impact.unit = std::move(unit);
  made.impact.per = "month";
  made.scope = std::move(where);
  return made;
}

}  // namespace

TEST_CASE("two scopes share rows unless a column, the time or the table keeps them apart") {
  CHECK(overlaps(scope({ada}), scope({ada})));
  CHECK_FALSE(overlaps(scope({ada}), scope({bob})));
  CHECK(overlaps(scope({ada}), scope({north})));
  CHECK(overlaps(scope({ada}), scope({})));
  CHECK_FALSE(overlaps(scope({ada, north}), scope({bob, north})));
  CHECK_FALSE(overlaps(scope({}, nullptr, "2025-01-31"), scope({}, "2025-02-01")));
  CHECK(overlaps(scope({}, nullptr, "2025-02-01"), scope({}, "2025-02-01")));
  CHECK(overlaps(scope({}, "2025-01-01", "2025-12-31"), scope({}, "2025-03-01", "2025-03-31")));
  auto other = scope({});
  other.table = "returns";
  CHECK_FALSE(overlaps(scope({}), other));
  other.table.clear();
  CHECK(overlaps(scope({}), other));
}

TEST_CASE("rows in common count once, the larger finding first") {
  const std::vector<Finding> all{finding("north", 300, scope({north})),
                                 finding("ada", 100, scope({ada})),
                                 finding("bob", 900, scope({bob}))};
  const auto found = totals(all, {});
  REQUIRE(found.size() == 1);
  // North may hold rows of Bob, and Ada's are not Bob's: 900 + 100.
  CHECK(found[0] == Total{Account::at_risk, "EUR", true, "month", 1000, 2});
}

TEST_CASE("currencies, accounts and spans are never added, and no account is no total") {
  auto yearly = finding("year", 5, scope({ada}));
  yearly.impact.per = "year";
  auto units = finding("units", 7, scope({ada}), "units");
  units.impact.is_money = false;
  const std::vector<Finding> all{finding("a", 1, scope({ada})),
                                 finding("b", 2, scope({ada}), "USD"),
                                 finding("c", 3, scope({ada}), "EUR", Account::lost),
                                 finding("d", 4, scope({ada}), "EUR", Account::none),
                                 yearly,
                                 units};
  const auto found = totals(all, {});
  CHECK(found.size() == 5);
  for (const auto& total : found) CHECK(total.findings == 1);
}

TEST_CASE("a total is never more than the base") {
  const std::vector<Finding> all{finding("a", 600, scope({ada})), finding("b", 700, scope({bob}))};
  const std::vector<Base> bases{
      {"USD", true, "month", 10}, {"EUR", true, "year", 20}, {"EUR", true, "month", 1000}};
  const auto found = totals(all, bases);
  REQUIRE(found.size() == 1);
  CHECK(found[0].amount == 1000);
  CHECK(found[0].findings == 2);
}

TEST_CASE("totals do not depend on the order of the findings") {
  std::vector<Finding> all;
  for (int index = 0; index < 30; ++index) {
    const Entity entity{index % 2 == 0 ? "customer" : "region", std::to_string(index % 7), ""};
    all.push_back(finding("f" + std::to_string(index), 0.1 * (index % 5), scope({entity})));
  }
  const auto expected = totals(all, {});
  std::ranges::reverse(all);
  CHECK(totals(all, {}) == expected);
  std::ranges::rotate(all, all.begin() + 11);
  CHECK(totals(all, {}) == expected);
}

TEST_CASE("no total counts a row twice") {
  // Every pair that went into a total must be apart: checked on all subsets of a grid of scopes.
  std::vector<Finding> grid;
  for (const char* customer : {"", "a", "b"}) {
    for (const char* region : {"", "n", "s"}) {
      std::vector<Entity> equals;
      if (*customer != '\0') equals.push_back({"customer", customer, ""});
      if (*region != '\0') equals.push_back({"region", region, ""});
      grid.push_back(finding(std::string(customer) + region, 1, scope(equals)));
    }
  }
  for (unsigned subset = 1; subset < 1U << grid.size(); ++subset) {
    std::vector<Finding> chosen;
    for (std::size_t index = 0; index < grid.size(); ++index) {
      if ((subset >> index & 1U) != 0) chosen.push_back(grid[index]);
    }
    // One unit of money in each of the four cells (customer, region) is all there is.
    CHECK(totals(chosen, {})[0].amount <= 4);
  }
}
