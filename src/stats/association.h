// Do two columns go together? Categories by contingency table, numbers by correlation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "stats/moments.h"

namespace insights::stats {

struct Contingency {
  double statistic = 0.0;
  double degrees = 0.0;  // (rows - 1)(columns - 1), empty rows and columns not counted
  double p_value = 1.0;
  double expected_min = 0.0;  // smallest expected count; below 5 the p-value is only rough
  double cramers_v = 0.0;     // bias-corrected, in [0, 1]
};

// Test of independence of a table of counts.
//   counts   [rows * columns], row by row, each >= 0; of independent units
//   columns  >= 1; counts.size() is a multiple of it
// Nothing when fewer than 2 rows or 2 columns have counts.
// Sources: Pearson's chi-square, R chisq.test(correct = FALSE); G = 2 sum O ln(O / E), Sokal &
// Rohlf (1995), chapter 17, with Williams' correction (1976, Biometrika 63, 33-37); V: Bergsma
// (2013), J. Korean Stat. Society 42, 323-328.
[[nodiscard]] std::optional<Contingency> chi_square_test(std::span<const std::int64_t> counts,
                                                         std::size_t columns);
[[nodiscard]] std::optional<Contingency> g_test(std::span<const std::int64_t> counts,
                                                std::size_t columns);

struct Correlation {
  double coefficient = 0.0;  // in [-1, 1]
  double p_value = 1.0;      // two-sided, Student with n - 2
  std::int64_t n = 0;
};

// Pearson's r. Nothing when n < 3 or one side has no spread. R cor.test.
[[nodiscard]] std::optional<Correlation> pearson(const CoMoments& pairs);

// Spearman's rho: Pearson's r of average ranks; p from Student's t (R cor.test(method = "spearman",
// exact = FALSE) without continuity correction), but never below 2 / n! for n <= 20. x, y [n] of
// one length, finite. Nothing when n < 3 or one side is all ties.
[[nodiscard]] std::optional<Correlation> spearman(std::span<const double> x,
                                                  std::span<const double> y);

}  // namespace insights::stats
