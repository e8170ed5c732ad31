#include "findings/control_false_discovery.h"

#include <doctest/doctest.h>

#include <cmath>

#include "base/ensure.h"

using namespace insights;
using namespace insights::findings;

namespace {

Hypothesis test(std::string family, double p, bool material = true) {
  Hypothesis hypothesis;
  hypothesis.entry.family = std::move(family);
  hypothesis.entry.p = p;
  hypothesis.material = material;
  return hypothesis;
}

Hypothesis fact(bool material) {
  auto hypothesis = test("facts", 1, material);
  hypothesis.entry.fact = true;
  return hypothesis;
}

}  // namespace

TEST_CASE("q is Benjamini-Hochberg within the family, in the order of the input") {
  // R: p.adjust(c(0.01, 0.02, 0.03, 0.5), "BH") = 0.04 0.04 0.04 0.5
  const auto correction = control_false_discovery(
      {test("a", 0.03), test("b", 0.2), test("a", 0.5), test("a", 0.01), test("a", 0.02)});
  CHECK(correction.entries[0].q == doctest::Approx(0.04));
  CHECK(correction.entries[1].q == doctest::Approx(0.2));
  CHECK(correction.entries[2].q == doctest::Approx(0.5));
  CHECK(correction.entries[3].q == doctest::Approx(0.04));
  CHECK(correction.families == 2);
}

TEST_CASE("the level within a family falls with the share of families that were selected") {
  // One of four families is selected: its tests must pass q <= 0.05 / 4.
  const auto correction =
      control_false_discovery({test("a", 1e-6), test("a", 0.012), test("a", 0.02), test("b", 0.6),
                               test("c", 0.7), test("d", 0.8)});
  CHECK(correction.families == 4);
  CHECK(correction.families_selected == 1);
  CHECK(correction.level_inside == doctest::Approx(0.0125));
  CHECK(correction.entries[0].decision == Decision::published);
  CHECK(correction.entries[1].decision == Decision::not_significant);  // q = 0.018
  CHECK(correction.entries[2].decision == Decision::not_significant);
}

TEST_CASE("what is worth more is held to a wider level, and its family as a whole is not") {
  auto large = test("a", 0.03), small = test("a", 0.03);
  large.weight = 3;
  const auto correction = control_false_discovery({large, small, test("a", 0.9), test("a", 0.9)});
  // Weights 3 1 1 1 of mean 1.5: 0.03 counts as 0.015 and as 0.045.
  CHECK(correction.entries[0].q == doctest::Approx(0.06));
  CHECK(correction.entries[1].q == doctest::Approx(0.09));
  large.weight = 0;
  CHECK_THROWS_AS(control_false_discovery({large}), base::Bug);
}

TEST_CASE("decoys are held to the level of the others and take nothing away from them") {
  auto decoy = test("a", 0.9);
  decoy.entry.decoy = true;
  auto accepted = test("b", 1e-6);
  accepted.entry.decoy = true;
  const auto correction = control_false_discovery({test("a", 0.04), decoy, decoy, accepted});
  CHECK(correction.families == 1);
  CHECK(correction.entries[0].q == doctest::Approx(0.04));
  CHECK(correction.entries[0].decision == Decision::published);
  CHECK(correction.entries[1].decision == Decision::not_significant);
  CHECK(correction.entries[3].decision == Decision::published);
}

TEST_CASE("what is significant but small is told apart, and facts take no part") {
  const auto correction =
      control_false_discovery({test("a", 1e-9), test("a", 1e-9, false), fact(true), fact(false)});
  CHECK(correction.entries[0].decision == Decision::published);
  CHECK(correction.entries[1].decision == Decision::too_small);
  CHECK(correction.entries[2].decision == Decision::published);
  CHECK(correction.entries[3].decision == Decision::too_small);
  CHECK(correction.entries[2].q == 1);
  CHECK(correction.families == 1);
}

TEST_CASE("nothing tested is nothing found") {
  const auto correction = control_false_discovery({});
  CHECK(correction.entries.empty());
  CHECK(correction.level_inside == 0);
  CHECK(control_false_discovery({fact(true)}).families == 0);
}

TEST_CASE("a p-value that is none is a bug") {
  CHECK_THROWS_AS(control_false_discovery({test("a", std::nan(""))}), base::Bug);
  CHECK_THROWS_AS(control_false_discovery({test("a", 1.5)}), base::Bug);
  CHECK_THROWS_AS(control_false_discovery({}, 0), base::Bug);
}

TEST_CASE("the ledger counts decoys apart from what was tested") {
  Ledger ledger;
  auto real = test("a", 1e-9).entry;
  real.decision = Decision::published;
  auto decoy = real;
  decoy.decoy = true;
  auto rejected = decoy;
  rejected.decision = Decision::not_significant;
  auto known = fact(true).entry;
  known.decision = Decision::below_top;
  ledger.entries = {real, test("a", 1).entry, decoy, rejected, known};
  const LedgerCounts expected{.tested = 2,
                              .facts = 1,
                              .published = 1,
                              .decoy_columns = 5,
                              .decoys_tested = 2,
                              .decoys_accepted = 1};
  CHECK(count(ledger, 5) == expected);
  CHECK(name(Decision::not_proven) == "not proven");
}
