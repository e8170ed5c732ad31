// How many rows a period there are, or how much money: what count_over_time looks at. Used by
// count_over_time*.cpp, burst.cpp and trend.cpp.
#pragma once

#include <cstdint>
#include <optional>

#include "findings/claim.h"
#include "patterns/course.h"

namespace insights::patterns {

struct CountCourse {
  std::size_t measure = no_column;  // no_column: rows are counted
  std::size_t column = no_column;   // no_column: everything
  std::uint32_t value = 0;
};

// The last twelve months against the twelve before, month by month, so that no season is in it.
struct YearOnYear {
  double before = 0, after = 0;  // a month
  double p = 1;
  double relative() const { return before > 0 ? after / before - 1 : 0; }
};

// Lines of orders, prices and quantities: a table of sales, where money tells what rows only echo.
bool is_trade(const Workspace& workspace);

// Rows (not money) of the value moved in a way that count_over_time tells: then their share of all
// need not be told as well.
bool count_tells(const Workspace& workspace, std::size_t column, std::uint32_t value);

findings::Claim state_count(const Workspace& workspace, const CountCourse& what, const Move& move);
findings::Claim state_year(const Workspace& workspace, const CountCourse& what,
                           const YearOnYear& years);

}  // namespace insights::patterns
