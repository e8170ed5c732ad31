#include "stats/seasonality.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/ensure.h"
#include "stats/association.h"
#include "stats/distributions.h"
#include "stats/robust.h"
#include "stats/trend.h"

namespace insights::stats {
namespace {

void check(const SeasonalCycle& cycle) {
  base::ensure(cycle.length >= 2 && cycle.first_phase < cycle.length,
               "a cycle needs a length of 2 or more and a first phase below it");
}

bool all_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

std::size_t phase_of(std::size_t index, const SeasonalCycle& cycle) {
  return (cycle.first_phase + index) % cycle.length;
}

// Sums of squares and products of index and value, about group means; one group for all, or one per
// phase.
struct Products {
  double xx = 0.0;
  double xy = 0.0;
  double yy = 0.0;

  // What a common slope leaves unexplained.
  [[nodiscard]] double residual() const { return std::max(0.0, xx > 0.0 ? yy - xy * xy / xx : yy); }
};

Products products_within(std::span<const double> values, const SeasonalCycle& cycle) {
  std::vector<CoMoments> groups(cycle.length);
  for (std::size_t t = 0; t < values.size(); ++t) {
    groups[phase_of(t, cycle)].add(static_cast<double>(t), values[t]);
  }
  Products sum;
  for (const CoMoments& group : groups) {
    sum.xx += group.m2_x;
    sum.xy += group.c2;
    sum.yy += group.m2_y;
  }
  return sum;
}

// Mean of the correlations between all pairs of full cycles, each less its own mean.
double profile_correlation(std::span<const double> detrended, std::size_t length) {
  double sum = 0.0;
  double pairs = 0.0;
  const std::size_t cycles = detrended.size() / length;
  for (std::size_t a = 0; a < cycles; ++a) {
    for (std::size_t b = a + 1; b < cycles; ++b) {
      const auto r = pearson(co_moments_of(detrended.subspan(a * length, length),
                                           detrended.subspan(b * length, length)));
      sum += r ? r->coefficient : 0.0;
      pairs += 1.0;
    }
  }
  return pairs > 0.0 ? sum / pairs : 0.0;
}

double product(std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Takes out of `values` what the directions (orthogonal to one another) explain.
void take_out(std::vector<double>& values, std::span<const std::vector<double>> directions) {
  for (const auto& direction : directions) {
    const double part = product(values, direction) / product(direction, direction);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] -= part * direction[i];
  }
}

// Mean of the cosines between the waves of all pairs of full cycles.
double wave_correlation(std::span<const double> detrended, std::span<const double> cosine,
                        std::span<const double> sine, std::size_t length) {
  const std::size_t cycles = detrended.size() / length;
  std::vector<double> angles;
  for (std::size_t c = 0; c < cycles; ++c) {
    const auto part = [&](std::span<const double> all) { return all.subspan(c * length, length); };
    angles.push_back(
        std::atan2(product(part(detrended), part(sine)), product(part(detrended), part(cosine))));
  }
  double sum = 0.0;
  double pairs = 0.0;
  for (std::size_t a = 0; a < cycles; ++a) {
    for (std::size_t b = a + 1; b < cycles; ++b) {
      sum += std::cos(angles[a] - angles[b]);
      pairs += 1.0;
    }
  }
  return pairs > 0.0 ? sum / pairs : 0.0;
}

// What AR(1) noise of autocorrelation `r` has at the frequency of the wave, over what it has on
// average at the others that are left in n values without their line.
double noise_at_wave(std::size_t n, std::size_t length, double r) {
  const auto spectrum = [&](double frequency) {
    return 1.0 / (1.0 - 2.0 * r * std::cos(frequency) + r * r);
  };
  const auto own =
      static_cast<std::size_t>(std::lround(static_cast<double>(n) / static_cast<double>(length)));
  double sum = 0.0;
  double count = 0.0;
  for (std::size_t j = 2; j <= n / 2; ++j) {
    if (j == own) continue;
    sum += spectrum(2.0 * std::numbers::pi * static_cast<double>(j) / static_cast<double>(n));
    count += 1.0;
  }
  return spectrum(2.0 * std::numbers::pi / static_cast<double>(length)) / (sum / count);
}

void fit_wave(std::span<const double> values, const SeasonalCycle& cycle, Seasonality& result) {
  const std::size_t n = values.size();
  const double frequency = 2.0 * std::numbers::pi / static_cast<double>(cycle.length);
  std::vector<std::vector<double>> directions(4, std::vector<double>(n, 1.0));
  for (std::size_t t = 0; t < n; ++t) {
    const double angle = frequency * static_cast<double>(phase_of(t, cycle));
    directions[1][t] = static_cast<double>(t);
    directions[2][t] = std::cos(angle);
    directions[3][t] = std::sin(angle);
  }
  const std::vector<double> cosine = directions[2];
  const std::vector<double> sine = directions[3];
  for (std::size_t i = 1; i < directions.size(); ++i)
    take_out(directions[i], std::span(directions).first(i));
  if (product(directions[3], directions[3]) < 1e-9) return;  // a cycle of 2 has no sine
  std::vector<double> detrended(values.begin(), values.end());
  take_out(detrended, std::span(directions).first(2));
  std::vector<double> rest = detrended;
  take_out(rest, std::span(directions).subspan(2));
  const double whole = product(detrended, detrended);
  const double noise = std::max(product(rest, rest), 1e-12 * whole);
  const double degrees = static_cast<double>(n) - 4.0;
  // The estimate is too low by about (1 + 4 r) / n (Marriott & Pope 1954), and uncertain: one and a
  // half standard errors more keep the level at every autocorrelation up to 0.6.
  const double count = static_cast<double>(n);
  const double seen = lag_one_autocorrelation(rest).value_or(0.0);
  const double r = std::clamp(
      seen + (1.0 + 4.0 * seen) / count + 1.5 * std::sqrt(std::max(0.0, 1.0 - seen * seen) / count),
      0.0, 0.9);
  const double f =
      (whole - noise) / 2.0 / (noise / degrees) / std::max(1.0, noise_at_wave(n, cycle.length, r));
  result.wave_p_value = p_value(f_upper_tail(std::max(0.0, f), 2.0, degrees));
  result.wave_correlation = wave_correlation(detrended, cosine, sine, cycle.length);
  std::vector<double> wave = detrended;
  for (std::size_t t = 0; t < n; ++t) wave[t] -= rest[t];
  std::size_t highest = 0;
  for (std::size_t t = 0; t < cycle.length; ++t)
    if (wave[t] > wave[highest]) highest = t;
  result.wave_phase = phase_of(highest, cycle);
}

// Median of the slopes between values of one phase, so that the season does not lean on it (Hirsch,
// Slack & Smith 1982, Water Resources Research 18, 107-121).
double seasonal_slope(std::span<const double> values, std::size_t length) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i + length; j < values.size(); j += length) {
      slopes.push_back((values[j] - values[i]) / static_cast<double>(j - i));
    }
  }
  return median(slopes).value_or(0.0);
}

// Of two values nobody can say which one is wild: what both agree on, the one nearer to 0, or 0
// when they disagree.
double phase_effect(const std::vector<double>& deviations) {
  if (deviations.size() != 2) return median(deviations).value_or(0.0);
  if (deviations[0] * deviations[1] <= 0.0) return 0.0;
  return std::abs(deviations[0]) < std::abs(deviations[1]) ? deviations[0] : deviations[1];
}

}  // namespace

std::optional<Seasonality> seasonality(std::span<const double> values, const SeasonalCycle& cycle) {
  check(cycle);
  if (values.size() < 3 * cycle.length || !all_finite(values)) return std::nullopt;
  const double n = static_cast<double>(values.size());
  const double length = static_cast<double>(cycle.length);
  CoMoments all;
  for (std::size_t t = 0; t < values.size(); ++t) all.add(static_cast<double>(t), values[t]);
  const Products whole{.xx = all.m2_x, .xy = all.c2, .yy = all.m2_y};
  const Products within = products_within(values, cycle);

  Seasonality result;
  result.effects.assign(cycle.length, 0.0);
  const double noise = within.residual();
  const double seasonal = std::max(0.0, whole.residual() - noise);
  // Less than rounding of the spread is nothing.
  if (whole.residual() <= 1e-20 * std::max(whole.yy, all.mean_y * all.mean_y)) return result;
  const double degrees = n - length - 1.0;
  result.f = seasonal / (length - 1.0) / (noise / degrees);
  result.p_value = p_value(f_upper_tail(result.f, length - 1.0, degrees));

  const double slope = within.xx > 0.0 ? within.xy / within.xx : 0.0;
  std::vector<double> detrended(values.begin(), values.end());
  std::vector<double> counts(cycle.length, 0.0);
  for (std::size_t t = 0; t < values.size(); ++t) {
    detrended[t] -= all.mean_y + slope * (static_cast<double>(t) - all.mean_x);
    result.effects[phase_of(t, cycle)] += detrended[t];
    counts[phase_of(t, cycle)] += 1.0;
  }
  double mean = 0.0;
  for (std::size_t phase = 0; phase < cycle.length; ++phase) {
    result.effects[phase] /= counts[phase];
    mean += result.effects[phase] / length;
  }
  for (double& effect : result.effects) effect -= mean;
  const auto [lowest, highest] = std::ranges::minmax_element(result.effects);
  result.lowest_phase = static_cast<std::size_t>(lowest - result.effects.begin());
  result.highest_phase = static_cast<std::size_t>(highest - result.effects.begin());
  result.amplitude = *highest - *lowest;
  result.profile_correlation = profile_correlation(detrended, cycle.length);
  fit_wave(values, cycle, result);
  return result;
}

double Seasonality::either_p_value() const {
  return std::min(1.0, 2.0 * std::min(p_value, wave_p_value));
}

std::optional<SeasonalExpectation> seasonal_expectation(std::span<const double> values,
                                                        const SeasonalCycle& cycle) {
  check(cycle);
  if (values.size() < 4 || !all_finite(values)) return std::nullopt;
  const bool seasonal = values.size() >= 2 * cycle.length;
  SeasonalExpectation result;
  result.phase_effects.assign(cycle.length, 0.0);
  result.slope = seasonal ? seasonal_slope(values, cycle.length)
                          : theil_sen(values).value_or(TheilSen{}).slope;
  std::vector<double> rest(values.begin(), values.end());
  for (std::size_t t = 0; t < rest.size(); ++t) rest[t] -= result.slope * static_cast<double>(t);
  const auto level = median(rest);
  if (!level) return std::nullopt;
  for (double& value : rest) value -= *level;
  if (seasonal) {
    std::vector<std::vector<double>> by_phase(cycle.length);
    for (std::size_t t = 0; t < rest.size(); ++t) by_phase[phase_of(t, cycle)].push_back(rest[t]);
    for (std::size_t phase = 0; phase < cycle.length; ++phase) {
      result.phase_effects[phase] = phase_effect(by_phase[phase]);
    }
    for (std::size_t t = 0; t < rest.size(); ++t)
      rest[t] -= result.phase_effects[phase_of(t, cycle)];
  }
  const double shift = median(rest).value();
  for (std::size_t t = 0; t < rest.size(); ++t) {
    rest[t] -= shift;
    result.expected.push_back(values[t] - rest[t]);
  }
  const double parameters = seasonal ? static_cast<double>(cycle.length) + 1.0 : 2.0;
  const double n = static_cast<double>(values.size());
  result.scale = median_absolute_deviation(rest).value() * std::sqrt(n / (n - parameters));
  return result;
}

}  // namespace insights::stats
