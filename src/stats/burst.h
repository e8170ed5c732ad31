// A stretch of days with more events than the rest: scan statistic over daily counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace insights::stats {

struct Burst {
  std::size_t first = 0;    // index of the first day of the stretch
  std::size_t length = 0;   // days
  std::int64_t events = 0;  // in the stretch
  double expected = 0.0;    // events expected there from all days and `exposure`
  double ratio = 1.0;       // rate inside / rate outside; infinity when nothing is outside
  double log_likelihood_ratio = 0.0;
  double p_value = 1.0;  // of the best stretch among all, so no correction for the search is due
};

struct BurstOptions {
  std::size_t length_max = 0;  // days; 0 = a third of the series
  int permutations = 999;      // the smallest p of the simulation is 1 / (permutations + 1)
  std::uint64_t seed = 42;
};

// Best stretch under Kulldorff's Poisson likelihood ratio.
//   counts    [days], each >= 0
//   exposure  [days] or empty: how many events each day would have had if nothing happened, up to a
//             factor (weekday profile); each >= 0. Empty = all days alike
// p-value: the days' standardized residuals are put in random order, so days that scatter more than
// Poisson raise no alarm. Where the days outside the stretch depend on each other, the ratio counts
// for as much less as stretches of its length scatter more than independent days would
// (quasi-likelihood: Wedderburn 1974, Biometrika 61, 439-447). When no order reaches the observed
// value, a Gumbel distribution fitted to the maxima extends the tail (Abrams, Kulldorff & Kleinman
// 2010, Int. J. Health Geographics 9, 61). All days as expected: length 0, p 1. Nothing for fewer
// than 10 days, no events, or a day with events and exposure 0.
// Source: Kulldorff (1997), Communications in Statistics 26(6), 1481-1496.
[[nodiscard]] std::optional<Burst> strongest_burst(std::span<const std::int64_t> counts,
                                                   std::span<const double> exposure = {},
                                                   const BurstOptions& options = {});

}  // namespace insights::stats
