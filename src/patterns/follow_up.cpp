#include "patterns/follow_up.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "stats/robust.h"

namespace insights::patterns {

namespace {

constexpr double nine_of_ten = 0.9;
constexpr double mostly_open = 0.5;
constexpr std::size_t periods_min = 9;
constexpr double still_open_min =
    0.1;  // more of the late cases without a duration than of the early
constexpr std::array<std::pair<std::string_view, double>, 6> days_of_unit{{{"seconds", 1.0 / 86400},
                                                                           {"minutes", 1.0 / 1440},
                                                                           {"hours", 1.0 / 24},
                                                                           {"days", 1.0},
                                                                           {"weeks", 7.0},
                                                                           {"months", 30.4375}}};

// A moment of each row, in days; NaN where there is none.
double moment_of(const frame::Days& days, std::size_t row) {
  if (days.days[row] == frame::no_day) return std::numeric_limits<double>::quiet_NaN();
  const double part = days.seconds.empty() ? 0 : days.seconds[row] / 86400.0;
  return days.days[row] + part;
}

// Is `other` the time plus (sign 1) or minus (sign -1) the measure, in that unit?
bool spans(const Workspace& workspace, const frame::Days& other, std::size_t measure, double unit,
           double sign) {
  const auto& subject = workspace.subject;
  const auto& time = *subject.frame.columns[*subject.time].days();
  const auto& numbers = subject.numbers(measure);
  std::size_t compared = 0, agreed = 0;
  for (std::size_t row = 0; row < numbers.size() && compared < 1000; ++row) {
    const double gap = sign * (moment_of(other, row) - moment_of(time, row));
    if (std::isnan(gap) || std::isnan(numbers[row])) continue;
    ++compared;
    const double length = numbers[row] * unit;
    agreed += std::fabs(gap - length) <= 1.01 + 0.02 * std::fabs(gap) ? 1 : 0;
  }
  return compared >= 20 && agreed * 10 >= compared * 9;
}

// Days a unit of the measure is, and whether the time column is the start (1) or the end (-1).
struct Span {
  double unit = 0, sign = 1;
};

std::optional<Span> span_of(const Workspace& workspace, std::size_t measure) {
  const auto& subject = workspace.subject;
  const auto& column = subject.columns[measure];
  if (column.role != catalog::Role::measure || column.additive || column.money) return std::nullopt;
  std::optional<Span> named;
  for (const auto& [unit, days] : days_of_unit) {
    if (column.unit == unit) named = Span{days, 1};
  }
  if (!named && column.kind != "duration") return std::nullopt;
  for (std::size_t other = 0; other < subject.columns.size(); ++other) {
    const auto* days = subject.frame.columns[other].days();
    if (days == nullptr || other == *subject.time) continue;
    for (const auto& [unit, length] : days_of_unit) {
      if (named && length != named->unit) continue;
      for (const double sign : {1.0, -1.0}) {
        if (spans(workspace, *days, measure, length, sign)) return Span{length, sign};
      }
    }
  }
  return named;
}

// Share of the rows of [begin, end) without a number.
double open_share(const Workspace& workspace, std::size_t measure, std::size_t begin,
                  std::size_t end) {
  const auto& numbers = workspace.subject.numbers(measure);
  double open = 0, rows = 0;
  for (std::size_t row = 0; row < numbers.size(); ++row) {
    const auto period = workspace.periods.of_row[row];
    if (period == no_period || period < begin || period >= end) continue;
    rows += 1;
    open += std::isnan(numbers[row]) ? 1 : 0;
  }
  return rows > 0 ? open / rows : 0;
}

}  // namespace

FollowUp follow_up_of(const Workspace& workspace, std::size_t measure) {
  const auto& subject = workspace.subject;
  const auto& periods = workspace.periods;
  FollowUp follow{false, 0, periods.count, false, false, false};
  const auto span = span_of(workspace, measure);
  if (!span) return follow;
  follow.is_duration = true;
  const auto& time = *subject.frame.columns[*subject.time].days();
  const auto& numbers = subject.numbers(measure);
  constexpr std::size_t enough = 200'000;  // to know a tenth of the lengths by
  const std::size_t step = numbers.size() / enough + 1;
  std::size_t cases = 0;
  std::vector<double> lengths;
  double earliest = 1e9, latest = -1e9;  // of the other end of the cases
  for (std::size_t row = 0; row < numbers.size(); ++row) {
    const double moment = moment_of(time, row);
    if (std::isnan(moment) || periods.of_row[row] == no_period) continue;
    const double length = std::isnan(numbers[row]) ? 0 : numbers[row] * span->unit;
    latest = std::max(latest, moment + span->sign * length);
    if (std::isnan(numbers[row])) continue;
    earliest = std::min(earliest, moment + span->sign * length);
    if (cases++ % step == 0) lengths.push_back(length);
  }
  const auto brief = stats::quantile(lengths, 1 - nine_of_ten);
  const auto lasting = stats::quantile(lengths, nine_of_ten);
  if (!brief || !lasting) return follow;
  const double slack = 1;  // a day: times of day are cut in some tables
  const double early = span->sign > 0 ? *brief : -*lasting;
  const double late_by = span->sign > 0 ? *lasting : -*brief;
  while (follow.end > 0 && periods.starts[follow.end].since_epoch + late_by > latest + slack)
    --follow.end;
  while (follow.first < follow.end &&
         periods.starts[follow.first].since_epoch + early < earliest - slack)
    ++follow.first;
  const bool short_of_time = follow.end < follow.first + periods_min;
  const std::size_t half = periods.count / 2, late = periods.count - periods.count / 4;
  const bool many_open =
      span->sign > 0 && open_share(workspace, measure, late, periods.count) >
                            open_share(workspace, measure, 0, half) + still_open_min;
  if (short_of_time || many_open) {
    follow.first = 0;
    follow.end = periods.count;
    // Periods most of whose cases are open say nothing of how long they take.
    while (many_open && follow.end > periods_min &&
           open_share(workspace, measure, follow.end - 1, follow.end) > mostly_open)
      --follow.end;
    (span->sign > 0 ? follow.rises_only : follow.falls_only) = true;
  }
  follow.is_trimmed = follow.end - follow.first < periods.count;
  return follow;
}

bool late_rows_may_be_missing(const Workspace& workspace) {
  const auto& subject = workspace.subject;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    if (subject.columns[i].role != catalog::Role::measure ||
        subject.frame.columns[i].numbers() == nullptr || subject.columns[i].additive)
      continue;
    const auto follow = follow_up_of(workspace, i);
    const bool all_over = open_share(workspace, i, 0, workspace.periods.count) < 0.01;
    if (follow.is_duration && all_over &&
        ((follow.is_trimmed && follow.end < workspace.periods.count) || follow.rises_only))
      return true;
  }
  return false;
}

}  // namespace insights::patterns
