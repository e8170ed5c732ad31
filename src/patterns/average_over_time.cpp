// The average of a duration, score, percentage or amount over time, or how often something happens:
// of everything, and of single values that go their own way.
//
// How it is tested: course.h. The whole is told only when not one value alone makes it; a value
// only when the others do not go the same way. Durations near the end of the data are not seen to
// their end: follow_up.h.

#include "patterns/average_over_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "findings/fingerprint.h"
#include "patterns/all.h"
#include "patterns/rates.h"
#include "patterns/survival.h"
#include "stats/association.h"
#include "stats/moments.h"

namespace insights::patterns {

namespace {

using catalog::Role;

constexpr std::size_t values_max = 40;  // of a grouping, the largest
constexpr double rows_min = 30;         // of a value
constexpr double stretch_rows_min = 5, stretch_trials_min = 20;
constexpr double relative_min = 0.10, deviations_min = 0.2, points_min = 0.05;
constexpr std::size_t ranked_rows_max = 50'000;
constexpr double same_as_another = 0.98;  // correlation
constexpr double like_others_max = 0.2;   // apart before it moved, of what the others had
constexpr double explains_p_max = 0.01, left_max = 0.4;
constexpr double nearly_all = 0.95;

bool is_flag(const catalog::Subject& subject, std::size_t measure) {
  return subject.columns[measure].role == Role::flag;
}

// Summed about the column's mean: no division a row, and no digits lost.
stats::Moments moments_of(const catalog::Subject& subject, std::size_t measure) {
  const auto& profile = subject.frame.columns[measure].profile;
  const auto seen = profile.rows - profile.nulls - profile.non_finite;
  const double centre = seen > 0 ? profile.sum / static_cast<double>(seen) : 0;
  std::int64_t n = 0;
  double sum = 0, squares = 0;
  for (const double number : subject.numbers(measure)) {
    if (std::isnan(number)) continue;
    ++n;
    sum += number - centre;
    squares += (number - centre) * (number - centre);
  }
  auto moments = stats::moments_from_sums(n, sum, squares);
  moments.mean += centre;
  return moments;
}

// The same number on every row of an entity, for every entity: a property of the thing.
bool belongs_to_entity(const Workspace& workspace, std::size_t measure) {
  const auto& subject = workspace.subject;
  const auto& numbers = subject.numbers(measure);
  const auto all = moments_of(subject, measure);
  const double scatter_max = 1e-6 * all.m2;
  // What scatters already on a part of the rows does so on all of them.
  const auto scatters = [&](const frame::Coded& coded, std::size_t rows) {
    std::vector<stats::Moments> moments(coded.values());
    for (std::size_t row = 0; row < rows; ++row) {
      if (!std::isnan(numbers[row])) moments[coded.codes[row]].add(numbers[row]);
    }
    double within = 0;
    for (std::size_t value = 1; value < moments.size(); ++value) within += moments[value].m2;
    return within > scatter_max || (rows == numbers.size() && moments[0].n * 10 >= all.n);
  };
  for (const std::size_t column : workspace.groupings) {
    const auto& coded = subject.codes(column);
    if (workspace.is_decoy(column) || subject.columns[column].role != Role::entity ||
        static_cast<std::int64_t>(coded.values()) * 2 > all.n)
      continue;
    const auto first_rows = std::min(numbers.size(), 4 * coded.values() + 1000);
    if (!scatters(coded, first_rows) && !scatters(coded, numbers.size())) return true;
  }
  return false;
}

bool is_copy(const Workspace& workspace, std::size_t measure, std::size_t earlier) {
  const auto &first = workspace.subject.numbers(measure),
             &second = workspace.subject.numbers(earlier);
  stats::CoMoments both;
  for (const std::size_t row : workspace.sample) {
    if (!std::isnan(first[row]) && !std::isnan(second[row])) both.add(first[row], second[row]);
  }
  const auto correlation = stats::pearson(both);
  return correlation && std::fabs(correlation->coefficient) >= same_as_another;
}

// Rows of each value with a number, in the periods that count.
std::vector<std::vector<RankedRow>> ranked_rows(const Workspace& workspace,
                                                const AverageCourse& what) {
  const auto& subject = workspace.subject;
  const auto& numbers = subject.numbers(what.measure);
  const auto& days = subject.frame.columns[*subject.time].days()->days;
  const bool whole = what.column == no_column;
  std::vector<std::vector<RankedRow>> rows(whole ? 1 : subject.codes(what.column).values());
  if (numbers.size() > ranked_rows_max || has_documents(workspace)) return rows;
  for (std::size_t row = 0; row < numbers.size(); ++row) {
    const auto period = workspace.periods.of_row[row];
    if (std::isnan(numbers[row]) || period == no_period || period < what.follow.first ||
        period >= what.follow.end)
      continue;
    const std::uint32_t value = whole ? 0 : subject.codes(what.column).codes[row];
    rows[value].push_back(
        {static_cast<double>(days[row]), numbers[row], period - what.follow.first});
  }
  return rows;
}

std::optional<Directions> rank_tests(const std::vector<RankedRow>& rows, const Beside& course) {
  const std::size_t periods = course.own.amounts.size();
  const auto own = rank_trend(rows, periods);
  if (!own) return std::nullopt;
  if (!course.others) return Directions{*own, {}};
  auto apart = rows;
  std::erase_if(apart,
                [&](const RankedRow& row) { return !(course.others->weights[row.period] > 0); });
  for (auto& row : apart)
    row.number -= course.others->amounts[row.period] / course.others->weights[row.period];
  const auto contrast = rank_trend(apart, periods);
  if (!contrast) return std::nullopt;
  return Directions{*own, *contrast};
}

bool is_material(const Workspace& workspace, const AverageCourse& what, const Beside& course,
                 const Move& move, double deviation) {
  const auto& movement = move.movement;
  const auto& at = movement.stretches;
  const bool flag = is_flag(workspace.subject, what.measure);
  const auto rows_of = [&](std::size_t begin, std::size_t end) {
    double rows = 0;
    for (std::size_t i = begin; i < end; ++i) rows += course.own.weights[i];
    return rows;
  };
  const double least = flag ? stretch_trials_min : stretch_rows_min;
  if (rows_of(at.before_begin, at.before_end) < least ||
      rows_of(at.after_begin, at.after_end) < least)
    return false;
  const double change = std::fabs(movement.after - movement.before);
  const bool large =
      flag ? change >= points_min
           : std::fabs(movement.relative) >= relative_min && change >= deviations_min * deviation;
  const auto& own = course.own;
  return large && movement.after > 0 && what.follow.allows(movement.relative > 0) &&
         (!course.others || move.is_own()) &&
         agrees_with_last_year(movement, own.amounts, own.weights, workspace.periods);
}

Candidate candidate_of(const Workspace& workspace, const AverageCourse& what, const Beside& course,
                       const std::vector<RankedRow>& rows, double deviation) {
  const auto& subject = workspace.subject;
  const bool whole = what.column == no_column;
  const auto& name = subject.columns[what.measure].name;
  Candidate candidate;
  candidate.entry.family = average_family(subject, what.column);
  candidate.entry.pattern = "average_over_time";
  std::vector<findings::Entity> entities;
  if (!whole)
    entities.push_back(
        {subject.columns[what.column].name, subject.codes(what.column).dictionary[what.value], ""});
  candidate.entry.fingerprint = findings::fingerprint("average_over_time", name, entities);
  candidate.column = what.column;
  candidate.value = what.value;
  const auto* kind =
      whole ? nullptr : workspace.vocabulary.kind_named(subject.columns[what.column].kind);
  candidate.rank = kind == nullptr ? 1 : kind->rank;
  candidate.measure = name + " over time";
  candidate.of_total = !whole;
  const auto move =
      move_of(course, rank_tests(rows, course), workspace.periods.count - what.follow.end);
  if (!move) return candidate;
  candidate.entry.p = move->p;
  candidate.entry.statistic = move->movement.fit.r_squared;
  candidate.entry.effect = move->movement.relative;
  candidate.material = is_material(workspace, what, course, *move, deviation);
  candidate.surprise = std::clamp(std::fabs(move->movement.relative), 0.3, 1.0);
  if (!candidate.material) return candidate;
  candidate.claim = [&workspace, what, move = *move] {
    return state_average(workspace, what, move);
  };
  if (whole) return candidate;
  const double apart = std::fabs(move->movement.before - move->others_before);
  if (apart < like_others_max * std::fabs(move->others_before)) candidate.course_of = what.measure;
  candidate.survives = [&workspace, what, deviation,
                        before = move->movement.relative](const frame::Mask& kept) {
    const auto left = average_course(workspace, what, kept);
    const auto again = move_of(left, std::nullopt);
    return again && still_stands(again->p, again->movement.relative, before) &&
           is_material(workspace, what, left, *again, deviation);
  };
  return candidate;
}

// Where each row's number belongs in a course: its period from the first that counts, or no_period.
std::vector<std::uint16_t> places_of(const Workspace& workspace, const AverageCourse& what) {
  const auto& numbers = workspace.subject.numbers(what.measure);
  std::vector<std::uint16_t> places(numbers.size(), no_period);
  for (std::size_t row = 0; row < numbers.size(); ++row) {
    const auto period = workspace.periods.of_row[row];
    if (std::isnan(numbers[row]) || period == no_period || period < what.follow.first ||
        period >= what.follow.end)
      continue;
    places[row] = static_cast<std::uint16_t>(period - what.follow.first);
  }
  return places;
}

bool has_gaps(const catalog::Subject& subject, std::size_t column) {
  const auto& profile = subject.frame.columns[column].profile;
  return profile.nulls + profile.non_finite > 0;
}

// As courses_by_value, from the cube of the workspace: nothing where it does not hold just that. A
// flag's sums are whole numbers, which add up to the same in any order.
std::optional<std::vector<Beside>> courses_of_cube(const Workspace& workspace,
                                                   const AverageCourse& what) {
  const auto& subject = workspace.subject;
  const auto* cube = workspace.cube(what.column);
  if (cube == nullptr || !is_flag(subject, what.measure) || has_gaps(subject, what.measure) ||
      std::ranges::find(cube->measures, what.measure) == cube->measures.end())
    return std::nullopt;
  const std::size_t count = what.follow.end - what.follow.first, place = cube->place(what.measure);
  const auto within = [&](std::span<const double> series) {
    return series.subspan(what.follow.first, count);
  };
  Course all(count);
  for (std::size_t value = 1; value < cube->values; ++value) {
    for (std::size_t i = 0; i < count; ++i) {
      all.amounts[i] += within(cube->series(place, value))[i];
      all.weights[i] += within(cube->row_series(value))[i];
    }
  }
  std::vector<Beside> courses;
  for (std::size_t value = 0; value < cube->values; ++value) {
    Course own(count), others(count);
    std::ranges::copy(within(cube->series(place, value)), own.amounts.begin());
    std::ranges::copy(within(cube->row_series(value)), own.weights.begin());
    for (std::size_t i = 0; i < count; ++i) {
      others.amounts[i] = all.amounts[i] - own.amounts[i];
      others.weights[i] = all.weights[i] - own.weights[i];
    }
    courses.push_back({std::move(own), std::move(others)});
  }
  return courses;
}

// Of the rows that have a value of the column.
Course with_value(const Workspace& workspace, const AverageCourse& what,
                  const std::vector<std::uint16_t>& places) {
  const auto& numbers = workspace.subject.numbers(what.measure);
  Course course(what.follow.end - what.follow.first);
  workspace.subject.codes(what.column).codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < places.size(); ++row) {
      if (places[row] == no_period || codes[row] == 0) continue;
      course.amounts[places[row]] += numbers[row];
      course.weights[places[row]] += 1;
    }
  });
  return course;
}

// All values of a column at once: sums and rows by value and period. `whole`: of all rows.
std::vector<Beside> courses_by_value(const Workspace& workspace, const AverageCourse& what,
                                     const std::vector<std::uint16_t>& places,
                                     const Course& whole) {
  if (auto known = courses_of_cube(workspace, what)) return *std::move(known);
  struct Cell {
    double amount = 0, weight = 0;
    void add(double number) {
      amount += number;
      weight += 1;
    }
  };
  const auto& coded = workspace.subject.codes(what.column);
  const auto& numbers = workspace.subject.numbers(what.measure);
  const std::size_t count = what.follow.end - what.follow.first;
  std::vector<Cell> cells(coded.values() * count);
  Course all = whole;
  if (has_gaps(workspace.subject, what.column)) all = with_value(workspace, what, places);
  coded.codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < places.size(); ++row) {
      if (places[row] != no_period) cells[codes[row] * count + places[row]].add(numbers[row]);
    }
  });
  std::vector<Beside> courses;
  for (std::size_t value = 0; value < coded.values(); ++value) {
    Course own(count), others(count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto& cell = cells[value * count + i];
      own.amounts[i] = cell.amount;
      own.weights[i] = cell.weight;
      others.amounts[i] = all.amounts[i] - cell.amount;
      others.weights[i] = all.weights[i] - cell.weight;
    }
    courses.push_back({std::move(own), std::move(others)});
  }
  return courses;
}

double sum_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

// Does this value make the movement of the whole? Without it there would be little left.
bool makes(const Candidate& candidate, const Beside& course, const Move& whole) {
  if (candidate.entry.p > explains_p_max || !candidate.material ||
      (candidate.entry.effect > 0) != (whole.movement.relative > 0))
    return false;
  const auto& at = whole.movement.stretches;
  const double before = course.others->over(at.before_begin, at.before_end);
  const double after = course.others->over(at.after_begin, at.after_end);
  return before > 0 &&
         std::fabs(after / before - 1) < left_max * std::fabs(whole.movement.relative);
}

void examine_measure(const Workspace& workspace, std::size_t measure,
                     std::vector<Candidate>& candidates) {
  const auto& subject = workspace.subject;
  AverageCourse what{measure, no_column, 0, follow_up_of(workspace, measure)};
  const double deviation = moments_of(subject, measure).standard_deviation();
  const auto whole = average_course(workspace, what, {});
  const auto rows = ranked_rows(workspace, what);
  const auto move = move_of(whole, rank_tests(rows[0], whole));
  const auto places = places_of(workspace, what);
  const std::size_t place = candidates.size();
  candidates.push_back(candidate_of(workspace, what, whole, rows[0], deviation));
  for (const std::size_t column : workspace.groupings) {
    if (workspace.stop.stop_requested()) return;
    if (subject.columns[column].kind == "calendar") continue;
    what.column = column;
    const auto count = subject.codes(column).values();
    if (count * workspace.periods.count > cube_cells_max / 100) continue;
    const auto courses = courses_by_value(workspace, what, places, whole.own);
    std::vector<std::pair<double, std::uint32_t>> largest;
    double all = 0;
    for (std::uint32_t value = 1; value < count; ++value) {
      largest.emplace_back(-sum_of(courses[value].own.weights), value);
      all -= largest.back().first;
    }
    std::ranges::sort(largest);
    if (largest.size() > values_max) largest.resize(values_max);
    const auto by_value = ranked_rows(workspace, what);
    for (const auto& [negative_rows, value] : largest) {
      if (-negative_rows < rows_min || -negative_rows > nearly_all * all) continue;
      what.value = value;
      candidates.push_back(
          candidate_of(workspace, what, courses[value], by_value[value], deviation));
      if (move && !workspace.is_decoy(column) && makes(candidates.back(), courses[value], *move))
        candidates[place].material = false;
    }
  }
}

}  // namespace

bool has_documents(const Workspace& workspace) {
  const auto& subject = workspace.subject;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    const auto& column = subject.columns[i];
    const auto* kind = workspace.vocabulary.kind_named(column.kind);
    const auto& profile = subject.frame.columns[i].profile;
    if (kind != nullptr && kind->event && column.role == Role::identifier &&
        profile.distinct * 10 < (profile.rows - profile.nulls) * 9)
      return true;
  }
  return false;
}

std::vector<std::size_t> measures_over_time(const Workspace& workspace) {
  const auto& subject = workspace.subject;
  std::vector<std::size_t> measures;
  const bool has_lines = has_documents(workspace) || subject.quantity;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    const auto& column = subject.columns[i];
    if (subject.frame.columns[i].numbers() == nullptr || workspace.is_decoy(i)) continue;
    if (workspace.stop.stop_requested()) break;
    const bool averaged = column.role == Role::measure && !column.additive &&
                          column.kind != "price" && column.kind != "calendar";
    const bool amount = subject.money == i && !has_lines;
    if (!averaged && !amount && column.role != Role::flag) continue;
    const bool told = std::ranges::any_of(
        measures, [&](std::size_t earlier) { return is_copy(workspace, i, earlier); });
    if (!told && !belongs_to_entity(workspace, i)) measures.push_back(i);
  }
  return measures;
}

Beside average_course(const Workspace& workspace, const AverageCourse& what,
                      const frame::Mask& kept) {
  const auto& subject = workspace.subject;
  const auto& numbers = subject.numbers(what.measure);
  const std::size_t count = what.follow.end - what.follow.first;
  const bool whole = what.column == no_column;
  Beside course{Course(count), std::nullopt};
  if (!whole) course.others.emplace(count);
  for (std::size_t row = 0; row < numbers.size(); ++row) {
    const auto period = workspace.periods.of_row[row];
    if (std::isnan(numbers[row]) || period == no_period || period < what.follow.first ||
        period >= what.follow.end || (!kept.empty() && kept[row] == 0))
      continue;
    const std::uint32_t code = whole ? 0 : subject.codes(what.column).codes[row];
    if (!whole && code == 0) continue;
    auto& side = whole || code == what.value ? course.own : *course.others;
    side.amounts[period - what.follow.first] += numbers[row];
    side.weights[period - what.follow.first] += 1;
  }
  return course;
}

std::string average_family(const catalog::Subject& subject, std::size_t column) {
  return column == no_column ? "average over time"
                             : "average over time by " + subject.columns[column].name;
}

std::vector<Candidate> examine_average_over_time(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  if (workspace.small || workspace.periods.count == 0) return candidates;
  for (const std::size_t measure : measures_over_time(workspace))
    examine_measure(workspace, measure, candidates);
  return candidates;
}

}  // namespace insights::patterns
