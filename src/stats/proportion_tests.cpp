#include "stats/proportion_tests.h"

#include <algorithm>
#include <cmath>

#include "base/ensure.h"
#include "stats/distributions.h"

namespace insights::stats {
namespace {

// Outcomes whose probabilities agree this closely count as equally likely, as in R.
const double log_tolerance = std::log1p(1e-7);
// A sum of falling probabilities is done when its next term no longer counts.
constexpr double negligible = 1e-17;

void check(const Proportion& proportion) {
  base::ensure(proportion.events >= 0 && proportion.events <= proportion.trials,
               "a proportion needs 0 <= events <= trials");
}

// Smallest k in [low, high] whose log probability is at most `bound`, where log_probability falls
// over that range; high + 1 when there is none.
template <class LogProbability>
std::int64_t first_at_most(std::int64_t low, std::int64_t high, double bound,
                           const LogProbability& log_probability) {
  while (low <= high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (log_probability(middle) <= bound) {
      high = middle - 1;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

// Largest k in [low, high] whose log probability is at most `bound`, where it rises over that
// range; low - 1 for none.
template <class LogProbability>
std::int64_t last_at_most(std::int64_t low, std::int64_t high, double bound,
                          const LogProbability& log_probability) {
  while (low <= high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (log_probability(middle) <= bound) {
      low = middle + 1;
    } else {
      high = middle - 1;
    }
  }
  return high;
}

// Events of the first group given all margins: `first` trials there, `second` elsewhere, `events`
// in all.
struct Hypergeometric {
  std::int64_t first = 0;
  std::int64_t second = 0;
  std::int64_t events = 0;

  [[nodiscard]] std::int64_t low() const { return std::max<std::int64_t>(0, events - second); }
  [[nodiscard]] std::int64_t high() const { return std::min(events, first); }

  // Loader's form: three binomial probabilities, none of which cancels.
  [[nodiscard]] double log_probability(std::int64_t k) const {
    const double rate = static_cast<double>(events) / static_cast<double>(first + second);
    return log_binomial_probability(k, first, rate) +
           log_binomial_probability(events - k, second, rate) -
           log_binomial_probability(events, first + second, rate);
  }
  // P(k + 1) / P(k).
  [[nodiscard]] double step_up(std::int64_t k) const {
    return static_cast<double>(first - k) / static_cast<double>(k + 1) *
           (static_cast<double>(events - k) / static_cast<double>(second - events + k + 1));
  }
  // P(K >= k) for k above the mode; P(K <= k) for k below it.
  [[nodiscard]] double upper(std::int64_t k) const {
    if (k > high()) return 0.0;
    double term = 1.0;
    double sum = 1.0;
    for (std::int64_t at = k; at < high() && term > negligible * sum; ++at) {
      term *= step_up(at);
      sum += term;
    }
    return sum * std::exp(log_probability(k));
  }
  [[nodiscard]] double lower(std::int64_t k) const {
    if (k < low()) return 0.0;
    double term = 1.0;
    double sum = 1.0;
    for (std::int64_t at = k; at > low() && term > negligible * sum; --at) {
      term /= step_up(at - 1);
      sum += term;
    }
    return sum * std::exp(log_probability(k));
  }
};

}  // namespace

double exact_binomial_p_value(const Proportion& observed, double null_rate) {
  check(observed);
  base::ensure(null_rate >= 0.0 && null_rate <= 1.0, "a null rate must be in [0, 1]");
  const auto [k, n] = observed;
  if (n == 0) return 1.0;
  if (null_rate == 0.0) return k == 0 ? 1.0 : p_value_min;
  if (null_rate == 1.0) return k == n ? 1.0 : p_value_min;
  const auto log_probability = [&](std::int64_t at) {
    return log_binomial_probability(at, n, null_rate);
  };
  const double mean = static_cast<double>(n) * null_rate;
  const double bound = log_probability(k) + log_tolerance;
  if (static_cast<double>(k) == mean) return 1.0;
  if (static_cast<double>(k) < mean) {
    const std::int64_t mirror =
        first_at_most(static_cast<std::int64_t>(std::ceil(mean)), n, bound, log_probability);
    return p_value(binomial_lower_tail(k, n, null_rate) +
                   binomial_upper_tail(mirror, n, null_rate));
  }
  const std::int64_t mirror =
      last_at_most(0, static_cast<std::int64_t>(std::floor(mean)), bound, log_probability);
  return p_value(binomial_lower_tail(mirror, n, null_rate) + binomial_upper_tail(k, n, null_rate));
}

double fisher_exact_p_value(const Proportion& first, const Proportion& second) {
  check(first);
  check(second);
  const Hypergeometric table{first.trials, second.trials, first.events + second.events};
  if (table.low() >= table.high()) return 1.0;
  const auto log_probability = [&](std::int64_t at) { return table.log_probability(at); };
  const std::int64_t k = first.events;
  const double bound = log_probability(k) + log_tolerance;
  const double mode_place = (static_cast<double>(table.first) + 1.0) *
                            (static_cast<double>(table.events) + 1.0) /
                            (static_cast<double>(table.first + table.second) + 2.0);
  const std::int64_t mode =
      std::clamp(static_cast<std::int64_t>(mode_place), table.low(), table.high());
  if (log_probability(mode) <= bound) return 1.0;
  if (k < mode) {
    const std::int64_t mirror = first_at_most(mode, table.high(), bound, log_probability);
    return p_value(table.lower(k) + table.upper(mirror));
  }
  const std::int64_t mirror = last_at_most(table.low(), mode, bound, log_probability);
  return p_value(table.lower(mirror) + table.upper(k));
}

TwoProportions compare_proportions(const Proportion& first, const Proportion& second,
                                   double confidence) {
  check(first);
  check(second);
  TwoProportions result;
  result.interval = newcombe_interval(first, second, confidence);
  if (first.trials == 0 || second.trials == 0) return result;
  const double n1 = static_cast<double>(first.trials);
  const double n2 = static_cast<double>(second.trials);
  const double k1 = static_cast<double>(first.events);
  const double k2 = static_cast<double>(second.events);
  result.difference = first.rate() - second.rate();
  result.ratio = first.events > 0 && second.events > 0
                     ? first.rate() / second.rate()
                     : (k1 + 0.5) / (n1 + 1.0) / ((k2 + 0.5) / (n2 + 1.0));
  const double pooled = (k1 + k2) / (n1 + n2);
  const double error = std::sqrt(pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2));
  if (!(error > 0.0)) return result;
  result.z = result.difference / error;
  const double expected_min = std::min(n1, n2) * std::min(pooled, 1.0 - pooled);
  result.p_value = expected_min < 10.0 ? fisher_exact_p_value(first, second)
                                       : p_value(normal_two_sided(result.z));
  return result;
}

Interval wilson_interval(const Proportion& observed, double confidence) {
  check(observed);
  base::ensure(confidence > 0.0 && confidence < 1.0, "confidence must be inside (0, 1)");
  if (observed.trials == 0) return {0.0, 1.0};
  const double z = normal_quantile(0.5 + 0.5 * confidence);
  const double n = static_cast<double>(observed.trials);
  const double rate = observed.rate();
  const double center = rate + z * z / (2.0 * n);
  const double reach = z * std::sqrt(rate * (1.0 - rate) / n + z * z / (4.0 * n * n));
  const double scale = 1.0 + z * z / n;
  // The ends are exactly 0 and 1 at the extremes; rounding must not hide that.
  return {observed.events == 0 ? 0.0 : std::max(0.0, (center - reach) / scale),
          observed.events == observed.trials ? 1.0 : std::min(1.0, (center + reach) / scale)};
}

Interval newcombe_interval(const Proportion& first, const Proportion& second, double confidence) {
  if (first.trials == 0 || second.trials == 0) return {-1.0, 1.0};
  const Interval own = wilson_interval(first, confidence);
  const Interval other = wilson_interval(second, confidence);
  const double difference = first.rate() - second.rate();
  return {difference - std::hypot(first.rate() - own.low, other.high - second.rate()),
          difference + std::hypot(own.high - first.rate(), second.rate() - other.low)};
}

}  // namespace insights::stats
