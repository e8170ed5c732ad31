#include "stats/price_volume_mix.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "base/ensure.h"

namespace insights::stats {
namespace {

enum class Part { continuing, started, stopped, unexplained };

Part part_of(const ItemChange& item) {
  const bool nothing_before = item.quantity_before == 0.0 && item.money_before == 0.0;
  const bool nothing_after = item.quantity_after == 0.0 && item.money_after == 0.0;
  const bool priced_before = item.quantity_before > 0.0 && item.money_before >= 0.0;
  const bool priced_after = item.quantity_after > 0.0 && item.money_after >= 0.0;
  if (priced_before && priced_after) return Part::continuing;
  if (nothing_before && priced_after) return Part::started;
  if (priced_before && nothing_after) return Part::stopped;
  return Part::unexplained;
}

double product(std::span<const double> factors) {
  return std::accumulate(factors.begin(), factors.end(), 1.0, std::multiplies{});
}

// weight * ln(after / before), factor by factor; all factors above 0.
std::vector<double> logarithmic_parts(std::span<const double> before, std::span<const double> after,
                                      double old_product, double new_product) {
  std::vector<double> parts(before.size());
  double growth = 0.0;
  for (std::size_t index = 0; index < parts.size(); ++index) {
    parts[index] = std::log(after[index]) - std::log(before[index]);
    growth += parts[index];
  }
  // A product too small for a double is 0 although no factor is; the logarithms still know its
  // growth.
  const bool representable = old_product > 0.0 && new_product > 0.0;
  const double weight = representable ? logarithmic_mean(old_product, new_product)
                                      : (new_product - old_product) / growth;
  for (double& part : parts) part *= weight;
  return parts;
}

}  // namespace

PriceVolumeMix price_volume_mix(std::span<const ItemChange> items) {
  PriceVolumeMix result;
  double quantity_before = 0.0;
  double quantity_after = 0.0;
  double money_before = 0.0;         // of continuing items
  double money_at_old_prices = 0.0;  // sum q1 p0
  for (const ItemChange& item : items) {
    base::ensure(std::isfinite(item.quantity_before) && std::isfinite(item.money_before) &&
                     std::isfinite(item.quantity_after) && std::isfinite(item.money_after),
                 "price_volume_mix needs finite quantities and money");
    result.money_before += item.money_before;
    result.money_after += item.money_after;
    switch (part_of(item)) {
      case Part::continuing: {
        const double at_old_price =
            item.quantity_after * (item.money_before / item.quantity_before);
        quantity_before += item.quantity_before;
        quantity_after += item.quantity_after;
        money_before += item.money_before;
        money_at_old_prices += at_old_price;
        result.price += item.money_after - at_old_price;
        break;
      }
      case Part::started:
        result.new_items += item.money_after;
        break;
      case Part::stopped:
        result.lost_items -= item.money_before;
        break;
      case Part::unexplained:
        result.unexplained += item.money_after - item.money_before;
        break;
    }
  }
  result.change = result.money_after - result.money_before;
  if (quantity_before > 0.0) {
    const double at_old_average = quantity_after * (money_before / quantity_before);
    result.volume = at_old_average - money_before;
    result.mix = money_at_old_prices - at_old_average;
  }
  return result;
}

double logarithmic_mean(double a, double b) {
  base::ensure(a >= 0.0 && b >= 0.0, "a logarithmic mean needs numbers of 0 or more");
  if (a == b) return a;
  if (a == 0.0 || b == 0.0) return 0.0;
  const double large = std::max(a, b);
  // (large - small) / -ln(1 - gap), gap = 1 - small / large: no cancellation where the two are
  // close.
  const double gap = (large - std::min(a, b)) / large;
  const double logarithm = -std::log1p(-gap);
  if (!std::isfinite(logarithm)) return large * gap / (std::log(large) - std::log(std::min(a, b)));
  return large * gap / logarithm;
}

std::optional<std::vector<double>> factor_contributions(std::span<const double> before,
                                                        std::span<const double> after) {
  base::ensure(before.size() == after.size(), "factors before and after must pair up");
  const auto usable = [](double factor) { return std::isfinite(factor) && factor >= 0.0; };
  if (!std::ranges::all_of(before, usable) || !std::ranges::all_of(after, usable)) {
    return std::nullopt;
  }
  const double old_product = product(before);
  const double new_product = product(after);
  if (!std::isfinite(old_product) || !std::isfinite(new_product)) return std::nullopt;
  std::vector<double> parts(before.size(), 0.0);
  if (old_product == 0.0 && new_product == 0.0) return parts;
  if (old_product == 0.0 || new_product == 0.0) {
    const std::span<const double> zero_side = old_product == 0.0 ? before : after;
    const auto zeros = std::ranges::count(zero_side, 0.0);
    if (zeros == 0) return logarithmic_parts(before, after, old_product, new_product);
    for (std::size_t index = 0; index < parts.size(); ++index) {
      if (zero_side[index] == 0.0) {
        parts[index] = (new_product - old_product) / static_cast<double>(zeros);
      }
    }
    return parts;
  }
  return logarithmic_parts(before, after, old_product, new_product);
}

}  // namespace insights::stats
