// Direction of a series without assuming a shape, its memory, and its straight continuation.
//
// values [n], equally spaced, oldest first; nothing comes back for non-finite input.
#pragma once

#include <optional>
#include <span>

#include "stats/interval.h"

namespace insights::stats {

// Median of the slopes between all pairs, with the intercept median(values - slope * index).
struct TheilSen {
  double slope = 0.0;      // per period
  double intercept = 0.0;  // at index 0
};
// Nothing for n < 2. O(n^2) pairs up to n = 2000; above, every pair (i, i + n/2) only (the
// incomplete estimator).
// Source: Sen (1968), JASA 63, 1379-1389.
[[nodiscard]] std::optional<TheilSen> theil_sen(std::span<const double> values);

// Mann-Kendall test of a monotone trend, with the variance corrected for autocorrelation.
struct MannKendall {
  double s = 0.0;    // rising pairs - falling pairs
  double tau = 0.0;  // s / number of pairs, in [-1, 1]
  // N / n*: above 1 when the series has positive memory; never below 1.
  double variance_factor = 1.0;
  double p_value = 1.0;  // two-sided, normal with continuity correction
};
// Nothing for n < 4. All equal: s 0, p 1. Measured at level 0.05: about 3 % false alarms in white
// noise, 8 % in AR(1) noise with autocorrelation 0.5 and 60 values: it confirms a trend that
// best_shape found, it does not find one.
// Source: Mann (1945), Econometrica 13, 245-259; Hamed & Rao (1998), J. Hydrology 204, 182-196:
// autocorrelation of the ranks of the series less its Theil-Sen slope, lags significant at 5 % only
// (up to 200). Factors below 1 are not used, and the factor is never below that of an AR(1) process
// with the bias-corrected lag-1 autocorrelation.
[[nodiscard]] std::optional<MannKendall> mann_kendall(std::span<const double> values);

// Lag-1 autocorrelation of the values about their mean, corrected for its small-sample bias: (n r +
// 1) / (n - 4), cut to [-0.99, 0.99]. Nothing for n < 6 or no spread.
// Source: Marriott & Pope (1954), Biometrika 41, 390-402: E r ~ phi - (1 + 4 phi) / n.
[[nodiscard]] std::optional<double> lag_one_autocorrelation(std::span<const double> values);

// Where a straight line, fitted by least squares to all values, goes `steps` periods after the last
// one.
struct Forecast {
  double value = 0.0;
  Interval interval;  // prediction interval of one new value
};
// steps >= 1. Nothing for n < 4. Independent noise assumed: the interval is too narrow for a series
// with memory.
[[nodiscard]] std::optional<Forecast> forecast_line(std::span<const double> values, int steps,
                                                    double confidence = confidence_default);

}  // namespace insights::stats
