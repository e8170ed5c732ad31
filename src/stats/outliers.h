// Values that do not belong: generalized extreme Studentized deviate, plain and on top of a
// seasonal expectation.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "stats/seasonality.h"

namespace insights::stats {

struct Outlier {
  std::size_t index = 0;  // in the input
  double value = 0.0;
  double expected = 0.0;  // from all values that are no outliers: season and line, or their mean
                          // for the plain test
  double score = 0.0;     // (value - expected) / deviation of those values, in [-1000, 1000]
  double p_value = 1.0;   // of this deviate in its turn, Bonferroni over the values left; or of a
                          // later one if smaller
};

struct OutlierOptions {
  double alpha = 0.05;      // chance of any outlier in clean normal data
  double share_max = 0.10;  // at most this share of the values, at least 1
  double score_min = 3.5;   // in absolute value
};

// Generalized ESD test for up to `count_max` outliers in an approximately normal sample; indices in
// order of removal. Nothing found, n < 5 (15 is advised), no spread, or non-finite input: empty.
// Source: Rosner (1983), Technometrics 25(2), 165-172; NIST/SEMATECH handbook 1.3.5.17.3.
[[nodiscard]] std::vector<Outlier> generalized_extreme_deviates(std::span<const double> values,
                                                                std::size_t count_max,
                                                                double alpha);

// Periods far from what season and trend led to expect: generalized ESD with a line and (from 2
// full cycles on) one level per phase fitted to the values left at each turn, kept when the score
// is large too. Ordered by |score|, largest first. Empty for n < 8 or when season and trend leave
// fewer than 3 degrees of freedom. Of two wild values in one phase of a series of 2 cycles the one
// farther from the robust expectation is blamed.
// Measured at alpha 0.05: 3 to 6 % of clean series of 24 to 60 months show one.
// Source: Rosner (1983) as above; Paul & Fung (1991), Technometrics 33, 339-348 (the test after a
// regression).
[[nodiscard]] std::vector<Outlier> period_outliers(std::span<const double> values,
                                                   const SeasonalCycle& cycle = {},
                                                   const OutlierOptions& options = {});

}  // namespace insights::stats
