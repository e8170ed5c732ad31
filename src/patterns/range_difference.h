// What the files of the pattern "range_difference" share: a range of a number, or of the days
// between two dates, and what a flag or a measure is like inside, below and above it.
#pragma once

#include "patterns/pattern.h"
#include "stats/moments.h"

namespace insights::patterns {

// The number a row is placed by: a column, or the days from `since` to it.
struct Axis {
  std::size_t column = no_column, since = no_column;
  bool is_lag() const { return since != no_column; }
};
// NaN when the row has none.
double place_of(const catalog::Subject& subject, const Axis& axis, std::size_t row);

struct Range {
  Axis axis;
  std::size_t y = 0;        // a flag or an averaged measure
  double from = 0, to = 0;  // both inside
};

// Moments of y over the kept rows (empty: all), by where they lie.
struct RangeParts {
  stats::Moments inside, below, above, outside;
};
RangeParts parts_of(const catalog::Subject& subject, const Range& range, const frame::Mask& kept);

// Sentences, values, evidence and guards (range_difference_claim.cpp).
findings::Claim state_range(const Workspace& workspace, const Range& range);

}  // namespace insights::patterns
