// Do two groups of clusters (the customers of a region, and all others) move differently in time?
// Rows of one cluster share its fate, however they depend on one another: only clusters count as
// independent. A cluster that drifts by itself is no evidence, many that drift together are.
#pragma once

#include <optional>
#include <span>

#include "stats/moments.h"

namespace insights::stats {

struct ClusteredContrast {
  double difference = 0.0;  // first - second
  double standard_error = 0.0;
  double p_value = 1.0;  // two-sided, Student with the degrees below
  double degrees = 0.0;  // effective clusters of the smaller group, less 1
};

// The slope of y on x within clusters, each cluster with a level of its own.
//   first, second  one entry a cluster: its rows as pairs (x = time, y = amount)
//   returns        nothing when a group has fewer than 5 effective clusters, or x does not vary
//                  within
// Source: Liang & Zeger (1986), Biometrika 73, 13-22 (variance from clusters' scores); effective
// clusters (sum w)^2 / sum w^2 after Carter, Schnepel & Steigerwald (2017), Review of Economics and
// Statistics 99, 698-709; the degrees are those of the group with fewer (conservative), and the
// variance is not below that of independent rows.
[[nodiscard]] std::optional<ClusteredContrast> contrast_slopes(std::span<const CoMoments> first,
                                                               std::span<const CoMoments> second);

// The mean of x over rows (when they come), the same way: later in one group than in the other when
// its rows become more.
[[nodiscard]] std::optional<ClusteredContrast> contrast_means(std::span<const CoMoments> first,
                                                              std::span<const CoMoments> second);

}  // namespace insights::stats
