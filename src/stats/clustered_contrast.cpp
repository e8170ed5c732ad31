#include "stats/clustered_contrast.h"

#include <algorithm>
#include <cmath>

#include "stats/distributions.h"

namespace insights::stats {
namespace {

constexpr double clusters_min = 5.0;

// An estimate from the clusters of one group.
struct Estimate {
  double value = 0.0;
  double variance = 0.0;
  double degrees = 0.0;
};

// estimate = sum of weight x own estimate / sum of weights; `weight`, `own` and `squares_left`
// (around own) of one cluster. Few clusters can look alike by chance, so the variance is not below
// what it would be, were all rows independent.
template <class Weight, class Own, class Left>
std::optional<Estimate> estimate(std::span<const CoMoments> clusters, const Weight& weight,
                                 const Own& own, const Left& squares_left) {
  double weights = 0.0;
  double squares = 0.0;
  double sum = 0.0;
  double rows = 0.0;
  double groups = 0.0;
  double left = 0.0;
  for (const CoMoments& cluster : clusters) {
    if (!(weight(cluster) > 0.0)) continue;
    rows += static_cast<double>(cluster.n);
    groups += 1.0;
    left += squares_left(cluster);
    weights += weight(cluster);
    squares += weight(cluster) * weight(cluster);
    sum += weight(cluster) * own(cluster);
  }
  if (!(weights > 0.0)) return std::nullopt;
  const double effective = weights * weights / squares;
  if (effective < clusters_min) return std::nullopt;
  Estimate result{.value = sum / weights, .variance = 0.0, .degrees = effective - 1.0};
  for (const CoMoments& cluster : clusters) {
    if (!(weight(cluster) > 0.0)) continue;
    const double score = weight(cluster) * (own(cluster) - result.value);
    result.variance += score * score;
  }
  result.variance *= effective / (effective - 1.0) / (weights * weights);
  if (rows > groups + 1.0)
    result.variance = std::max(result.variance, left / (rows - groups - 1.0) / weights);
  return result;
}

std::optional<ClusteredContrast> contrast(const std::optional<Estimate>& first,
                                          const std::optional<Estimate>& second) {
  if (!first || !second) return std::nullopt;
  const double variance = first->variance + second->variance;
  if (!(variance > 0.0)) return std::nullopt;
  ClusteredContrast result;
  result.difference = first->value - second->value;
  result.standard_error = std::sqrt(variance);
  result.degrees = std::min(first->degrees, second->degrees);
  result.p_value =
      p_value(student_two_sided(result.difference / result.standard_error, result.degrees));
  return result;
}

}  // namespace

std::optional<ClusteredContrast> contrast_slopes(std::span<const CoMoments> first,
                                                 std::span<const CoMoments> second) {
  const auto spread = [](const CoMoments& cluster) { return cluster.m2_x; };
  const auto slope = [](const CoMoments& cluster) { return cluster.c2 / cluster.m2_x; };
  const auto left = [](const CoMoments& cluster) {
    return std::max(0.0, cluster.m2_y - cluster.c2 * cluster.c2 / cluster.m2_x);
  };
  return contrast(estimate(first, spread, slope, left), estimate(second, spread, slope, left));
}

std::optional<ClusteredContrast> contrast_means(std::span<const CoMoments> first,
                                                std::span<const CoMoments> second) {
  const auto rows = [](const CoMoments& cluster) { return static_cast<double>(cluster.n); };
  const auto mean = [](const CoMoments& cluster) { return cluster.mean_x; };
  const auto left = [](const CoMoments& cluster) { return cluster.m2_x; };
  return contrast(estimate(first, rows, mean, left), estimate(second, rows, mean, left));
}

}  // namespace insights::stats
