#include "stats/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/ensure.h"
#include "stats/random.h"
#include "stats/robust.h"

namespace insights::stats {
namespace {

void check(const BootstrapOptions& options) {
  base::ensure(options.replicates >= 20, "a bootstrap needs 20 replicates or more");
  base::ensure(options.confidence > 0.0 && options.confidence < 1.0,
               "confidence must be inside (0, 1)");
}

bool all_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

// Percentile interval of the finite replicates; nothing when more than 1 in 20 is not finite.
std::optional<Interval> interval_of(std::vector<double> replicates, double confidence) {
  const std::size_t asked = replicates.size();
  std::erase_if(replicates, [](double value) { return !std::isfinite(value); });
  if (replicates.empty() || (asked - replicates.size()) * 20 > asked) return std::nullopt;
  const double tail = 0.5 * (1.0 - confidence);
  return Interval{quantile(replicates, tail).value(), quantile(replicates, 1.0 - tail).value()};
}

}  // namespace

std::optional<Interval> bootstrap_sum(std::span<const double> unit_totals,
                                      const BootstrapOptions& options) {
  check(options);
  if (unit_totals.size() < 2 || !all_finite(unit_totals)) return std::nullopt;
  Random random(options.seed);
  std::vector<double> sums(static_cast<std::size_t>(options.replicates));
  for (double& sum : sums) {
    sum = 0.0;
    for (const double total : unit_totals) sum += random.poisson_one() * total;
  }
  return interval_of(std::move(sums), options.confidence);
}

std::optional<Interval> bootstrap_ratio(std::span<const double> numerators,
                                        std::span<const double> denominators,
                                        const BootstrapOptions& options) {
  check(options);
  base::ensure(numerators.size() == denominators.size(), "a ratio needs one denominator per unit");
  if (numerators.size() < 2 || !all_finite(numerators) || !all_finite(denominators)) {
    return std::nullopt;
  }
  Random random(options.seed);
  std::vector<double> ratios(static_cast<std::size_t>(options.replicates));
  for (double& ratio : ratios) {
    double top = 0.0;
    double bottom = 0.0;
    for (std::size_t unit = 0; unit < numerators.size(); ++unit) {
      const int weight = random.poisson_one();
      top += weight * numerators[unit];
      bottom += weight * denominators[unit];
    }
    ratio = top / bottom;
  }
  return interval_of(std::move(ratios), options.confidence);
}

std::optional<Interval> bootstrap_statistic(
    std::size_t units, const std::function<double(std::span<const double>)>& statistic,
    const BootstrapOptions& options) {
  check(options);
  if (units < 2) return std::nullopt;
  Random random(options.seed);
  std::vector<double> weights(units);
  std::vector<double> values(static_cast<std::size_t>(options.replicates));
  for (double& value : values) {
    for (double& weight : weights) weight = random.poisson_one();
    value = statistic(weights);
  }
  return interval_of(std::move(values), options.confidence);
}

}  // namespace insights::stats
