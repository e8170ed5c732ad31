// Does a monthly (or weekly, hourly) series repeat itself every cycle?
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace insights::stats {

struct SeasonalCycle {
  std::size_t length = 12;       // periods in a cycle, >= 2
  std::size_t first_phase = 0;   // phase of values[0]: 0 = January for months; < length
};

struct Seasonality {
  double f = 0.0;
  double p_value = 1.0;                // F(length - 1, n - length - 1 - trend) on the detrended series
  double profile_correlation = 0.0;    // mean correlation of one cycle's profile with another's, in [-1, 1]; low values
                                       // mean that single lumps, not a season, made the F test fire
  double amplitude = 0.0;              // (highest - lowest effect) in the unit of the values
  std::vector<double> effects;         // [length], mean of each phase about the trend, sum 0
  std::size_t highest_phase = 0;
  std::size_t lowest_phase = 0;
};
// values [n], equally spaced, oldest first, in cycles of `cycle`. Detrended by a line fitted jointly with the phases.
// Nothing for fewer than 3 full cycles (n < 3 length) or non-finite input; all equal after detrending: p 1, effects 0.
// The F test assumes independent noise: positive memory makes it conservative between phases of a year.
[[nodiscard]] std::optional<Seasonality> seasonality(std::span<const double> values, const SeasonalCycle& cycle = {});

// What each period was expected to be, in a way a few wild periods cannot move: phase medians on top of a Theil-Sen line.
struct SeasonalExpectation {
  std::vector<double> expected;        // [n]
  std::vector<double> phase_effects;   // [length], median 0; all 0 for fewer than 2 full cycles
  double slope = 0.0;                  // per period
  double scale = 0.0;                  // scaled MAD of the residuals, inflated for the parameters fitted
};
// Fewer than 2 full cycles: the line alone. Nothing for n < 4 or non-finite input.
// Source: two passes of the median polish idea of Cleveland et al. (1990), STL, with medians for loess.
[[nodiscard]] std::optional<SeasonalExpectation> seasonal_expectation(std::span<const double> values,
                                                                      const SeasonalCycle& cycle = {});

}  // namespace insights::stats
