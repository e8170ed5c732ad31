// Does a monthly (or weekly, hourly) series repeat itself every cycle?
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace insights::stats {

struct SeasonalCycle {
  std::size_t length = 12;      // periods in a cycle, >= 2
  std::size_t first_phase = 0;  // phase of values[0]: 0 = January for months; < length
};

struct Seasonality {
  double f = 0.0;
  double p_value = 1.0;  // F(length - 1, n - length - 1 - trend) on the detrended series
  // One smooth wave a cycle instead of a mean for each phase: 2 degrees of freedom, not length - 1,
  // which sees a season in noise that hides it from the F test above.
  double wave_p_value = 1.0;
  double wave_correlation = 0.0;     // profile_correlation of the cycles' own waves
  std::size_t wave_phase = 0;        // where it is highest
  double profile_correlation = 0.0;  // of one cycle's profile with another's, mean, in [-1, 1]; low
                                     // values: single lumps, not a season, made F large
  double amplitude = 0.0;            // (highest - lowest effect) in the unit of the values
  std::vector<double> effects;       // [length], mean of each phase about the trend, sum 0
  std::size_t highest_phase = 0;
  std::size_t lowest_phase = 0;

  // Does the wave say it better than the phases one by one?
  [[nodiscard]] bool is_wave() const { return wave_p_value < p_value; }
  // Of a season of either kind: the better of two tests, twice its p-value.
  [[nodiscard]] double either_p_value() const;
};
// values [n], equally spaced, oldest first, in cycles of `cycle`. Detrended by a line fitted
// jointly with the phases.
// Nothing for fewer than 3 full cycles (n < 3 length) or non-finite input; all equal after
// detrending: p 1, effects 0. The F test assumes independent noise; AR(1) noise with
// autocorrelation 0.6 leaves it at its level (measured, 48 months). The wave's F is divided by what
// AR(1) noise of the residuals' autocorrelation has at that frequency beyond the others. Measured
// false alarms of the wave, 36 months: at level 0.05 0.02 (white noise), 0.04 (autocorrelation
// 0.3), 0.05 (0.6); at 0.002 0.0006, 0.003, 0.006.
[[nodiscard]] std::optional<Seasonality> seasonality(std::span<const double> values,
                                                     const SeasonalCycle& cycle = {});

// What each period was expected to be, so that a few wild periods cannot move it: phase medians on
// a Theil-Sen line.
struct SeasonalExpectation {
  std::vector<double> expected;       // [n]
  std::vector<double> phase_effects;  // [length], median 0; all 0 for fewer than 2 full cycles
  double slope = 0.0;                 // per period
  double scale = 0.0;  // scaled MAD of the residuals, inflated for the parameters fitted
};
// Fewer than 2 full cycles: the line alone. A phase seen twice takes the effect both agree on (the
// smaller one, 0 when their signs differ), since of two values nobody can say which is wild.
// Nothing for n < 4 or non-finite input.
// Source: slope as Hirsch, Slack & Smith (1982), Water Resources Research 18, 107-121 (pairs of one
// phase only).
[[nodiscard]] std::optional<SeasonalExpectation> seasonal_expectation(
    std::span<const double> values, const SeasonalCycle& cycle = {});

}  // namespace insights::stats
