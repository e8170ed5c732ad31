#include "stats/overdispersion.h"

#include <algorithm>
#include <cmath>

#include "base/ensure.h"
#include "stats/distributions.h"

namespace insights::stats {
namespace {

constexpr double rho_max = 0.999;
constexpr double rho_negligible = 1e-9;
constexpr double strength_max = 1e9;
// Sums of more terms than this are replaced by the continuous approximation.
constexpr std::int64_t terms_max = 1'000'000;
constexpr double negligible = 1e-17;

void check(const Proportion& proportion) {
  base::ensure(proportion.events >= 0 && proportion.events <= proportion.trials,
               "a proportion needs 0 <= events <= trials");
}

double log_probability(double k, double n, double a, double b) {
  const double choose = -std::log(n + 1.0) - log_beta(n - k + 1.0, k + 1.0);
  return choose + log_beta(k + a, n - k + b) - log_beta(a, b);
}

// The beta distribution with the mean and variance of K / n, with half a count of continuity.
double upper_tail_of_large(double k, double n, double a, double b) {
  const double mean = a / (a + b);
  const double rho = 1.0 / (a + b + 1.0);
  const double rho_seen = (1.0 + (n - 1.0) * rho) / n;
  const double size = (1.0 - rho_seen) / rho_seen;
  return beta_upper_tail((k - 0.5) / n, mean * size, (1.0 - mean) * size);
}

}  // namespace

double overdispersion(std::span<const Proportion> siblings) {
  double groups = 0.0;
  double trials = 0.0;
  double events = 0.0;
  double squares = 0.0;
  double within = 0.0;
  for (const Proportion& sibling : siblings) {
    check(sibling);
    if (sibling.trials == 0) continue;
    const double n = static_cast<double>(sibling.trials);
    groups += 1.0;
    trials += n;
    squares += n * n;
    events += static_cast<double>(sibling.events);
    within += n * sibling.rate() * (1.0 - sibling.rate());
  }
  if (groups < 2.0 || trials <= groups) return 0.0;
  const double rate = events / trials;
  double between = 0.0;
  for (const Proportion& sibling : siblings) {
    const double gap = sibling.rate() - rate;
    between += static_cast<double>(sibling.trials) * gap * gap;
  }
  const double mean_between = between / (groups - 1.0);
  const double mean_within = within / (trials - groups);
  const double typical_size = (trials - squares / trials) / (groups - 1.0);
  const double scale = mean_between + (typical_size - 1.0) * mean_within;
  if (!(scale > 0.0)) return 0.0;
  return std::clamp((mean_between - mean_within) / scale, 0.0, rho_max);
}

double clear_overdispersion(std::span<const Proportion> siblings) {
  constexpr double z_min = 1.645;
  double trials = 0.0;
  double events = 0.0;
  double pairs = 0.0;
  for (const Proportion& sibling : siblings) {
    check(sibling);
    const double n = static_cast<double>(sibling.trials);
    trials += n;
    events += static_cast<double>(sibling.events);
    pairs += n * (n - 1.0);
  }
  if (!(events > 0.0) || !(events < trials) || !(pairs > 0.0)) return 0.0;
  const double rate = events / trials;
  double squares = 0.0;
  for (const Proportion& sibling : siblings) {
    const double gap =
        static_cast<double>(sibling.events) - static_cast<double>(sibling.trials) * rate;
    squares += gap * gap / (rate * (1.0 - rate));
  }
  return squares - trials > z_min * std::sqrt(2.0 * pairs) ? overdispersion(siblings) : 0.0;
}

double beta_binomial_upper_tail(std::int64_t k, std::int64_t trials, double a, double b) {
  base::ensure(trials >= 0 && a > 0.0 && b > 0.0, "the beta-binomial needs trials >= 0, a, b > 0");
  if (k <= 0) return 1.0;
  if (k > trials) return 0.0;
  const double n = static_cast<double>(trials);
  const double mean = n * a / (a + b);
  // Below the mean the other tail is the smaller one; it has its own digits.
  if (static_cast<double>(k) <= mean) return 1.0 - beta_binomial_lower_tail(k - 1, trials, a, b);
  if (trials > terms_max && mean > 1000.0) {
    return upper_tail_of_large(static_cast<double>(k), n, a, b);
  }
  double term = 1.0;
  double sum = 1.0;
  const std::int64_t last = std::min(trials, k + terms_max);
  std::int64_t at = k;
  for (; at < last; ++at) {
    const double j = static_cast<double>(at);
    const double ratio = (n - j) / (j + 1.0) * ((j + a) / (n - j - 1.0 + b));
    term *= ratio;
    sum += term;
    if (ratio < 1.0 && term < negligible * sum * (1.0 - ratio)) break;
  }
  double tail = sum * std::exp(log_probability(static_cast<double>(k), n, a, b));
  // Strong overdispersion can hold mass further out than we sum; counts are large there, so the
  // beta serves.
  if (at == last && last < trials) {
    tail += upper_tail_of_large(static_cast<double>(last + 1), n, a, b);
  }
  return std::clamp(tail, 0.0, 1.0);
}

double beta_binomial_lower_tail(std::int64_t k, std::int64_t trials, double a, double b) {
  if (k < 0) return 0.0;
  if (k >= trials) return 1.0;
  // P(K <= k) is the upper tail of the misses, which have a and b exchanged.
  const double mean = static_cast<double>(trials) * a / (a + b);
  if (static_cast<double>(k) >= mean) return 1.0 - beta_binomial_upper_tail(k + 1, trials, a, b);
  return beta_binomial_upper_tail(trials - k, trials, b, a);
}

double beta_binomial_p_value(const Proportion& observed, double null_rate, double rho) {
  check(observed);
  base::ensure(null_rate >= 0.0 && null_rate <= 1.0, "a null rate must be in [0, 1]");
  base::ensure(rho >= 0.0 && rho < 1.0, "rho must be in [0, 1)");
  if (rho < rho_negligible || null_rate == 0.0 || null_rate == 1.0) {
    return exact_binomial_p_value(observed, null_rate);
  }
  if (observed.trials == 0) return 1.0;
  const double size = (1.0 - rho) / rho;
  const double a = null_rate * size;
  const double b = (1.0 - null_rate) * size;
  const double mean = null_rate * static_cast<double>(observed.trials);
  const bool high = static_cast<double>(observed.events) > mean;
  // Counted from the far end, so that both sides read alike.
  const auto tail = [&](std::int64_t misses_or_events, bool of_high) {
    return of_high ? beta_binomial_upper_tail(misses_or_events, observed.trials, a, b)
                   : beta_binomial_lower_tail(misses_or_events, observed.trials, a, b);
  };
  const double own = tail(observed.events, high);
  // The farthest in that the other tail goes without being likelier.
  std::int64_t none = high ? -1 : observed.trials + 1;
  std::int64_t inside = static_cast<std::int64_t>(high ? std::floor(mean) : std::ceil(mean));
  double other = 0.0;
  if (const double whole = tail(inside, !high); whole <= own) {
    other = whole;
  } else {
    while (std::abs(inside - none) > 1) {
      const std::int64_t middle = none + (inside - none) / 2;
      const double at = tail(middle, !high);
      if (at <= own) {
        none = middle;
        other = at;
      } else {
        inside = middle;
      }
    }
  }
  return p_value(std::min(1.0, own + other));
}

PriorRate prior_rate(std::span<const Proportion> siblings) {
  const double rho = overdispersion(siblings);
  double trials = 0.0;
  double events = 0.0;
  for (const Proportion& sibling : siblings) {
    trials += static_cast<double>(sibling.trials);
    events += static_cast<double>(sibling.events);
  }
  PriorRate prior;
  prior.rate = trials > 0.0 ? events / trials : 0.0;
  prior.strength = rho > 0.0 ? std::clamp((1.0 - rho) / rho, 1.0, strength_max) : strength_max;
  return prior;
}

double shrunk_rate(const Proportion& observed, const PriorRate& prior) {
  check(observed);
  base::ensure(prior.strength > 0.0, "a prior needs a strength above 0");
  return (static_cast<double>(observed.events) + prior.rate * prior.strength) /
         (static_cast<double>(observed.trials) + prior.strength);
}

}  // namespace insights::stats
