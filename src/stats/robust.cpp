#include "stats/robust.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "base/ensure.h"

namespace insights::stats {
namespace {

// Mean absolute deviation to standard deviation, for a normal: sqrt(pi / 2).
constexpr double mean_deviation_consistency = 1.2533141373155003;

bool usable(std::span<const double> values) {
  return !values.empty() &&
         std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

// Type 7 quantile of finite, non-empty values, which it reorders.
double quantile_in_place(std::span<double> values, double probability) {
  const double place = probability * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(place));
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(below);
  std::ranges::nth_element(values, middle);
  const double low = *middle;
  const double fraction = place - static_cast<double>(below);
  if (fraction == 0.0) return low;
  const double high = *std::min_element(middle + 1, values.end());
  return std::lerp(low, high, fraction);
}

std::vector<double> absolute_deviations(std::span<const double> values, double center) {
  std::vector<double> deviations(values.begin(), values.end());
  for (double& value : deviations) value = std::abs(value - center);
  return deviations;
}

}  // namespace

std::optional<double> median(std::span<const double> values) { return quantile(values, 0.5); }

std::optional<double> median_reordering(std::span<double> values) {
  if (!usable(values)) return std::nullopt;
  return quantile_in_place(values, 0.5);
}

std::optional<double> quantile(std::span<const double> values, double probability) {
  base::ensure(probability >= 0.0 && probability <= 1.0, "a quantile needs a probability");
  if (!usable(values)) return std::nullopt;
  std::vector<double> copy(values.begin(), values.end());
  return quantile_in_place(copy, probability);
}

std::optional<double> median_absolute_deviation(std::span<const double> values) {
  const auto center = median(values);
  if (!center) return std::nullopt;
  auto deviations = absolute_deviations(values, *center);
  return normal_consistency * quantile_in_place(deviations, 0.5);
}

std::optional<double> trimmed_mean(std::span<const double> values, double trim) {
  base::ensure(trim >= 0.0 && trim < 0.5, "trim must be in [0, 0.5)");
  if (!usable(values)) return std::nullopt;
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const auto cut = static_cast<std::size_t>(std::floor(static_cast<double>(sorted.size()) * trim));
  const std::span<const double> kept = std::span(sorted).subspan(cut, sorted.size() - 2 * cut);
  return std::accumulate(kept.begin(), kept.end(), 0.0) / static_cast<double>(kept.size());
}

std::vector<double> modified_z(std::span<const double> values) {
  const auto center = median(values);
  if (!center) return {};
  auto deviations = absolute_deviations(values, *center);
  const double mean = std::accumulate(deviations.begin(), deviations.end(), 0.0) /
                      static_cast<double>(deviations.size());
  double scale = normal_consistency * quantile_in_place(deviations, 0.5);
  if (scale == 0.0) scale = mean_deviation_consistency * mean;
  std::vector<double> scores(values.begin(), values.end());
  for (double& score : scores) score = scale == 0.0 ? 0.0 : (score - *center) / scale;
  return scores;
}

}  // namespace insights::stats
