// Intervals for totals that no formula serves: the Poisson bootstrap over independent units
// (customers, orders).
//
// Each replicate gives each unit a weight drawn from Poisson(1), so units can be streamed and
// weights do not depend on each other. Percentile intervals. The same seed gives the same interval,
// everywhere.
// Source: Chamandy, Muralidharan, Najmi & Naidu (2012), "Estimating uncertainty for massive data
// streams", Google technical report; Efron & Tibshirani (1993), chapter 13 (percentile interval).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "stats/interval.h"

namespace insights::stats {

struct BootstrapOptions {
  int replicates = 1000;                   // >= 20
  double confidence = confidence_default;  // in (0, 1)
  std::uint64_t seed = 42;
};

// Interval of the sum of `unit_totals` [units], in their unit.
// Nothing for fewer than 2 units or non-finite input: one unit says nothing about how units vary.
[[nodiscard]] std::optional<Interval> bootstrap_sum(std::span<const double> unit_totals,
                                                    const BootstrapOptions& = {});

// Interval of sum(numerators) / sum(denominators), both [units] and of one length, drawn together
// unit by unit.
// Nothing for fewer than 2 units, non-finite input, or when more than 1 replicate in 20 has a
// denominator of 0.
[[nodiscard]] std::optional<Interval> bootstrap_ratio(std::span<const double> numerators,
                                                      std::span<const double> denominators,
                                                      const BootstrapOptions& = {});

// Interval of any statistic of weighted units: `statistic` receives weights [units], whole numbers
// >= 0 (all 1 for the sample itself), and returns the value. Non-finite returns are left out;
// nothing when they are more than 1 in 20.
[[nodiscard]] std::optional<Interval> bootstrap_statistic(
    std::size_t units, const std::function<double(std::span<const double>)>& statistic,
    const BootstrapOptions& = {});

}  // namespace insights::stats
