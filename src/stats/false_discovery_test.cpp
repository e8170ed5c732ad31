// Reference values: R 4.2 p.adjust on the 15 p-values of Benjamini & Hochberg (1995), section 4.1.
#include "stats/false_discovery.h"

#include <doctest/doctest.h>

#include <cmath>

#include "base/ensure.h"
#include "stats/distributions.h"
#include "stats/random.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

const std::vector<double> paper{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                                0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000};

TEST_CASE("adjusted p-values agree with R, and four of the paper's fifteen are kept") {
  const std::vector<double> expected{0.0015,
                                     0.003,
                                     0.0095,
                                     0.035625,
                                     0.0603,
                                     0.06385714285714286,
                                     0.06385714285714286,
                                     0.0645,
                                     0.0765,
                                     0.486,
                                     0.58118181818181813,
                                     0.714875,
                                     0.75323076923076926,
                                     0.81321428571428567,
                                     1.0};
  const auto adjusted = adjusted_p_values(paper);
  int kept = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(close(adjusted[i], expected[i], 1e-12));
    kept += adjusted[i] <= 0.05 ? 1 : 0;
  }
  CHECK(kept == 4);
  const auto strict = adjusted_p_values_any_dependence(paper);
  CHECK(close(strict[0], 0.00497734348984349, 1e-12));
  CHECK(close(strict[8], 0.25384451798201801, 1e-12));
  CHECK(strict[9] == 1.0);
}

TEST_CASE("the order of the input is the order of the answer") {
  const auto adjusted = adjusted_p_values(std::vector<double>{0.5, 0.01, 0.02});
  CHECK(adjusted[0] == 0.5);
  CHECK(close(adjusted[1], 0.03));
  CHECK(close(adjusted[2], 0.03));
}

TEST_CASE("edges: nothing, one, zeros, and NaN as a bug") {
  CHECK(adjusted_p_values({}).empty());
  CHECK(adjusted_p_values(std::vector<double>{0.04}) == std::vector<double>{0.04});
  CHECK(adjusted_p_values(std::vector<double>{0.0, 0.0}) == std::vector<double>{0.0, 0.0});
  CHECK(simes_p_value({}) == 1.0);
  CHECK(close(simes_p_value(std::vector<double>{0.01, 0.9}), 0.02));
  CHECK_THROWS_AS((void)adjusted_p_values(std::vector<double>{std::nan("")}), base::Bug);
}

TEST_CASE("families: only selected ones are looked into, at the reduced level") {
  const std::vector<std::vector<double>> families{
      {0.0001, 0.02, 0.6}, {0.5, 0.9}, {0.3, 0.8, 0.7}, {}};
  const FamilySelection selection = select_families(families, 0.05);
  CHECK(selection.family_selected == std::vector<bool>{true, false, false, false});
  CHECK(close(selection.level_inside, 0.05 / 4));
  CHECK(selection.rejected[0] == std::vector<bool>{true, false, false});
  CHECK(selection.rejected[1] == std::vector<bool>{false, false});
  CHECK(select_families({}, 0.05).level_inside == 0.0);
}

TEST_CASE("with real effects among noise the share of false ones stays at q") {
  Random random(13);
  double false_share = 0.0;
  const int rounds = 500;
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> p_values(100);
    for (std::size_t i = 0; i < p_values.size(); ++i) {
      p_values[i] = normal_two_sided(random.normal() + (i < 20 ? 3.0 : 0.0));
    }
    double kept = 0.0;
    double wrong = 0.0;
    const auto adjusted = adjusted_p_values(p_values);
    for (std::size_t i = 0; i < adjusted.size(); ++i) {
      if (adjusted[i] > 0.1) continue;
      kept += 1.0;
      wrong += i < 20 ? 0.0 : 1.0;
    }
    false_share += kept > 0.0 ? wrong / kept : 0.0;
  }
  // The theory gives 0.1 * 80 / 100.
  CHECK(std::abs(false_share / rounds - 0.08) < 0.015);
}

TEST_CASE("in pure noise a family is selected no more often than q") {
  Random random(14);
  const double rate = rejection_rate(1000, 0.5, [&] {
    std::vector<std::vector<double>> families(5, std::vector<double>(10));
    for (auto& family : families) {
      for (double& p : family) p = random.uniform();
    }
    return select_families(families, 0.05).level_inside > 0.0 ? 0.0 : 1.0;
  });
  CHECK(rate < 0.07);
}

}  // namespace
}  // namespace insights::stats
