// Two stretches of time to hold against each other: the last twelve complete months and the twelve
// before; of less data the last months and the same months a year earlier; of still less one half
// and the other, where a season can hide in the difference, and that is said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "findings/values.h"
#include "patterns/workspace.h"

namespace insights::patterns {

struct Comparison {
  std::size_t before_begin = 0, after_begin = 0;  // periods
  std::size_t length = 0;                         // of each, in periods
  bool same_months = false;                       // of the year: no season is in the difference
  bool is_year = false;                           // twelve months
};

// Nothing when there are too few periods.
std::optional<Comparison> comparison_of(const Periods& periods);

enum class Side : std::uint8_t { neither, before, after };

// [rows]
std::vector<Side> sides_of(const Periods& periods, const Comparison& comparison);

// The SQL of each side, of both, and when they begin and end.
struct ComparisonSql {
  std::string before, after, both;
};
ComparisonSql sql_of(const Workspace& workspace, const Comparison& comparison);

// Declares "since" and "until" (and "earlier_since", "earlier_until" where needed) as cells of the
// query `query`, and returns what that query must SELECT for them.
std::string date_columns(const Workspace& workspace, const Comparison& comparison,
                         findings::Values& values, std::string_view query);
// "in the year to {until}", "since {since}".
std::string when(const Comparison& comparison);
// "the year before", "the same months a year earlier", "{earlier_since} to {earlier_until}".
std::string against(const Comparison& comparison);
// For the summary, where the title does not say it: ", {since} to {until} against the same months a
// year earlier".
std::string stretches(const Comparison& comparison);
// A sentence for the summary, where a season can hide in the difference; else "".
std::string season_remark(const Comparison& comparison);
findings::Guard season_guard(const Comparison& comparison);

}  // namespace insights::patterns
