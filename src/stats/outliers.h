// Values that do not belong: generalized extreme Studentized deviate, plain and on top of a seasonal expectation.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "stats/seasonality.h"

namespace insights::stats {

struct Outlier {
  std::size_t index = 0;    // in the input
  double value = 0.0;
  double expected = 0.0;    // seasonal expectation; the mean of the rest for the plain test
  double score = 0.0;       // modified z of the residual, signed
  double p_value = 1.0;     // of this deviate in its turn, Bonferroni over the values: p <= alpha for those reported
};

struct OutlierOptions {
  double alpha = 0.05;            // chance of any outlier in clean normal data
  double share_max = 0.10;        // at most this share of the values, at least 1
  double score_min = 3.5;         // modified z, in absolute value
};

// Generalized ESD test for up to `count_max` outliers in an approximately normal sample; indices in order of removal.
// Nothing found, n < 5 (15 is advised), no spread, or non-finite input: empty.
// Source: Rosner (1983), Technometrics 25(2), 165-172; NIST/SEMATECH handbook 1.3.5.17.3.
[[nodiscard]] std::vector<Outlier> generalized_extreme_deviates(std::span<const double> values, std::size_t count_max,
                                                                double alpha);

// Periods far from what season and trend led to expect: generalized ESD on the residuals, kept when the modified z is
// large too. Ordered by |score|, largest first. Empty for n < 8.
[[nodiscard]] std::vector<Outlier> period_outliers(std::span<const double> values, const SeasonalCycle& cycle = {},
                                                   const OutlierOptions& options = {});

}  // namespace insights::stats
