// Location and spread that a few wild values cannot move.
//
// All functions: values in any order, [n]; nothing comes back for no values or when one is not
// finite.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace insights::stats {

// Makes the median absolute deviation estimate the standard deviation of a normal: 1 /
// normal_quantile(0.75).
inline constexpr double normal_consistency = 1.4826022185056018;

[[nodiscard]] std::optional<double> median(std::span<const double> values);
// The same without a copy: the values are put into another order.
[[nodiscard]] std::optional<double> median_reordering(std::span<double> values);

// The value below which `probability` (in [0, 1]) of the values lie, linear between order
// statistics.
// Source: Hyndman & Fan (1996), American Statistician 50(4), type 7: the default of R and numpy.
[[nodiscard]] std::optional<double> quantile(std::span<const double> values, double probability);

// Median absolute deviation from the median, times normal_consistency. 0 when more than half of the
// values are equal.
[[nodiscard]] std::optional<double> median_absolute_deviation(std::span<const double> values);

// Mean of what is left after removing floor(n * trim) values at each end; trim in [0, 0.5).
[[nodiscard]] std::optional<double> trimmed_mean(std::span<const double> values, double trim);

// Modified z of each value, in the order of the input: (value - median) / scaled MAD; |z| > 3.5 is
// the usual outlier. Where the MAD is 0 the mean absolute deviation from the median (times
// 1.253314) stands in for it; where that is 0 too all values are equal and every z is 0. Empty when
// input is empty or not finite.
// Source: Iglewicz & Hoaglin (1993), "How to detect and handle outliers", ASQC, section 3.
[[nodiscard]] std::vector<double> modified_z(std::span<const double> values);

}  // namespace insights::stats
