// A share of the total seen in its two parts: how many of the rows are a value's, and how large
// they are beside the others'.
//
// A sum of money is the noisiest thing a table has: a few large orders make a month. Its two parts
// each carry far less noise (the sizes on the logarithm, so that one giant order is one order), and
// whatever moves a share for good moves one of them. So where the question is whether a share
// moved at all, each of them is asked and the surest answers, at as many times its p-value as were
// asked. What is told is the share itself, and only when the part goes its way and carries half of
// it or more. Where a value consists of units (the customers of a region), these are asked besides,
// see patterns/unit_movement.h: a series of months alone can never be sure that it does not just
// drift. Used by trend.cpp and seasonality.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "patterns/movement.h"
#include "patterns/unit_movement.h"

namespace insights::patterns {

// Natural logarithms of a measure, [rows]; NaN where it is not above 0. Made once and used for many
// columns.
std::vector<float> logarithms_of(const catalog::Subject& subject, std::size_t measure);

// The geometric mean of a value's amounts over that of all others, by period. Amounts that are not
// above 0 do not count.
class RelativeSizes {
 public:
  // `kept` empty: all rows.
  RelativeSizes(const catalog::Subject& subject, std::size_t column,
                std::span<const float> logarithms, const Periods& periods,
                const frame::Mask& kept = {});
  // [periods]; nothing when a period has none of the value's or none of the others', or when a
  // fifth of the value's rows have no amount above 0.
  std::optional<std::vector<double>> of(std::uint32_t value) const;

 private:
  struct Cell {
    double rows = 0, counted = 0, logarithms = 0;  // counted: rows that have a logarithm
  };
  std::size_t periods_;
  std::vector<Cell> cells_;  // [values x periods]
  std::vector<Cell> all_;    // [periods], rows left out
};

// A share of the total and its parts, [periods] each. `rows`, `all_rows`, `sizes` may be left out.
struct ShareSeries {
  std::vector<double> amounts, all_amounts;
  std::vector<double> rows, all_rows;
  std::optional<std::vector<double>> sizes;
  std::vector<UnitMovement> units;  // of its rows and their sizes, where it has units
};

// The movement of the share. Its shape is that of the surest of the series, its p-value that of the
// surest of all. Nothing as in movement_of().
std::optional<Movement> share_movement_of(const ShareSeries& series);

// What the units of a value say; nothing where it has none.
std::vector<UnitMovement> asked_of_units(const UnitMovements& units, std::uint32_t value);

// One value's series over the kept rows, without units.
ShareSeries share_series_where(const Workspace& workspace, std::size_t column, std::uint32_t value,
                               std::size_t measure, const Periods& periods,
                               const frame::Mask& kept);

}  // namespace insights::patterns
