// How many rows a month there are, of everything and of single values; in tables of sales: how much
// money in all.
//
// Of a value the count itself must move and move otherwise than that of the others (course.h): when
// everything grows, that is told once, of the whole. Of the whole with two years or more each month
// is held against the same month a year before, which no season can fake.

#include "patterns/count_over_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "findings/fingerprint.h"
#include "patterns/all.h"
#include "patterns/average_over_time.h"
#include "patterns/survival.h"
#include "stats/distributions.h"
#include "stats/moments.h"
#include "stats/trend.h"

namespace insights::patterns {

namespace {

constexpr std::size_t year = 12;
constexpr std::size_t values_max = 40;
constexpr double rows_min = 50;  // of a value
constexpr double each_min = 1;   // a period, on average
constexpr double relative_min = 0.25, year_min = 0.05, year_rows_min = 0.10;
constexpr double change_rows_min = 10;  // over all later periods
constexpr std::size_t ranked_rows_max = 20'000;
constexpr double p_sure = 0.01, left_max = 0.4, nearly_all = 0.95;

Course counted(std::span<const double> series) {
  Course course(series.size());
  course.amounts.assign(series.begin(), series.end());
  std::ranges::fill(course.weights, 1.0);
  return course;
}

Course course_of_all(const Workspace& workspace, std::size_t measure) {
  return counted(measure == no_column ? workspace.total.row_series(0)
                                      : workspace.total.series(workspace.total.place(measure), 0));
}

Beside course_of_value(const Workspace& workspace, const CountCourse& what,
                       const frame::Mask& kept) {
  const auto pair = share_series(workspace, what.column, what.value, no_column, kept);
  auto rest = pair.denominator;
  for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= pair.numerator[i];
  return {counted(pair.numerator), counted(rest)};
}

// Is a later row more likely to be the value's? All rows by time, the value's marked.
std::optional<Direction> marked_trend(const Workspace& workspace, const CountCourse& what,
                                      const frame::Mask& kept) {
  const auto& subject = workspace.subject;
  const auto& days = subject.frame.columns[*subject.time].days()->days;
  if (days.size() > ranked_rows_max) return std::nullopt;
  const auto& codes = subject.codes(what.column).codes;
  std::vector<RankedRow> rows;
  for (std::size_t row = 0; row < days.size(); ++row) {
    const auto period = workspace.periods.of_row[row];
    if (period == no_period || codes[row] == 0 || (!kept.empty() && kept[row] == 0)) continue;
    rows.push_back({static_cast<double>(days[row]), codes[row] == what.value ? 1.0 : 0.0, period});
  }
  return rank_trend(rows, workspace.periods.count);
}

std::optional<Move> move_of_value(const Workspace& workspace, const CountCourse& what,
                                  const Beside& course, const frame::Mask& kept) {
  const auto own = count_trend(course.own.amounts);
  const auto contrast = marked_trend(workspace, what, kept);
  if (!own) return move_of(course, std::nullopt);
  return move_of(course, Directions{*own, contrast.value_or(Direction{})});
}

std::optional<Move> move_of_all(const CountCourse& what, const Course& course) {
  const auto own = what.measure == no_column ? count_trend(course.amounts) : std::nullopt;
  if (!own) return move_of({course, std::nullopt}, std::nullopt);
  return move_of({course, std::nullopt}, Directions{*own, {}});
}

std::optional<YearOnYear> year_on_year(const Workspace& workspace, const Course& course,
                                       bool rows) {
  const std::size_t count = course.amounts.size();
  if (workspace.periods.grain != Grain::month || count < 2 * year) return std::nullopt;
  std::vector<double> changes;
  YearOnYear years;
  double chance = 0;  // variance of the mean change that counting alone gives (Poisson)
  for (std::size_t i = count - year; i < count; ++i) {
    const double now = course.amounts[i], then = course.amounts[i - year];
    if (!(now > 0) || !(then > 0)) return std::nullopt;
    years.before += then / year;
    years.after += now / year;
    changes.push_back(std::log(now / then));
    if (rows) chance += (1 / now + 1 / then) / (year * year);
  }
  const auto moments = stats::moments_of(changes);
  const double memory = std::clamp(stats::lag_one_autocorrelation(changes).value_or(0.0), 0.0, 0.8);
  const double independent = year * (1 - memory) / (1 + memory);
  if (!(moments.standard_deviation() > 0) || independent < 3) return years;
  const double t = moments.mean / std::sqrt(std::max(chance, moments.variance() / independent));
  const bool agrees = (moments.mean > 0) == (years.relative() > 0);
  years.p = agrees ? stats::p_value(stats::student_two_sided(t, independent - 1)) : 1;
  return years;
}

// Periods without any row in the table are missing, not low: calendar_gaps tells of them.
bool is_mostly_missing(const Workspace& workspace, std::size_t begin, std::size_t end) {
  const auto rows = workspace.total.row_series(0);
  const auto empty = std::count(rows.begin() + static_cast<std::ptrdiff_t>(begin),
                                rows.begin() + static_cast<std::ptrdiff_t>(end), 0.0);
  return static_cast<std::size_t>(empty) * 2 > end - begin;
}

bool is_material(const Workspace& workspace, const CountCourse& what, const Beside& course,
                 const Move& move) {
  const auto& movement = move.movement;
  const auto& at = movement.stretches;
  const bool rises = movement.relative > 0;
  if (std::fabs(movement.relative) < relative_min) return false;
  if (!rises && late_rows_may_be_missing(workspace)) return false;
  if (is_mostly_missing(workspace, at.before_begin, at.before_end) ||
      is_mostly_missing(workspace, at.after_begin, at.after_end))
    return false;
  const double change = std::fabs(movement.after - movement.before) *
                        static_cast<double>(at.after_end - at.after_begin);
  if (what.measure == no_column && change < change_rows_min) return false;
  if (course.others && !move.is_own()) return false;
  return agrees_with_last_year(movement, course.own.amounts, course.own.weights, workspace.periods);
}

Candidate blank_candidate(const Workspace& workspace, const CountCourse& what) {
  const auto& subject = workspace.subject;
  const bool whole = what.column == no_column;
  Candidate candidate;
  candidate.entry.family =
      whole ? "count over time" : "count over time by " + subject.columns[what.column].name;
  candidate.entry.pattern = "count_over_time";
  std::vector<findings::Entity> entities;
  if (!whole)
    entities.push_back(
        {subject.columns[what.column].name, subject.codes(what.column).dictionary[what.value], ""});
  candidate.entry.fingerprint = findings::fingerprint(
      "count_over_time", what.measure == no_column ? "" : subject.columns[what.measure].name,
      entities);
  candidate.column = what.column;
  candidate.value = what.value;
  const auto* kind =
      whole ? nullptr : workspace.vocabulary.kind_named(subject.columns[what.column].kind);
  candidate.rank = kind == nullptr ? 1 : kind->rank;
  candidate.measure = subject.money ? subject.columns[*subject.money].name : "rows";
  return candidate;
}

Candidate candidate_of_value(const Workspace& workspace, const CountCourse& what,
                             const Beside& course) {
  auto candidate = blank_candidate(workspace, what);
  candidate.of_total = true;
  const auto move = move_of_value(workspace, what, course, {});
  if (!move) return candidate;
  candidate.entry.p = move->p;
  candidate.entry.statistic = move->movement.fit.r_squared;
  candidate.entry.effect = move->movement.relative;
  candidate.surprise = std::clamp(std::fabs(move->movement.relative), 0.3, 1.0);
  candidate.material = is_material(workspace, what, course, *move);
  if (!candidate.material) return candidate;
  candidate.claim = [&workspace, what, found = *move] {
    return state_count(workspace, what, found);
  };
  candidate.survives = [&workspace, what,
                        before = move->movement.relative](const frame::Mask& kept) {
    const auto left = course_of_value(workspace, what, kept);
    const auto again = move_of_value(workspace, what, left, kept);
    return again && still_stands(again->p, again->movement.relative, before) &&
           is_material(workspace, what, left, *again);
  };
  return candidate;
}

Candidate candidate_of_all(const Workspace& workspace, const CountCourse& what,
                           const Course& course, const std::optional<Move>& move) {
  auto candidate = blank_candidate(workspace, what);
  const bool rows = what.measure == no_column;
  const auto years = year_on_year(workspace, course, rows);
  const bool by_shape = move && (!years || (move->is_clear && move->p < years->p));
  const double p = std::min(move ? move->p : 1.0, years ? years->p : 1.0);
  candidate.entry.p = years ? std::min(1.0, 2 * p) : p;
  if (by_shape) {
    candidate.entry.effect = move->movement.relative;
    candidate.entry.statistic = move->movement.fit.r_squared;
    candidate.material = is_material(workspace, what, {course, std::nullopt}, *move);
    candidate.claim = [&workspace, what, found = *move] {
      return state_count(workspace, what, found);
    };
  } else if (years) {
    candidate.entry.effect = years->relative();
    const bool falls_apart = years->relative() < 0 && late_rows_may_be_missing(workspace);
    candidate.material =
        std::fabs(years->relative()) >= (rows ? year_rows_min : year_min) && !falls_apart;
    candidate.claim = [&workspace, what, found = *years] {
      return state_year(workspace, what, found);
    };
  }
  candidate.surprise = std::clamp(std::fabs(candidate.entry.effect), 0.3, 1.0);
  candidate.explains = false;  // that it changed, not why
  if (!rows) candidate.total_moved = candidate.entry.effect > 0 ? 1 : -1;
  candidate.impact =
      what.measure == no_column ? 0 : std::fabs(candidate.entry.effect) * workspace.money_per_month;
  return candidate;
}

// Does this value make the movement of the whole? Without it there would be little left.
bool makes(const Candidate& candidate, const Beside& course, const Move& whole) {
  if (candidate.entry.p > p_sure || !candidate.material ||
      (candidate.entry.effect > 0) != (whole.movement.relative > 0))
    return false;
  const auto& at = whole.movement.stretches;
  const double before = course.others->over(at.before_begin, at.before_end);
  const double after = course.others->over(at.after_begin, at.after_end);
  return before > 0 &&
         std::fabs(after / before - 1) < left_max * std::fabs(whole.movement.relative);
}

// The values of a column with rows enough, most rows first.
std::vector<std::uint32_t> frequent_values(const Cube& cube) {
  std::vector<std::pair<double, std::uint32_t>> largest;
  double all = 0;
  for (std::uint32_t value = 1; value < cube.values; ++value) all += cube.rows_total(value);
  for (std::uint32_t value = 1; value < cube.values; ++value) {
    const double rows = cube.rows_total(value);
    if (rows >= rows_min && rows >= each_min * static_cast<double>(cube.periods) &&
        rows <= nearly_all * all)
      largest.emplace_back(-rows, value);
  }
  std::ranges::sort(largest);
  if (largest.size() > values_max) largest.resize(values_max);
  std::vector<std::uint32_t> values;
  for (const auto& [rows, value] : largest) values.push_back(value);
  return values;
}

}  // namespace

bool is_trade(const Workspace& workspace) {
  const auto& subject = workspace.subject;
  return subject.quantity || subject.chain || subject.price ||
         (subject.money && has_documents(workspace));
}

bool count_tells(const Workspace& workspace, std::size_t column, std::uint32_t value) {
  if (is_trade(workspace)) return false;
  const CountCourse what{no_column, column, value};
  const auto course = course_of_value(workspace, what, {});
  const auto move = move_of(course, std::nullopt);
  return move && move->is_clear && move->p <= p_sure && is_material(workspace, what, course, *move);
}

std::vector<Candidate> examine_count_over_time(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  const auto& subject = workspace.subject;
  if (workspace.small || workspace.periods.count == 0) return candidates;
  const bool trade = is_trade(workspace);
  if (trade && !subject.money) return candidates;
  CountCourse what{trade ? *subject.money : no_column, no_column, 0};
  const auto all = course_of_all(workspace, what.measure);
  const auto whole = move_of_all(what, all);
  candidates.push_back(candidate_of_all(workspace, what, all, whole));
  if (trade) return candidates;
  for (const std::size_t column : workspace.groupings) {
    const auto* cube = workspace.cube(column);
    if (cube == nullptr || subject.columns[column].kind == "calendar" ||
        subject.columns[column].kind == "status")
      continue;
    what.column = column;
    for (const std::uint32_t value : frequent_values(*cube)) {
      what.value = value;
      const auto course = course_of_value(workspace, what, {});
      candidates.push_back(candidate_of_value(workspace, what, course));
      if (whole && !workspace.is_decoy(column) && makes(candidates.back(), course, *whole))
        candidates.front().material = false;
    }
  }
  return candidates;
}

}  // namespace insights::patterns
