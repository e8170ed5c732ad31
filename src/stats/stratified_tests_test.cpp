// Reference values: R 4.2, mantelhaen.test(UCBAdmissions, correct = FALSE).
#include "stats/stratified_tests.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "stats/random.h"
#include "stats/simpson.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

// Berkeley 1973: admissions of men (first) and women (second) in six departments.
const std::vector<Stratum> berkeley{{{512, 825}, {89, 108}},  {{353, 560}, {17, 25}},
                                    {{120, 325}, {202, 593}}, {{138, 417}, {131, 375}},
                                    {{53, 191}, {94, 393}},   {{22, 373}, {24, 341}}};

Proportion draw(Random& random, int trials, double rate) {
  Proportion drawn{0, trials};
  for (int i = 0; i < trials; ++i) drawn.events += random.uniform() < rate ? 1 : 0;
  return drawn;
}

TEST_CASE("Cochran-Mantel-Haenszel agrees with R on the Berkeley admissions") {
  const CommonEffect effect = cochran_mantel_haenszel(berkeley);
  CHECK(close(effect.statistic, 1.5246066604434356, 1e-11));
  CHECK(close(effect.p_value, 0.2169236970555184, 1e-11));
  CHECK(close(effect.odds_ratio, 0.9046968282586231, 1e-12));
  CHECK(effect.strata_used == 6);
  CHECK(effect.risk_difference < 0.0);
  CHECK_FALSE(effect.risk_difference_interval.excludes(0.0));
}

TEST_CASE("one stratum: the common difference is the plain difference") {
  const CommonEffect effect = cochran_mantel_haenszel(std::vector<Stratum>{{{30, 100}, {20, 100}}});
  CHECK(close(effect.risk_difference, 0.1));
  CHECK(close(effect.odds_ratio, (30.0 * 80) / (20.0 * 70)));
}

TEST_CASE("empty strata and one-sided tables are survived") {
  CHECK(cochran_mantel_haenszel({}).p_value == 1.0);
  CHECK(cochran_mantel_haenszel(std::vector<Stratum>{{{0, 0}, {3, 9}}}).strata_used == 0);
  const CommonEffect none = cochran_mantel_haenszel(std::vector<Stratum>{{{0, 9}, {0, 9}}});
  CHECK(none.p_value == 1.0);
  CHECK(none.odds_ratio == 1.0);
  CHECK(std::isinf(cochran_mantel_haenszel(std::vector<Stratum>{{{5, 9}, {0, 9}}}).odds_ratio));
  CHECK(cochran_mantel_haenszel(std::vector<Stratum>{{{1, 1}, {0, 1}}}).p_value <= 1.0);
}

TEST_CASE("a different mix of strata does not fake a difference, and intervals cover the truth") {
  Random random(12);
  int covered = 0;
  const double rate = rejection_rate(2000, 0.05, [&] {
    const std::vector<Stratum> strata{{draw(random, 80, 0.1), draw(random, 20, 0.1)},
                                      {draw(random, 30, 0.3), draw(random, 40, 0.3)},
                                      {draw(random, 15, 0.6), draw(random, 70, 0.6)}};
    const CommonEffect effect = cochran_mantel_haenszel(strata);
    covered += effect.risk_difference_interval.excludes(0.0) ? 0 : 1;
    return effect.p_value;
  });
  CHECK(rate > 0.035);
  CHECK(rate < 0.065);
  CHECK(covered > 1860);
  CHECK(covered < 1940);
}

TEST_CASE("kidney stones: the treatment that is better for every size looks worse in total") {
  // Charig et al. (1986), BMJ 292, 879-882; times ten, as 350 patients are too few for
  // significance.
  const std::vector<Stratum> stones{{{810, 870}, {2340, 2700}}, {{1920, 2630}, {550, 800}}};
  const Reversal reversal = simpson_reversal(stones);
  CHECK(reversal.reversed);
  CHECK(reversal.pooled_difference < 0.0);
  CHECK(reversal.common_difference > 0.0);
  CHECK(reversal.strata_with_common_sign == 2);
  CHECK(reversal.p_value == std::max({reversal.p_pooled, reversal.p_common, reversal.p_mix}));
  CHECK(reversal.p_value < 0.001);
}

TEST_CASE("without reversal, or with too few trials, there is nothing to report") {
  CHECK_FALSE(simpson_reversal(std::vector<Stratum>{{{30, 100}, {20, 100}}}).reversed);
  CHECK(simpson_reversal(std::vector<Stratum>{{{30, 100}, {20, 100}}}).p_value == 1.0);
  CHECK(simpson_reversal({}).strata_used == 0);
  CHECK(simpson_reversal(std::vector<Stratum>{{{3, 10}, {2, 10}}}).strata_used == 0);
  CHECK(simpson_reversal(std::vector<Stratum>{{{0, 0}, {0, 0}}}, 0).strata_used == 0);
}

TEST_CASE("strata that differ while the groups do not give a reversal hardly ever") {
  Random random(21);
  const double rate = rejection_rate(1000, 0.05, [&] {
    return simpson_reversal(std::vector<Stratum>{{draw(random, 100, 0.2), draw(random, 100, 0.2)},
                                                 {draw(random, 100, 0.5), draw(random, 100, 0.5)}})
        .p_value;
  });
  CHECK(rate < 0.01);
}

}  // namespace
}  // namespace insights::stats
