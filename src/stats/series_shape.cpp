#include "stats/series_shape.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/ensure.h"
#include "stats/distributions.h"
#include "stats/robust.h"

namespace insights::stats {
namespace {

constexpr std::size_t length_min = 8;
// The noise's autocorrelation is one of 0, 0.1, ..., 0.9. Its prior falls like (1 - u)^(0.15 + n /
// 30), u the place in that range: with a flat prior the error rate at autocorrelation 0.6 would
// fall below the nominal one as n grows, and power at small autocorrelations would be given away
// for nothing. The exponent was chosen by simulation, see the test.
constexpr int autocorrelations = 10;
constexpr double autocorrelation_step = 0.1;
constexpr double exponent_base = 0.15;
constexpr double exponent_slope = 1.0 / 30.0;
constexpr double exponent_max = 3.0;
// A value further than this many robust standard deviations from the median of its neighbourhood is
// a spike.
constexpr double spike_deviations = 3.0;
constexpr double worth_a_second_look = 0.2;

double log_prior(double autocorrelation, std::size_t length) {
  const double exponent =
      std::min(exponent_max, exponent_base + exponent_slope * static_cast<double>(length));
  const double cell = autocorrelation / autocorrelation_step;
  return exponent * std::log1p(-(cell + 0.5) / (autocorrelations + 1.0));
}

// Prior share of each candidate given that there is one: a third for each shape, divided over its
// positions.
std::vector<double> log_priors_of(const std::vector<ShapeCandidate>& path) {
  std::vector<double> priors;
  for (const ShapeCandidate& candidate : path) {
    const auto positions = std::ranges::count(path, candidate.shape, &ShapeCandidate::shape);
    priors.push_back(-std::log(3.0 * static_cast<double>(positions)));
  }
  return priors;
}

// True when the values differ by no more than rounding.
bool all_equal(std::span<const double> values) {
  const auto [low, high] = std::ranges::minmax(values);
  return high - low <= 1e-13 * std::max(std::abs(low), std::abs(high));
}

// To mean 0 and largest deviation 1, so that sums of squares neither overflow nor lose the spread.
struct Standardized {
  double center = 0.0;
  double unit = 1.0;
  std::vector<double> values;
};

Standardized standardized(std::span<const double> values) {
  Standardized result{.center = 0.0, .unit = 0.0, .values = {values.begin(), values.end()}};
  for (const double value : values) result.center += value / static_cast<double>(values.size());
  for (double& value : result.values) {
    value -= result.center;
    result.unit = std::max(result.unit, std::abs(value));
  }
  for (double& value : result.values) value /= result.unit;
  return result;
}

// Single values far from their neighbours, drawn in; levels and ramps stay (Hampel's filter).
std::vector<double> without_spikes(std::span<const double> values) {
  const std::size_t n = values.size();
  const std::size_t reach = n < 12 ? 1 : 2;
  std::vector<double> middle(n);
  std::vector<double> distance(n);
  double mean = 0.0;
  for (std::size_t t = 0; t < n; ++t) {
    const std::size_t first = std::min(t < reach ? 0 : t - reach, n - 2 * reach - 1);
    middle[t] = median(values.subspan(first, 2 * reach + 1)).value();
    distance[t] = std::abs(values[t] - middle[t]);
    mean += distance[t] / static_cast<double>(n);
  }
  double scale = normal_consistency * median(distance).value();
  if (scale == 0.0) scale = 1.2533141373155003 * mean;  // as in modified_z
  std::vector<double> drawn(n);
  for (std::size_t t = 0; t < n; ++t) {
    const double limit = spike_deviations * scale;
    drawn[t] = middle[t] + std::clamp(values[t] - middle[t], -limit, limit);
  }
  return drawn;
}

// Least squares of the chosen shape, in the words of the caller.
void describe(const Standardized& series, const ShapeCandidate& chosen, ShapeFit& fit) {
  const std::vector<double>& values = series.values;
  const double count = static_cast<double>(values.size());
  double mean_x = 0.0;
  for (std::size_t t = 0; t < values.size(); ++t) mean_x += chosen.regressor(t) / count;
  double square = 0.0;
  double product = 0.0;
  double spread = 0.0;
  for (std::size_t t = 0; t < values.size(); ++t) {
    const double x = chosen.regressor(t) - mean_x;
    square += x * x;
    product += x * values[t];
    spread += values[t] * values[t];
  }
  const double size = product / square;
  double residual = 0.0;
  for (std::size_t t = 0; t < values.size(); ++t) {
    const double fitted = size * (chosen.regressor(t) - mean_x);
    residual += (values[t] - fitted) * (values[t] - fitted);
    fit.fitted.push_back(series.center + series.unit * fitted);
  }
  fit.shape = chosen.shape;
  fit.position = chosen.position;
  fit.level_before = fit.fitted.front();
  fit.level_after = fit.fitted.back();
  fit.slope = chosen.is_ramp() ? series.unit * size : 0.0;
  fit.r_squared = std::clamp(1.0 - residual / spread, 0.0, 1.0);
  fit.residual_standard_deviation = series.unit * std::sqrt(residual / (count - 3.0));
}

}  // namespace

// What the search says about one series.
struct ShapeSearch::Verdict {
  double p_value = 1.0;
  double autocorrelation = 0.0;
  std::size_t candidate = 0;
};

ShapeSearch::ShapeSearch(std::size_t length) : length_(length) {
  if (length < length_min) return;
  path_ = shape_path(length);
  log_priors_ = log_priors_of(path_);
  for (int step = 0; step < autocorrelations; ++step) {
    noises_.emplace_back(path_, length, autocorrelation_step * step);
  }
}

// The weight of an autocorrelation is its prior times the restricted likelihood of a constant
// (scale integrated out) times (1/2 for nothing happened + 1/2 times the average over candidates of
// the Bayes factor with Zellner's g = n), so that neither a shape passes for autocorrelation nor
// the reverse.
ShapeSearch::Verdict ShapeSearch::judge(std::span<const double> values) const {
  const double n = static_cast<double>(length_);
  const std::size_t count = path_.size();
  const double log_scale = 0.5 * (n - 2.0) * std::log1p(n);
  std::vector<double> log_weights;                       // [noises]
  std::vector<double> chances;                           // [noises]
  std::vector<double> supports(noises_.size() * count);  // of each candidate, relative to its noise
  for (std::size_t noise = 0; noise < noises_.size(); ++noise) {
    const WhitenedPath& whitened = noises_[noise];
    const WhitenedPath::Explained explained = whitened.explained(values);
    const std::span<double> own = std::span(supports).subspan(noise * count, count);
    double highest = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
      own[i] = log_priors_[i] + log_scale -
               0.5 * (n - 1.0) * std::log1p(n * (1.0 - explained.shares[i]));
      highest = std::max(highest, own[i]);
    }
    double total = std::exp(-highest);
    for (double& support : own) total += support = std::exp(support - highest);
    for (double& support : own) support /= total;
    const double spread = std::max(explained.spread, std::numeric_limits<double>::min());
    log_weights.push_back(log_prior(whitened.autocorrelation(), length_) +
                          whitened.log_determinant_factor() - 0.5 * (n - 1.0) * std::log(spread) +
                          highest + std::log(total));
    chances.push_back(whitened.chance_to_explain(std::ranges::max(explained.shares)));
  }
  const double highest = std::ranges::max(log_weights);
  Verdict verdict{.p_value = 0.0, .autocorrelation = 0.0, .candidate = 0};
  double total = 0.0;
  std::vector<double> candidates(count, 0.0);
  for (std::size_t noise = 0; noise < noises_.size(); ++noise) {
    const double weight = std::exp(log_weights[noise] - highest);
    total += weight;
    verdict.p_value += weight * chances[noise];
    verdict.autocorrelation += weight * noises_[noise].autocorrelation();
    for (std::size_t i = 0; i < count; ++i) candidates[i] += weight * supports[noise * count + i];
  }
  verdict.p_value = p_value(verdict.p_value / total);
  verdict.autocorrelation /= total;
  verdict.candidate =
      static_cast<std::size_t>(std::ranges::max_element(candidates) - candidates.begin());
  return verdict;
}

std::optional<ShapeFit> ShapeSearch::best(std::span<const double> values) const {
  base::ensure(values.size() == length_, "a shape search takes series of its own length");
  const auto finite = [](double value) { return std::isfinite(value); };
  if (length_ < length_min || !std::ranges::all_of(values, finite)) return std::nullopt;
  ShapeFit fit;
  if (all_equal(values)) {
    fit.level_before = values.front();
    fit.level_after = values.front();
    fit.fitted.assign(values.size(), values.front());
    return fit;
  }
  const Standardized series = standardized(values);
  if (!std::isfinite(series.unit) || !std::isfinite(1.0 / series.unit)) return std::nullopt;
  const Verdict verdict = judge(series.values);
  fit.p_value = verdict.p_value;
  if (verdict.p_value < worth_a_second_look) {
    const std::vector<double> drawn = without_spikes(series.values);
    fit.p_value = all_equal(drawn) ? 1.0 : std::max(verdict.p_value, judge(drawn).p_value);
  }
  fit.autocorrelation = verdict.autocorrelation;
  describe(series, path_[verdict.candidate], fit);
  return fit;
}

std::optional<ShapeFit> best_shape(std::span<const double> values) {
  // Many series of one length come one after the other, and what depends on the length alone takes
  // as long as the search itself.
  thread_local std::optional<ShapeSearch> search;
  if (!search || search->length() != values.size()) search.emplace(values.size());
  return search->best(values);
}

}  // namespace insights::stats
