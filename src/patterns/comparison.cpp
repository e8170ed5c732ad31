#include "patterns/comparison.h"

#include <fmt/format.h>

#include <algorithm>

#include "patterns/wording.h"

namespace insights::patterns {

namespace {

using findings::Format;
using findings::GuardStatus;

constexpr std::size_t year = 12;
constexpr std::size_t same_months_min = 3;  // fewer say little about a year
constexpr std::size_t half_min = 4;

}  // namespace

std::optional<Comparison> comparison_of(const Periods& periods) {
  const std::size_t count = periods.count;
  if (periods.grain == Grain::month && count >= year + same_months_min) {
    const std::size_t length = std::min(year, count - year);
    const std::size_t after = count - length;
    return Comparison{after - year, after, length, true, length == year};
  }
  const std::size_t half = count / 2;
  if (half < half_min) return std::nullopt;
  return Comparison{count - 2 * half, count - half, half, false, false};
}

std::vector<Side> sides_of(const Periods& periods, const Comparison& comparison) {
  std::vector<Side> sides(periods.of_row.size(), Side::neither);
  for (std::size_t row = 0; row < sides.size(); ++row) {
    const std::size_t period = periods.of_row[row];
    if (period == no_period) continue;
    const auto within = [&](std::size_t begin) {
      return period >= begin && period < begin + comparison.length;
    };
    if (within(comparison.before_begin))
      sides[row] = Side::before;
    else if (within(comparison.after_begin))
      sides[row] = Side::after;
  }
  return sides;
}

ComparisonSql sql_of(const Workspace& workspace, const Comparison& comparison) {
  const auto& starts = workspace.periods.starts;
  const auto between = [&](std::size_t begin) {
    return between_sql(workspace.subject, starts[begin], starts[begin + comparison.length]);
  };
  ComparisonSql sql{between(comparison.before_begin), between(comparison.after_begin), ""};
  sql.both = fmt::format("(({}) OR ({}))", sql.before, sql.after);
  return sql;
}

std::string date_columns(const Workspace& workspace, const Comparison& comparison,
                         findings::Values& values, std::string_view query) {
  const auto& periods = workspace.periods;
  const auto format = periods.grain == Grain::month ? Format::month : Format::date;
  const auto last_of = [&](std::size_t begin) {
    return base::Day{periods.starts[begin + comparison.length].since_epoch - 1};
  };
  std::string select;
  const auto add = [&](const char* name, base::Day day) {
    values.cell(name, query, 0, name, format);
    select += fmt::format("{}{} AS {}", select.empty() ? "" : ", ", day_sql(day), name);
  };
  if (!comparison.is_year) add("since", periods.starts[comparison.after_begin]);
  add("until", last_of(comparison.after_begin));
  if (!comparison.same_months) {
    add("earlier_since", periods.starts[comparison.before_begin]);
    add("earlier_until", last_of(comparison.before_begin));
  }
  return select;
}

std::string when(const Comparison& comparison) {
  if (comparison.is_year) return "in the year to {until}";
  return "since {since}";
}

std::string against(const Comparison& comparison) {
  if (comparison.is_year) return "the year before";
  return comparison.same_months ? "the same months a year earlier"
                                : "{earlier_since} to {earlier_until}";
}

std::string stretches(const Comparison& comparison) {
  if (comparison.is_year) return "";
  return fmt::format(", {{since}} to {{until}} against {}", against(comparison));
}

std::string season_remark(const Comparison& comparison) {
  if (comparison.same_months) return "";
  return " There is no earlier year to compare with: part of it may be the season.";
}

findings::Guard season_guard(const Comparison& comparison) {
  if (comparison.same_months) {
    return {"season", GuardStatus::passed,
            "the same months of two years are held against each other"};
  }
  return {"season", GuardStatus::downgraded,
          "there is no earlier year to hold it against: part of it may be the season"};
}

}  // namespace insights::patterns
