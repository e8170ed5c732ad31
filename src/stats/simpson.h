// Simpson's reversal: one group looks worse in total and is better inside the strata, because its
// mix of strata differs.
#pragma once

#include <cstddef>
#include <span>

#include "stats/stratified_tests.h"

namespace insights::stats {

struct Reversal {
  bool reversed = false;  // pooled and common difference have opposite signs (neither is 0)
  double pooled_difference = 0.0;  // rate(first) - rate(second), strata ignored
  double common_difference = 0.0;  // the same inside strata (Mantel-Haenszel)
  // What the mix alone makes of the pooled difference: each group's parts of the strata times the
  // strata's rates. It depends on the strata's totals only, so whatever is asked of it beforehand
  // (which pairs are worth a test, which direction would be a reversal) leaves p_common valid:
  // given the totals, p_common's null distribution is fixed (Bourgon, Gentleman & Huber 2010, PNAS
  // 107, 9546-9551).
  double mix_difference = 0.0;
  double p_value = 1.0;   // 1 unless reversed; else the largest of p_pooled, p_common, p_mix
  double p_pooled = 1.0;  // two-proportion test of the pooled table, one-sided: as the mix has it
  double p_common = 1.0;  // Cochran-Mantel-Haenszel, one-sided: against what the mix makes of it
  double p_mix = 1.0;     // chi-square: the groups' trials fall differently over the strata
  std::size_t strata_used = 0;  // strata where both groups have at least `trials_min`
  // Of them, those whose own difference has the sign of common_difference.
  std::size_t strata_with_common_sign = 0;
};

// All three parts must hold for a reversal to be one, so the largest p-value is a valid test of
// "all three" (intersection-union, Berger 1982, Technometrics 24, 295-300); it is conservative.
// Strata where a group has fewer than `trials_min` trials are left out of everything, the pooled
// table too.
[[nodiscard]] Reversal simpson_reversal(std::span<const Stratum> strata,
                                        std::int64_t trials_min = 30);

}  // namespace insights::stats
