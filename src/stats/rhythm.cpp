#include "stats/rhythm.h"

#include <algorithm>
#include <boost/math/special_functions/digamma.hpp>
#include <cmath>
#include <cstddef>
#include <vector>

#include "base/ensure.h"
#include "stats/distributions.h"
#include "stats/robust.h"

namespace insights::stats {
namespace {

constexpr double shape_min = 0.05;
constexpr double shape_max = 1000.0;
// The median needs no more customers than this.
constexpr std::size_t customers_max = 20'000;
// The shared shape leans to irregular: a customer less regular than most must not look silent too
// soon.
constexpr double caution = 0.9;

bool usable(const Gaps& gaps) {
  return gaps.count > 0 && gaps.mean > 0.0 && std::isfinite(gaps.mean);
}

// E[mean of ln gap] - ln(mean gap) over samples of `count` gaps of this shape. Rises with the shape
// from -infinity to 0.
double expected_log_ratio(double shape, double count) {
  // Without long double, which is slow and changes nothing here.
  constexpr boost::math::policies::policy<boost::math::policies::promote_double<false>> policy{};
  return boost::math::digamma(shape, policy) - boost::math::digamma(count * shape, policy) +
         std::log(count);
}

}  // namespace

std::optional<double> gamma_shape(const Gaps& gaps) {
  if (!usable(gaps) || gaps.count < 2 || !std::isfinite(gaps.mean_log)) return std::nullopt;
  const double observed = gaps.mean_log - std::log(gaps.mean);
  const double count = static_cast<double>(gaps.count);
  double low = std::log(shape_min);
  double high = std::log(shape_max);
  if (observed >= expected_log_ratio(shape_max, count)) return shape_max;
  if (observed <= expected_log_ratio(shape_min, count)) return shape_min;
  for (int step = 0; step < 50; ++step) {
    const double middle = 0.5 * (low + high);
    (expected_log_ratio(std::exp(middle), count) < observed ? low : high) = middle;
  }
  return std::exp(0.5 * (low + high));
}

double pooled_gamma_shape(std::span<const Gaps> customers, std::int64_t gaps_min) {
  const std::size_t stride = 1 + customers.size() / customers_max;
  std::vector<double> shapes;
  for (std::size_t index = 0; index < customers.size(); index += stride) {
    if (customers[index].count < std::max<std::int64_t>(2, gaps_min)) continue;
    if (const auto shape = gamma_shape(customers[index])) shapes.push_back(*shape);
  }
  const auto middle = median(shapes);
  return middle ? caution * *middle : 1.0;
}

double silence_p_value(double silence, const Gaps& gaps, double shape) {
  base::ensure(shape > 0.0 && !std::isnan(silence), "silence_p_value needs a shape above 0");
  if (!usable(gaps) || silence <= 0.0) return 1.0;
  const double degrees = 2.0 * shape;
  return p_value(
      f_upper_tail(silence / gaps.mean, degrees, degrees * static_cast<double>(gaps.count)));
}

std::optional<Slowing> slowing(const Gaps& earlier, const Gaps& last, double shape) {
  base::ensure(shape > 0.0, "slowing needs a shape above 0");
  if (!usable(earlier) || !usable(last)) return std::nullopt;
  Slowing result;
  result.ratio = last.mean / earlier.mean;
  const double degrees = 2.0 * shape;
  result.p_value = p_value(f_upper_tail(result.ratio, degrees * static_cast<double>(last.count),
                                        degrees * static_cast<double>(earlier.count)));
  return result;
}

}  // namespace insights::stats
