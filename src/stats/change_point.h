// Where does a longer series (weeks, days) change? Several change points, at default settings. For
// months use best_shape, which gives a p-value.
//
// A segment is a level, or a level and a slope (whichever has the better information criterion),
// with noise that has a memory of one step, all its own. The segmentation minimises
//   sum over segments of (unexplained squares / noise variance + ln n (coefficients + 1)),
// the noise variance being that of the whole series seen as one segment, so that nothing is found
// by underrating the noise. Drift, memory and trend are thereby no changes; a new level, slope or
// rhythm is.
// Measured: false alarms in series without change, 60 to 300 values, autocorrelation 0 to 0.6: 0 to
// 6 %. On the 25 univariate series of the Turing Change Point Dataset: F1 0.77, cover 0.69
// (change_point_test.cpp).
// Source: Bai & Perron (1998), Econometrica 66, 47-78 (breaks in regressions); Yao (1988),
// Statistics & Probability Letters 6, 181-189 (criterion); Killick, Fearnhead & Eckley (2012), JASA
// 107, 1590-1598 (PELT, exact search with pruning).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace insights::stats {

struct ChangePointOptions {
  // Values in a segment, >= 4. 8 is twice what a segment has parameters: level, slope, memory,
  // place.
  std::size_t segment_min = 8;
};

// First index of each new segment, ascending, in (0, n); empty when nothing changes, n < 2
// segment_min, all values are equal or on one line, or a value is not finite. values [n], equally
// spaced, oldest first. Time grows with n^2 (a second at 5,000 values); above 5,000 values only
// every (n / 5,000 rounded up)-th index can begin a segment.
[[nodiscard]] std::vector<std::size_t> change_points(std::span<const double> values,
                                                     const ChangePointOptions& options = {});

}  // namespace insights::stats
