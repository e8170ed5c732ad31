// Are the means of groups different? From counts, means and spreads alone; no raw values needed.
//
// Zero spread: groups with m2 = 0 are exact, so equal means give p = 1 and different means p =
// p_value_min; documented per function. Groups must be made of independent units (customers), not
// of rows of units.
#pragma once

#include <optional>
#include <span>

#include "stats/interval.h"
#include "stats/moments.h"

namespace insights::stats {

// Welch's test of two means.
struct WelchT {
  double difference = 0.0;  // mean(first) - mean(second)
  double t = 0.0;           // +-infinity when both spreads are 0 and the means differ
  double degrees = 0.0;     // Welch-Satterthwaite
  double p_value = 1.0;     // two-sided
  Interval interval;        // of the difference, at the asked confidence
  double effect = 0.0;      // Cohen's d over the pooled standard deviation; 0 when that is 0
};
// Nothing when a group has fewer than 2 values.
// Source: Welch (1947), Biometrika 34, 28-35; Cohen (1988), section 2.2.
[[nodiscard]] std::optional<WelchT> welch_t(const Moments& first, const Moments& second,
                                            double confidence = confidence_default);

// Several means at once.
struct AnalysisOfVariance {
  double f = 0.0;
  double degrees_between = 0.0;
  double degrees_within = 0.0;
  double p_value = 1.0;
  double eta_squared = 0.0;  // share of the spread that is between groups, in [0, 1]
};
// Welch's test, for groups with unequal spread (the default choice). Groups with fewer than 2
// values are left out; groups without spread take the pooled spread of all. eta_squared is the
// classic one over the same groups. Nothing when fewer than 2 groups are left. Source: Welch
// (1951), Biometrika 38, 330-336; R oneway.test.
[[nodiscard]] std::optional<AnalysisOfVariance> welch_anova(std::span<const Moments> groups);

// Fisher's one-way test, equal spread assumed. Empty groups are ignored; nothing when fewer than 2
// groups remain or no degrees of freedom are left. Source: R oneway.test(var.equal = TRUE).
[[nodiscard]] std::optional<AnalysisOfVariance> one_way_anova(std::span<const Moments> groups);

// Interval of one mean (Student). Nothing for n < 2.
[[nodiscard]] std::optional<Interval> mean_interval(const Moments& values,
                                                    double confidence = confidence_default);

}  // namespace insights::stats
