#include "stats/burst.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "base/ensure.h"
#include "stats/distributions.h"
#include "stats/moments.h"
#include "stats/random.h"

namespace insights::stats {
namespace {

constexpr std::size_t days_min = 10;

struct Window {
  std::size_t first = 0;
  std::size_t length = 0;
  double log_likelihood_ratio = 0.0;
};

// Kulldorff's statistic for `events` where `expected` were due, out of `total`; 0 unless there are
// too many.
double log_likelihood_ratio(double events, double expected, double total) {
  if (!(events > expected)) return 0.0;
  const double outside = total - events;
  const double inside_part = events * std::log(events / expected);
  return inside_part + (outside > 0.0 ? outside * std::log(outside / (total - expected)) : 0.0);
}

class Scan {
 public:
  // expected [days], their sum is the number of events
  Scan(std::vector<double> expected, std::size_t length_max)
      : expected_(std::move(expected)), length_max_(length_max), due_(expected_.size() + 1, 0.0) {
    for (std::size_t day = 0; day < expected_.size(); ++day)
      due_[day + 1] = due_[day] + expected_[day];
  }

  [[nodiscard]] const std::vector<double>& expected() const { return expected_; }

  // events [days], with the same sum as expected; need not be whole.
  [[nodiscard]] Window best(std::span<const double> events) const {
    const double total = due_.back();
    std::vector<double> excess(events.size() + 1, 0.0);
    for (std::size_t day = 0; day < events.size(); ++day) {
      excess[day + 1] = excess[day] + events[day] - expected_[day];
    }
    Window best;
    for (std::size_t first = 0; first < events.size(); ++first) {
      const std::size_t end_max = std::min(events.size(), first + length_max_);
      for (std::size_t end = first + 1; end <= end_max; ++end) {
        const double more = excess[end] - excess[first];
        if (more <= 0.0) continue;
        const double due = due_[end] - due_[first];
        // (1 + x) ln(1 + x) - x <= x^2 / 2 bounds the ratio, so few windows need their logarithms.
        const double bound = more * more * (0.5 / due + 1.0 / (total - due));
        if (due <= 0.0 || bound <= best.log_likelihood_ratio) continue;
        const double ratio = log_likelihood_ratio(due + more, due, total);
        if (ratio > best.log_likelihood_ratio) best = {first, end - first, ratio};
      }
    }
    return best;
  }

 private:
  std::vector<double> expected_;
  std::size_t length_max_;
  std::vector<double> due_;  // expected events before each day
};

// P-value of the observed maximum among the maxima of random orders.
double permutation_p_value(double observed, std::span<const double> maxima) {
  Moments moments;
  double reached = 0.0;
  for (const double maximum : maxima) {
    moments.add(maximum);
    if (maximum >= observed) reached += 1.0;
  }
  const double smallest = 1.0 / (static_cast<double>(maxima.size()) + 1.0);
  if (reached > 0.0) return (reached + 1.0) * smallest;
  const double scale = moments.standard_deviation() * std::sqrt(6.0) / std::numbers::pi;
  if (!(scale > 0.0)) return smallest;
  const double mode = moments.mean - std::numbers::egamma * scale;
  return std::min(smallest, p_value(-std::expm1(-std::exp(-(observed - mode) / scale))));
}

// By how much the sums of `length` days in a row scatter more than those of days that do not depend
// on each other, from the days outside the window; at least 1. Days whose excess
// lasts (a level that wanders) make stretches busy that no order of single days does.
double dispersion_of_stretches(std::span<const double> events, std::span<const double> expected,
                               const Window& window) {
  const auto is_inside = [&](std::size_t day) {
    return day >= window.first && day < window.first + window.length;
  };
  double surplus = 0.0;
  double due = 0.0;
  for (std::size_t day = 0; day < events.size(); ++day) {
    if (is_inside(day)) continue;
    surplus += events[day];
    due += expected[day];
  }
  if (window.length < 2 || !(due > 0.0)) return 1.0;
  Moments single;
  Moments stretches;  // about 0, which is their mean
  std::vector<double> last;
  double sum = 0.0;
  for (std::size_t day = 0; day < events.size(); ++day) {
    const double own = expected[day] * surplus / due;
    if (is_inside(day) || !(own > 0.0)) {
      last.clear();
      sum = 0.0;
      continue;
    }
    last.push_back((events[day] - own) / std::sqrt(own));
    single.add(last.back());
    sum += last.back();
    if (last.size() > window.length) sum -= last[last.size() - window.length - 1];
    if (last.size() >= window.length) stretches.add(sum * sum);
  }
  const auto length = static_cast<double>(window.length);
  const double independent = length * single.variance();
  if (static_cast<double>(stretches.n) < length || !(independent > 0.0)) return 1.0;
  const double ratio = stretches.mean / independent;
  // Less the standard error that it has, from stretches that overlap, where days are independent.
  return std::max(1.0, ratio - std::sqrt(4.0 * length / (3.0 * static_cast<double>(single.n))));
}

// Events expected on each day; empty when they cannot be: no events, or events where nothing was to
// be exposed.
std::vector<double> expected_events(std::span<const std::int64_t> counts,
                                    std::span<const double> exposure) {
  double events = 0.0;
  double exposed = 0.0;
  for (std::size_t day = 0; day < counts.size(); ++day) {
    base::ensure(counts[day] >= 0, "daily counts must not be negative");
    const double own = exposure.empty() ? 1.0 : exposure[day];
    if (!std::isfinite(own) || own < 0.0 || (own == 0.0 && counts[day] > 0)) return {};
    events += static_cast<double>(counts[day]);
    exposed += own;
  }
  if (!(events > 0.0) || !std::isfinite(exposed)) return {};
  std::vector<double> expected(counts.size());
  for (std::size_t day = 0; day < counts.size(); ++day) {
    expected[day] = events * ((exposure.empty() ? 1.0 : exposure[day]) / exposed);
  }
  return expected;
}

// The largest ratio of each of `permutations` random orders of the days' standardized residuals.
std::vector<double> permutation_maxima(const Scan& scan, std::span<const double> events,
                                       const BurstOptions& options) {
  const std::vector<double>& expected = scan.expected();
  std::vector<std::size_t> days;  // days on which something can happen
  std::vector<double> residuals;
  for (std::size_t day = 0; day < events.size(); ++day) {
    if (!(expected[day] > 0.0)) continue;
    days.push_back(day);
    residuals.push_back((events[day] - expected[day]) / std::sqrt(expected[day]));
  }
  Random random(options.seed);
  std::vector<double> maxima;
  std::vector<double> shuffled(events.size(), 0.0);
  for (int round = 0; round < options.permutations; ++round) {
    for (std::size_t left = residuals.size(); left > 1; --left) {
      std::swap(residuals[left - 1], residuals[random.below(left)]);
    }
    double surplus = 0.0;
    for (std::size_t i = 0; i < days.size(); ++i) {
      const double due = expected[days[i]];
      shuffled[days[i]] = std::max(0.0, due + residuals[i] * std::sqrt(due));
      surplus += shuffled[days[i]] - due;
    }
    // Where days differ in exposure the sum is a little off; it is brought back so that the
    // statistic stays one.
    double total = 0.0;
    for (const std::size_t day : days) total += expected[day];
    for (const std::size_t day : days) shuffled[day] *= total / (total + surplus);
    maxima.push_back(scan.best(shuffled).log_likelihood_ratio);
  }
  return maxima;
}

}  // namespace

std::optional<Burst> strongest_burst(std::span<const std::int64_t> counts,
                                     std::span<const double> exposure,
                                     const BurstOptions& options) {
  base::ensure(exposure.empty() || exposure.size() == counts.size(), "one exposure per day");
  base::ensure(options.permutations >= 1, "a burst needs one permutation or more");
  if (counts.size() < days_min) return std::nullopt;
  std::vector<double> expected = expected_events(counts, exposure);
  if (expected.empty()) return std::nullopt;
  const std::vector<double> events(counts.begin(), counts.end());
  const std::size_t asked = options.length_max == 0 ? counts.size() / 3 : options.length_max;
  const Scan scan(std::move(expected), std::min(asked, counts.size() - 1));
  const Window window = scan.best(events);
  Burst burst;
  burst.first = window.first;
  burst.length = window.length;
  burst.log_likelihood_ratio = window.log_likelihood_ratio;
  if (window.length == 0) return burst;

  double total = 0.0;
  for (std::size_t day = 0; day < counts.size(); ++day) {
    total += events[day];
    if (day < window.first || day >= window.first + window.length) continue;
    burst.events += counts[day];
    burst.expected += scan.expected()[day];
  }
  const double inside = static_cast<double>(burst.events) / burst.expected;
  const double outside = (total - static_cast<double>(burst.events)) / (total - burst.expected);
  burst.ratio = outside > 0.0 ? inside / outside : std::numeric_limits<double>::infinity();
  burst.p_value = permutation_p_value(
      burst.log_likelihood_ratio / dispersion_of_stretches(events, scan.expected(), window),
      permutation_maxima(scan, events, options));
  return burst;
}

}  // namespace insights::stats
