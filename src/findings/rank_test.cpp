#include "findings/rank.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "findings/renumber.h"

using namespace insights::findings;

namespace {

const std::vector<Base> bases{{"EUR", true, "month", 100'000}};

// A finding of so much a month.
Finding finding(const std::string& pattern, const std::string& customer, double amount) {
  Finding made;
  made.pattern = pattern;
  made.fingerprint = pattern + "/customer=" + customer;
  made.title = made.fingerprint;
  made.entities = {{"customer", customer, customer}};
  made.columns = {"customer"};
  made.strength = Strength::significant;
  made.surprise = 0.5;
  made.impact.account = Account::at_risk;
  made.impact.amount_from = CellReference{"q1", 0, "amount"};
  made.impact.amount = made.impact.low = made.impact.high = amount;
  made.impact.unit = "EUR";
  made.impact.per = "month";
  return made;
}

std::vector<std::string> order(const std::vector<Finding>& findings) {
  std::vector<std::string> names;
  names.reserve(findings.size());
  for (const auto& one : findings) names.push_back(one.fingerprint);
  return names;
}

std::ptrdiff_t of_pattern(const std::vector<Finding>& findings, std::string_view pattern,
                          std::size_t first) {
  return std::count_if(findings.begin(), findings.begin() + static_cast<std::ptrdiff_t>(first),
                       [&](const Finding& one) { return one.pattern == pattern; });
}

}  // namespace

TEST_CASE("the score is money, surprise and what can be done") {
  auto one = finding("churn", "ada", 1000);
  one.surprise = 1;
  one.actionability = 1.3;
  CHECK(score(one, bases, {}) == doctest::Approx(std::log(51.0) * 1.3));
  one.surprise = 0;
  CHECK(score(one, bases, {}) == doctest::Approx(std::log(51.0) * 0.4 * 1.3));
  one.impact.per = "year";
  CHECK(score(one, bases, {}) == doctest::Approx(std::log1p(50.0 / 12) * 0.4 * 1.3));
  one.strength = Strength::model_claim;
  CHECK(score(one, bases, {}) == doctest::Approx(std::log1p(50.0 / 12) * 0.2 * 1.3));
}

TEST_CASE("a finding without money is not lost") {
  auto without = finding("association", "ada", 0);
  without.impact = {};
  without.test.effect = 0.4;
  CHECK(score(without, bases, {}) == doctest::Approx(std::log(21.0) * 0.7));
  auto other_currency = finding("churn", "bob", 1e9);
  other_currency.impact.unit = "USD";
  other_currency.test.effect = 100;
  CHECK(score(other_currency, bases, {}) == doctest::Approx(std::log(51.0) * 0.7));
}

TEST_CASE("beside amounts of money a fact about the whole table without one is a remark") {
  auto fact = finding("calendar", "ada", 0);
  fact.impact = {};
  fact.test.effect = 1;
  const double tested = score(fact, bases, {});
  fact.strength = Strength::descriptive;
  CHECK(score(fact, bases, {}) == doctest::Approx(tested));  // it is about somebody
  fact.entities.clear();
  CHECK(score(fact, bases, {}) < 0.75 * tested);
  CHECK(score(fact, {}, {}) == doctest::Approx(tested));  // nobody has an amount
}

TEST_CASE("severity follows the share of the base") {
  CHECK(severity(finding("churn", "ada", 1000), bases) == Severity::high);
  CHECK(severity(finding("churn", "ada", 999), bases) == Severity::medium);
  CHECK(severity(finding("churn", "ada", 99), bases) == Severity::low);
  auto gain = finding("cross_sell", "ada", 5000);
  gain.impact.account = Account::opportunity;
  CHECK(severity(gain, bases) == Severity::medium);
  auto claim = finding("churn", "ada", 5000);
  claim.strength = Strength::model_claim;
  CHECK(severity(claim, bases) == Severity::medium);
  auto plain = finding("trend", "ada", 0);
  plain.impact = {};
  CHECK(severity(plain, bases) == Severity::low);
  plain.surprise = 0.95;
  CHECK(severity(plain, bases) == Severity::medium);
}

TEST_CASE("among the first ten are at most three of a pattern and two about an entity") {
  std::vector<Finding> all;
  for (int index = 0; index < 20; ++index) {
    all.push_back(finding("churn", "c" + std::to_string(index), 50'000 - index));
    all.push_back(finding("p" + std::to_string(index), "ada", 40'000 - index));
    all.push_back(finding("p" + std::to_string(index), "d" + std::to_string(index), 100));
  }
  const auto ranked = rank(all, bases, {});
  CHECK(ranked.size() == all.size());
  CHECK(of_pattern(ranked, "churn", top_places) == 3);
  CHECK(std::count_if(ranked.begin(), ranked.begin() + 10,
                      [](const Finding& one) { return one.entities[0].value == "ada"; }) == 2);
}

TEST_CASE("when nothing else is left, quotas do not drop findings") {
  std::vector<Finding> all;
  all.reserve(6);
  for (int index = 0; index < 6; ++index) all.push_back(finding("churn", "ada", 1000 + index));
  CHECK(rank(all, bases, {}).size() == 6);
}

TEST_CASE("the last of the first ten places is for data quality, if there is any") {
  std::vector<Finding> all;
  all.reserve(31);
  for (int index = 0; index < 30; ++index) {
    all.push_back(finding("p" + std::to_string(index), "c" + std::to_string(index), 5000 + index));
  }
  auto quality = finding("duplicate_rows", "x", 1);
  quality.topics = {"data_quality"};
  all.push_back(quality);
  CHECK(rank(all, bases, {})[9].pattern == "duplicate_rows");
  CHECK(rank(all, bases, {}, 5)[4].pattern == "duplicate_rows");
  all.back().impact.amount = 90'000;
  CHECK(rank(all, bases, {})[0].pattern == "duplicate_rows");
}

TEST_CASE("the same story twice does not stand side by side") {
  auto echo = finding("churn", "ada", 9000);
  echo.fingerprint = "churn/again";
  const auto ranked =
      rank({finding("churn", "ada", 10'000), echo, finding("price", "bob", 5000)}, bases, {});
  CHECK(order(ranked) ==
        std::vector<std::string>{"churn/customer=ada", "price/customer=bob", "churn/again"});
}

TEST_CASE("equal scores go by strength, then by fingerprint, whatever the order of the input") {
  auto fact = finding("a", "ada", 1000);
  fact.strength = Strength::descriptive;
  std::vector<Finding> all{fact, finding("c", "cem", 1000), finding("b", "bob", 1000)};
  std::ranges::sort(all, {}, &Finding::fingerprint);
  const auto expected = order(rank(all, bases, {}));
  CHECK(expected == std::vector<std::string>{"b/customer=bob", "c/customer=cem", "a/customer=ada"});
  do {
    CHECK(order(rank(all, bases, {})) == expected);
  } while (std::ranges::next_permutation(all, {}, &Finding::fingerprint).found);
}

TEST_CASE("a fact with much money may stand above a small significant finding") {
  auto fact = finding("concentration", "ada", 30'000);
  fact.strength = Strength::descriptive;
  CHECK(rank({finding("churn", "bob", 20), fact}, bases, {})[0].pattern == "concentration");
}

TEST_CASE("what the reader asked for comes first, and more than three of it") {
  std::vector<Finding> all;
  for (int index = 0; index < 5; ++index) {
    auto asked = finding("churn", "c" + std::to_string(index), 10 + index);
    asked.topics = {"customer"};
    all.push_back(asked);
    all.push_back(finding("price", "d" + std::to_string(index), 50'000));
  }
  const Focus focus{.name = "customer_churn", .text = "", .weights = {{"customer", 9}}};
  CHECK(focus_boost(all[0], focus) == 3);
  CHECK(focus_boost(all[1], focus) == 0);
  CHECK(score(all[0], bases, focus) == doctest::Approx(3 * score(all[0], bases, {})));
  CHECK(of_pattern(rank(all, bases, focus), "churn", 5) == 5);
  CHECK(of_pattern(rank(all, bases, {}), "churn", 1) == 0);
}

TEST_CASE("no findings rank to none") { CHECK(rank({}, bases, {}).empty()); }

TEST_CASE("ids follow the reading order, and the same query has the same id throughout") {
  auto first = finding("a", "ada", 1), second = finding("b", "bob", 2);
  Evidence shared, other;
  shared.id = "q9";
  shared.sql = "SELECT 1";
  other.id = "q3";
  other.sql = "SELECT 2";
  first.evidence = {other};
  second.evidence = {shared, other};
  first.impact.amount_from = CellReference{"q3", 0, "x"};
  second.impact.amount_from = Formula{"a", {{"a", CellReference{"q9", 0, "x"}}}};
  second.values["v"].binding.from = CellReference{"q3", 0, "x"};
  second.chart.chart.query = "q9";
  const auto numbered = renumbered({first, second});
  CHECK(numbered[0].id == "f-1");
  CHECK(numbered[1].id == "f-2");
  CHECK(numbered[0].evidence[0].id == "q1");
  CHECK(numbered[1].evidence[0].id == "q2");
  CHECK(numbered[1].evidence[1].id == "q1");
  CHECK(numbered[0].impact.amount_from == Binding{CellReference{"q1", 0, "x"}});
  CHECK(numbered[1].impact.amount_from ==
        Binding{Formula{"a", {{"a", CellReference{"q2", 0, "x"}}}}});
  CHECK(numbered[1].values.at("v").binding.from == Binding{CellReference{"q1", 0, "x"}});
  CHECK(numbered[1].chart.chart.query == "q2");
}
