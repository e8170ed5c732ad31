// Calendar periods of a subject's rows: months, or weeks where there are too few months. Only
// complete periods count; a first or last one that the data covers in part is left out of every
// series, and said so.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalog/catalog.h"

namespace insights::patterns {

enum class Grain { month, week };

inline constexpr std::uint16_t no_period = 0xFFFF;

struct Periods {
  Grain grain = Grain::month;
  std::size_t count = 0;              // complete periods; 0 without a usable time column
  std::vector<base::Day> starts;      // [count + 1]; the last is the day after the last period
  std::vector<std::uint16_t> of_row;  // [rows], no_period for null and left-out rows
  bool first_left_out = false, last_left_out = false;  // a partial period at that end

  base::Day first_day() const { return starts.front(); }
  base::Day last_day() const { return base::Day{starts.back().since_epoch - 1}; }
  double per_year() const { return grain == Grain::month ? 12.0 : 365.25 / 7; }
  // Index of the season a period is in: month of the year 0..11 (months only).
  std::size_t season(std::size_t period) const;
  std::string noun() const { return grain == Grain::month ? "month" : "week"; }
};

// Months when at least 9 are complete, else weeks when at least 10 are, else none (count 0). Weeks
// begin on Monday. A last month is complete when the data reaches as near to its end as it does in
// other months.
Periods periods_of(const catalog::Subject& subject);

}  // namespace insights::patterns
