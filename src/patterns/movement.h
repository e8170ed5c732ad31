// How a ratio of two sums over periods moved: a share of the total, or a price per unit. Shared by
// trend and price_change.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "patterns/workspace.h"
#include "stats/series_shape.h"

namespace insights::patterns {

// Two stretches of periods to compare, [begin, end) each, chosen from the shape that fits best.
struct Stretches {
  std::size_t before_begin = 0, before_end = 0;
  std::size_t after_begin = 0, after_end = 0;
};

struct Movement {
  stats::ShapeFit fit;
  Stretches stretches;
  double before = 0, after = 0;  // sum / sum over each stretch
  double relative = 0;           // after / before - 1
};

// numerator / denominator by period, [periods]; nothing when a denominator is not above 0.
std::optional<std::vector<double>> ratios_of(std::span<const double> numerator,
                                             std::span<const double> denominator);

// The best shape of the ratio series and what it says. Nothing when the series is too short or has
// gaps.
//   step   before and after the step;  hinge  the flat part and the last periods;  line  the first
//   and the last quarter
std::optional<Movement> movement_of(std::span<const double> numerator,
                                    std::span<const double> denominator);

// What the ratio did over the stretches of a shape that was fitted to something else.
std::optional<Movement> movement_along(stats::ShapeFit fit, std::span<const double> numerator,
                                       std::span<const double> denominator);

// Do the last periods, held against the same periods a year earlier, point the same way? True also
// when there is no earlier year to hold them against.
bool agrees_with_last_year(const Movement& movement, std::span<const double> numerator,
                           std::span<const double> denominator, const Periods& periods);

// Numerator and denominator series of one value, recomputed over kept rows only.
struct PairOfSeries {
  std::vector<double> numerator, denominator;  // [periods]
};
// One value's sums of `measure` (rows when no_column) against all kept rows' sums of the same.
PairOfSeries share_series(const Workspace& workspace, std::size_t column, std::uint32_t value,
                          std::size_t measure, const frame::Mask& kept);
// One value's sums of two measures.
PairOfSeries ratio_series(const Workspace& workspace, std::size_t column, std::uint32_t value,
                          std::size_t numerator, std::size_t denominator, const frame::Mask& kept);

}  // namespace insights::patterns
