#include "stats/false_discovery.h"

#include <algorithm>
#include <numeric>

#include "base/ensure.h"

namespace insights::stats {
namespace {

// Indices of the p-values, largest p first.
std::vector<std::size_t> descending(std::span<const double> p_values) {
  for (const double p : p_values) {
    base::ensure(p >= 0.0 && p <= 1.0, "a p-value must be in [0, 1]");
  }
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return p_values[a] != p_values[b] ? p_values[a] > p_values[b] : a > b;
  });
  return order;
}

// Step-up: the smallest factor * n * p / rank of all p at least as large.
std::vector<double> step_up(std::span<const double> p_values, double factor) {
  const double n = static_cast<double>(p_values.size());
  std::vector<double> adjusted(p_values.size());
  double smallest = 1.0;
  double rank = n;
  for (const std::size_t index : descending(p_values)) {
    smallest = std::min(smallest, factor * p_values[index] * (n / rank));
    adjusted[index] = smallest;
    rank -= 1.0;
  }
  return adjusted;
}

}  // namespace

std::vector<double> adjusted_p_values(std::span<const double> p_values) {
  return step_up(p_values, 1.0);
}

std::vector<double> adjusted_p_values_any_dependence(std::span<const double> p_values) {
  double harmonic = 0.0;
  for (std::size_t i = p_values.size(); i > 0; --i) harmonic += 1.0 / static_cast<double>(i);
  return step_up(p_values, harmonic);
}

double simes_p_value(std::span<const double> p_values) {
  const auto adjusted = step_up(p_values, 1.0);
  return adjusted.empty() ? 1.0 : std::ranges::min(adjusted);
}

FamilySelection select_families(std::span<const std::vector<double>> families, double q) {
  base::ensure(q > 0.0 && q < 1.0, "q must be inside (0, 1)");
  FamilySelection result;
  for (const auto& family : families) result.family_p_values.push_back(simes_p_value(family));
  const auto adjusted = adjusted_p_values(result.family_p_values);
  std::size_t selected = 0;
  for (const double p : adjusted) {
    result.family_selected.push_back(p <= q);
    if (p <= q) ++selected;
  }
  if (selected > 0) {
    result.level_inside = q * static_cast<double>(selected) / static_cast<double>(families.size());
  }
  for (std::size_t index = 0; index < families.size(); ++index) {
    std::vector<bool> rejected(families[index].size(), false);
    if (result.family_selected[index]) {
      const auto inside = adjusted_p_values(families[index]);
      for (std::size_t at = 0; at < inside.size(); ++at) {
        rejected[at] = inside[at] <= result.level_inside;
      }
    }
    result.rejected.push_back(std::move(rejected));
  }
  return result;
}

}  // namespace insights::stats
