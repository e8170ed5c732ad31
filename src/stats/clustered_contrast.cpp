#include "stats/clustered_contrast.h"

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

// estimate = sum of weight x own estimate / sum of weights; `weight` and `own` of one cluster.
template <class Weight, class Own>
std::optional<Estimate> estimate(std::span<const CoMoments> clusters, const Weight& weight,
                                 const Own& own) {
  double weights = 0.0;
  double squares = 0.0;
  double sum = 0.0;
  for (const CoMoments& cluster : clusters) {
    if (!(weight(cluster) > 0.0)) continue;
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
  result.degrees = variance * variance /
                   (first->variance * first->variance / first->degrees +
                    second->variance * second->variance / second->degrees);
  result.p_value =
      p_value(student_two_sided(result.difference / result.standard_error, result.degrees));
  return result;
}

}  // namespace

std::optional<ClusteredContrast> contrast_slopes(std::span<const CoMoments> first,
                                                 std::span<const CoMoments> second) {
  const auto spread = [](const CoMoments& cluster) { return cluster.m2_x; };
  const auto slope = [](const CoMoments& cluster) { return cluster.c2 / cluster.m2_x; };
  return contrast(estimate(first, spread, slope), estimate(second, spread, slope));
}

std::optional<ClusteredContrast> contrast_means(std::span<const CoMoments> first,
                                                std::span<const CoMoments> second) {
  const auto rows = [](const CoMoments& cluster) { return static_cast<double>(cluster.n); };
  const auto mean = [](const CoMoments& cluster) { return cluster.mean_x; };
  return contrast(estimate(first, rows, mean), estimate(second, rows, mean));
}

}  // namespace insights::stats
