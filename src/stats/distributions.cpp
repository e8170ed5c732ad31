#include "stats/distributions.h"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/ensure.h"

namespace insights::stats {
namespace {

using base::ensure;

// No exceptions, no long double: a tail that underflows is 0, and every machine does the same sums.
using Policy = boost::math::policies::policy<
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::pole_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::underflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::denorm_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>,
    boost::math::policies::promote_double<false>>;
constexpr Policy policy{};

// Above this many degrees of freedom Student's t is the normal to double precision in any tail we
// report.
constexpr double degrees_normal = 1e12;

double in_unit(double probability) {
  ensure(!std::isnan(probability), "a probability must not be NaN");
  return std::clamp(probability, 0.0, 1.0);
}

// What Stirling's formula misses: ln gamma(x) - ((x - 1/2) ln x - x + ln sqrt(2 pi)), x > 0.
double stirling_error(double x) {
  if (x >= 15.0) {
    const double square = x * x;
    return (1.0 / 12 -
            (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / square) / square) / square) /
                square) /
           x;
  }
  const double half_log_two_pi = 0.5 * std::log(2.0 * std::numbers::pi);
  return boost::math::lgamma(x, policy) - ((x - 0.5) * std::log(x) - x + half_log_two_pi);
}

// x ln(x / mean) + mean - x without cancellation where x is near mean (Loader 2000).
double deviance_part(double x, double mean) {
  if (std::abs(x - mean) >= 0.1 * (x + mean)) return x * std::log(x / mean) + mean - x;
  const double v = (x - mean) / (x + mean);
  double sum = (x - mean) * v;
  double term = 2.0 * x * v;
  for (int j = 1; j < 1000; ++j) {
    term *= v * v;
    const double next = sum + term / (2 * j + 1);
    if (next == sum) break;
    sum = next;
  }
  return sum;
}

}  // namespace

double p_value(double probability) {
  ensure(!std::isnan(probability), "a p-value must not be NaN");
  return std::clamp(probability, p_value_min, 1.0);
}

double normal_upper_tail(double z) { return in_unit(0.5 * std::erfc(z / std::numbers::sqrt2)); }

double normal_two_sided(double z) { return in_unit(std::erfc(std::abs(z) / std::numbers::sqrt2)); }

double normal_quantile(double probability) {
  ensure(probability > 0.0 && probability < 1.0,
         "normal_quantile needs a probability inside (0, 1)");
  return -std::numbers::sqrt2 * boost::math::erfc_inv(2.0 * probability, policy);
}

double student_upper_tail(double t, double degrees) {
  const double half = 0.5 * student_two_sided(t, degrees);
  return t >= 0.0 ? half : 1.0 - half;
}

double student_two_sided(double t, double degrees) {
  ensure(degrees > 0.0 && !std::isnan(t), "student_two_sided needs degrees > 0 and a number");
  if (std::isinf(t)) return 0.0;
  if (degrees > degrees_normal) return normal_two_sided(t);
  const double square = t * t;
  if (std::isinf(square)) return in_unit(boost::math::ibeta(0.5 * degrees, 0.5, 0.0, policy));
  // The smaller argument of the beta goes in, so that neither 1 - x nor x loses digits.
  if (square < degrees) {
    return in_unit(boost::math::ibetac(0.5, 0.5 * degrees, square / (degrees + square), policy));
  }
  return in_unit(boost::math::ibeta(0.5 * degrees, 0.5, degrees / (degrees + square), policy));
}

double student_quantile(double probability, double degrees) {
  ensure(probability > 0.0 && probability < 1.0 && degrees > 0.0,
         "student_quantile needs a probability inside (0, 1) and degrees > 0");
  if (degrees > degrees_normal) return normal_quantile(probability);
  if (probability == 0.5) return 0.0;
  const double tail = std::min(probability, 1.0 - probability);
  double one_minus_x = 0.0;
  const double x = boost::math::ibeta_inv(0.5 * degrees, 0.5, 2.0 * tail, &one_minus_x, policy);
  const double size =
      x > 0.0 ? std::sqrt(degrees * one_minus_x / x) : std::numeric_limits<double>::max();
  return probability < 0.5 ? -size : size;
}

double f_upper_tail(double f, double degrees_top, double degrees_bottom) {
  ensure(degrees_top > 0.0 && degrees_bottom > 0.0 && !std::isnan(f),
         "f_upper_tail needs degrees > 0 and a number");
  if (f <= 0.0) return 1.0;
  if (std::isinf(f)) return 0.0;
  if (std::isinf(degrees_bottom)) return chi_square_upper_tail(f * degrees_top, degrees_top);
  const double ratio = degrees_top / degrees_bottom * f;
  if (std::isinf(ratio)) return 0.0;
  if (ratio < 1.0) {
    return in_unit(boost::math::ibetac(0.5 * degrees_top, 0.5 * degrees_bottom,
                                       ratio / (1.0 + ratio), policy));
  }
  return in_unit(
      boost::math::ibeta(0.5 * degrees_bottom, 0.5 * degrees_top, 1.0 / (1.0 + ratio), policy));
}

double f_lower_tail(double f, double degrees_top, double degrees_bottom) {
  ensure(!std::isnan(f), "f_lower_tail needs a number");
  if (f <= 0.0) return 0.0;
  return f_upper_tail(1.0 / f, degrees_bottom, degrees_top);
}

double chi_square_upper_tail(double x, double degrees) {
  ensure(degrees > 0.0, "chi_square_upper_tail needs degrees > 0");
  return gamma_upper_tail(0.5 * x, 0.5 * degrees);
}

double beta_upper_tail(double x, double a, double b) {
  ensure(a > 0.0 && b > 0.0 && !std::isnan(x), "the beta distribution needs a, b > 0 and a number");
  if (x <= 0.0) return 1.0;
  if (x >= 1.0) return 0.0;
  return in_unit(boost::math::ibetac(a, b, x, policy));
}

double beta_lower_tail(double x, double a, double b) {
  ensure(a > 0.0 && b > 0.0 && !std::isnan(x), "the beta distribution needs a, b > 0 and a number");
  if (x <= 0.0) return 0.0;
  if (x >= 1.0) return 1.0;
  return in_unit(boost::math::ibeta(a, b, x, policy));
}

double gamma_upper_tail(double x, double shape) {
  ensure(shape > 0.0 && !std::isnan(x), "gamma_upper_tail needs a shape > 0 and a number");
  if (x <= 0.0) return 1.0;
  if (std::isinf(x)) return 0.0;
  return in_unit(boost::math::gamma_q(shape, x, policy));
}

double binomial_upper_tail(std::int64_t k, std::int64_t trials, double probability) {
  ensure(trials >= 0 && probability >= 0.0 && probability <= 1.0,
         "the binomial needs trials >= 0 and a probability");
  if (k <= 0) return 1.0;
  if (k > trials) return 0.0;
  return beta_lower_tail(probability, static_cast<double>(k), static_cast<double>(trials - k + 1));
}

double binomial_lower_tail(std::int64_t k, std::int64_t trials, double probability) {
  ensure(trials >= 0 && probability >= 0.0 && probability <= 1.0,
         "the binomial needs trials >= 0 and a probability");
  if (k < 0) return 0.0;
  if (k >= trials) return 1.0;
  return beta_upper_tail(probability, static_cast<double>(k + 1), static_cast<double>(trials - k));
}

// Loader (2000), "Fast and accurate computation of binomial probabilities": the saddle point form,
// as in R's dbinom.
double log_binomial_probability(std::int64_t k, std::int64_t trials, double probability) {
  ensure(trials >= 0 && probability >= 0.0 && probability <= 1.0,
         "the binomial needs trials >= 0 and a probability");
  constexpr double impossible = -std::numeric_limits<double>::infinity();
  if (k < 0 || k > trials) return impossible;
  if (probability == 0.0) return k == 0 ? 0.0 : impossible;
  if (probability == 1.0) return k == trials ? 0.0 : impossible;
  const double n = static_cast<double>(trials);
  const double x = static_cast<double>(k);
  if (k == 0) return n * std::log1p(-probability);
  if (k == trials) return n * std::log(probability);
  const double stirling = stirling_error(n) - stirling_error(x) - stirling_error(n - x);
  const double deviance =
      deviance_part(x, n * probability) + deviance_part(n - x, n * (1.0 - probability));
  const double scale = 0.5 * std::log(n / (2.0 * std::numbers::pi * x * (n - x)));
  return stirling - deviance + scale;
}

double poisson_upper_tail(std::int64_t k, double mean) {
  ensure(mean >= 0.0, "the Poisson distribution needs a mean >= 0");
  if (k <= 0) return 1.0;
  if (mean == 0.0) return 0.0;
  return in_unit(boost::math::gamma_p(static_cast<double>(k), mean, policy));
}

double poisson_lower_tail(std::int64_t k, double mean) {
  ensure(mean >= 0.0, "the Poisson distribution needs a mean >= 0");
  if (k < 0) return 0.0;
  if (mean == 0.0) return 1.0;
  return in_unit(boost::math::gamma_q(static_cast<double>(k) + 1.0, mean, policy));
}

// Stirling's formula with its error kept apart, so that nothing large is subtracted (as in R's
// lbeta).
double log_beta(double a, double b) {
  ensure(a > 0.0 && b > 0.0 && std::isfinite(a) && std::isfinite(b),
         "log_beta needs finite a, b > 0");
  const double small = std::min(a, b);
  const double large = std::max(a, b);
  const double share = small / (small + large);
  const double half_log_two_pi = 0.5 * std::log(2.0 * std::numbers::pi);
  if (small >= 10.0) {
    const double correction =
        stirling_error(small) + stirling_error(large) - stirling_error(small + large);
    return half_log_two_pi - 0.5 * std::log(large) + correction + (small - 0.5) * std::log(share) +
           large * std::log1p(-share);
  }
  if (large >= 10.0) {
    const double correction = stirling_error(large) - stirling_error(small + large);
    return boost::math::lgamma(small, policy) + correction + small -
           small * std::log(small + large) + (large - 0.5) * std::log1p(-share);
  }
  return boost::math::lgamma(small, policy) + boost::math::lgamma(large, policy) -
         boost::math::lgamma(small + large, policy);
}

double log_choose(std::int64_t trials, std::int64_t k) {
  ensure(k >= 0 && k <= trials, "log_choose needs 0 <= k <= trials");
  if (k == 0 || k == trials) return 0.0;
  const double n = static_cast<double>(trials);
  const double x = static_cast<double>(k);
  return -std::log(n + 1.0) - log_beta(n - x + 1.0, x + 1.0);
}

}  // namespace insights::stats
