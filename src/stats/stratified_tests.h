// Two groups compared inside strata (region, size band), so that a different mix of strata cannot
// fake a difference.
#pragma once

#include <cstddef>
#include <span>

#include "stats/interval.h"
#include "stats/proportion_tests.h"

namespace insights::stats {

struct Stratum {
  Proportion first;
  Proportion second;
  bool operator==(const Stratum&) const = default;
};

struct CommonEffect {
  double statistic = 0.0;   // chi-square, 1 degree of freedom, no continuity correction
  double p_value = 1.0;     // two-sided
  double odds_ratio = 1.0;  // Mantel-Haenszel common odds ratio of first against second; 0 or
                            // infinity when one side has no discordant products; 1 when neither has
  double risk_difference = 0.0;  // Mantel-Haenszel common rate(first) - rate(second)
  Interval risk_difference_interval;
  std::size_t strata_used = 0;  // strata where both groups have trials
};

// Strata where a group has no trials say nothing and are left out. With no stratum left: statistic
// 0, p 1, ratio 1, difference 0, interval [-1, 1].
// Source: Cochran (1954), Biometrics 10, 417-451; Mantel & Haenszel (1959), JNCI 22, 719-748; R
// mantelhaen.test(correct = FALSE); difference and its variance: Greenland & Robins (1985),
// Biometrics 41, 55-68; Sato (1989), Biometrics 45, 1323-1324.
[[nodiscard]] CommonEffect cochran_mantel_haenszel(std::span<const Stratum> strata,
                                                   double confidence = confidence_default);

}  // namespace insights::stats
