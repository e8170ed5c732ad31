#include "score/score.h"

#include <doctest/doctest.h>

#include "score/truth_json.h"

using namespace insights;
using namespace insights::score;
using generate::Money;
using generate::Named;
using generate::Planted;
using generate::Trap;
using generate::Truth;

namespace {

Named product() { return {{"product_id", "name"}, "P9", "Lamp 9"}; }

Truth truth() {
  Truth truth;
  truth.rows = 100;
  Planted step;
  step.id = "step";
  step.patterns = {"price_change"};
  step.entities = {product()};
  step.impact = Money{1000, "month", "what it brings"};
  step.echoes = {{{"category"}, "Lamps", "Lamps"}};
  Planted month;
  month.id = "month";
  month.patterns = {"period_outlier"};
  month.entities = {{{"category"}, "Desks", "Desks"}};
  month.from = month.to = "2025-04";
  month.when_matters = true;
  Planted late;
  late.id = "late";
  late.patterns = {"simpson"};
  late.columns_needed = {"carrier", "zone"};
  truth.planted = {step, month, late};
  Planted growth;
  growth.id = "growth";
  growth.patterns = {"count_over_time"};
  truth.background = {growth};
  Trap partial;
  partial.id = "partial";
  partial.patterns = {"period_outlier"};
  partial.month = "2026-01";
  Trap fan_out;
  fan_out.id = "fan_out";
  fan_out.money_above = 5000;
  Trap carrier;
  carrier.id = "carrier";
  carrier.columns = {"carrier", "late"};
  carrier.unless_columns = {"zone"};
  carrier.patterns_spared = {"simpson"};
  truth.traps = {partial, fan_out, carrier};
  truth.noise_columns = {"colour"};
  return truth;
}

Claim claim(std::string pattern, std::vector<std::string> columns,
            std::vector<NamedValue> entities = {}) {
  Claim made;
  made.pattern = std::move(pattern);
  made.columns = std::move(columns);
  made.entities = std::move(entities);
  return made;
}

Claim the_step() { return claim("price_change", {"product_id"}, {{"product_id", "P9", "Lamp 9"}}); }
Claim the_month() {
  auto made = claim("period_outlier", {"category"}, {{"products.category", "Desks", "Desks"}});
  made.months = {"2025-04"};
  return made;
}
Claim the_reversal() { return claim("simpson", {"carrier", "zone", "late"}); }

Verdict verdict_of(const Claim& one) { return score::score({{one}, 0}, truth()).claims[0].verdict; }

}  // namespace

TEST_CASE("a report that says all that is true and nothing else is perfect") {
  const auto result = score::score({{the_step(), the_month(), the_reversal()}, 1.5}, truth());
  CHECK(result.recall() == 1);
  CHECK(result.precision() == 1);
  CHECK(result.false_alarm_rate() == 0);
  CHECK(result.unplanned_rate() == 0);
  CHECK(result.seconds == 1.5);
}

TEST_CASE("an empty report finds nothing and says nothing false") {
  const auto result = score::score({}, truth());
  CHECK(result.recall() == 0);
  CHECK(result.precision() == 1);
  CHECK(result.false_alarm_rate() == 0);
  CHECK(!result.impact_error().has_value());
}

TEST_CASE("entity, column and pattern must come together in one finding") {
  CHECK(verdict_of(the_step()) == Verdict::hit);
  CHECK(verdict_of(claim("price_change", {"x"}, {{"x", "P9", ""}})) == Verdict::unplanned);
  CHECK(verdict_of(claim("trend", {"product_id"}, {{"product_id", "P9", ""}})) ==
        Verdict::unplanned);
  CHECK(verdict_of(claim("price_change", {"product_id"}, {{"product_id", "P8", ""}})) ==
        Verdict::unplanned);
  // By the name that people know, in a joined table's column.
  CHECK(verdict_of(claim("price_change", {}, {{"products.name", "Lamp 9", ""}})) == Verdict::hit);
  // Named in a sentence that speaks of the column.
  auto told = claim("price_change", {"product_id"});
  told.texts = {"Lamp 9"};
  CHECK(verdict_of(told) == Verdict::hit);
}

TEST_CASE("the month counts where it matters") {
  CHECK(verdict_of(the_month()) == Verdict::hit);
  auto wrong = the_month();
  wrong.months = {"2025-05"};
  CHECK(verdict_of(wrong) == Verdict::unplanned);
}

TEST_CASE("the second of a kind is a repeat, its category an echo, growth background") {
  const auto result = score::score({{the_step(), the_step()}, 0}, truth());
  CHECK(result.claims[1].verdict == Verdict::repeat);
  CHECK(result.found() == 1);
  CHECK(verdict_of(claim("price_change", {"category"}, {{"category", "Lamps", ""}})) ==
        Verdict::echo);
  CHECK(verdict_of(claim("count_over_time", {"day"})) == Verdict::background);
  auto fact = claim("concentration", {"category"}, {{"category", "Chairs", ""}});
  fact.fact = true;
  CHECK(verdict_of(fact) == Verdict::fact);
}

TEST_CASE("noise columns and traps make a claim false, whatever else it says") {
  auto noise = the_step();
  noise.columns.push_back("customers.colour");
  CHECK(verdict_of(noise) == Verdict::false_claim);
  auto partial = claim("period_outlier", {"day"});
  partial.months = {"2026-01"};
  CHECK(verdict_of(partial) == Verdict::false_claim);
  auto inflated = the_step();
  inflated.largest_amount = 6000;
  CHECK(verdict_of(inflated) == Verdict::false_claim);
  CHECK(verdict_of(claim("rate_outlier", {"carrier", "late"})) == Verdict::false_claim);
  CHECK(verdict_of(claim("rate_outlier", {"carrier", "late", "zone"})) == Verdict::unplanned);
}

TEST_CASE("amounts are compared where they are for the same time") {
  auto right = the_step();
  right.impact = 1200;
  right.impact_per = "month";
  CHECK(score::score({{right}, 0}, truth()).impact_error().value() == doctest::Approx(0.2));
  right.impact_per = "year";
  CHECK(!score::score({{right}, 0}, truth()).impact_error().has_value());
}

TEST_CASE("a truth file reads back whole; what is none is refused") {
  const auto read = read_truth(truth_json(truth()));
  REQUIRE(read.has_value());
  CHECK(*read == truth());
  CHECK(!read_truth("no JSON").has_value());
  CHECK(!read_truth("{\"rows\": 3}").has_value());
  CHECK(!read_truth("{\"planted\": [{\"id\": 3}]}").has_value());
}

TEST_CASE("claims are read from any report of the form; what is none is refused") {
  const auto read = read_claims(R"({"findings": [
    {"id": "f-1", "pattern": "trend", "title": "t", "strength": "descriptive", "columns": ["a", 3],
     "entities": [{"column": "a", "value": "x", "label": "X"}, {"column": "b", "value": 7}],
     "impact": {"amount": 5, "per": "month"},
     "values": {"m": {"format": "money", "value": -70}, "d": {"format": "month", "value": "2025-03-01"},
                "w": {"format": "text", "value": "X"}}},
    {}, 4], "spent": {"wall_milliseconds": 2500}})");
  REQUIRE(read.has_value());
  REQUIRE(read->claims.size() == 2);
  const auto& one = read->claims[0];
  CHECK(one.fact);
  CHECK(one.columns == std::vector<std::string>{"a"});
  CHECK(one.entities[0].label == "X");
  CHECK(one.largest_amount == 70);
  CHECK(one.months == std::vector<std::string>{"2025-03"});
  CHECK(one.texts == std::vector<std::string>{"X"});
  CHECK(one.impact == 5);
  CHECK(read->seconds == 2.5);
  CHECK(!read_claims("[]").has_value());
  CHECK(!read_claims("{\"findings\": 3}").has_value());
}
