#include "patterns/course.h"

#include <algorithm>
#include <cmath>

#include "stats/association.h"
#include "stats/distributions.h"
#include "stats/moments.h"
#include "stats/rank_tests.h"
#include "stats/trend.h"

namespace insights::patterns {

namespace {

constexpr std::size_t ranked_rows_min = 20;
constexpr double shape_p_max = 0.01;            // for a shape to be told, not only a direction
constexpr double plain_forecast_p_max = 0.001;  // of a plain direction that is continued
constexpr double own_part_min = 0.5;       // of a value's change that the others must not share
constexpr std::size_t parts_compared = 3;  // first against last third when there is no clear shape

// How many rows one row of a period stands for, and its memory: residual ranks by period.
struct PeriodScatter {
  double within = 0;  // intra-class correlation
  double size = 1;    // rows a period that count (n0 of the analysis of variance)
  double memory = 0;  // lag 1, of the periods' means; not below 0
  double design_effect() const { return 1 + (size - 1) * within * (1 + memory) / (1 - memory); }
};

PeriodScatter scatter_of(std::span<const RankedRow> rows, std::span<const double> residuals,
                         std::size_t periods) {
  std::vector<stats::Moments> moments(periods);
  for (std::size_t i = 0; i < rows.size(); ++i) moments[rows[i].period].add(residuals[i]);
  double within_squares = 0, between_squares = 0, squared_sizes = 0, used = 0;
  std::vector<double> means;
  for (const auto& one : moments) {
    if (one.n == 0) continue;
    const auto n = static_cast<double>(one.n);
    within_squares += one.m2;
    between_squares += n * one.mean * one.mean;  // the residuals' mean is 0
    squared_sizes += n * n;
    used += 1;
    means.push_back(one.mean);
  }
  const auto count = static_cast<double>(rows.size());
  PeriodScatter scatter;
  if (used < 3 || count <= used) return scatter;
  scatter.size = (count - squared_sizes / count) / (used - 1);
  const double between = between_squares / (used - 1), inside = within_squares / (count - used);
  const double whole = between + (scatter.size - 1) * inside;
  if (whole > 0) scatter.within = std::clamp((between - inside) / whole, 0.0, 1.0);
  if (const auto memory = stats::lag_one_autocorrelation(means))
    scatter.memory = std::clamp(*memory, 0.0, 0.9);
  return scatter;
}

// First and last third: what is compared when only the direction is sure.
Movement plain_movement(const Course& course) {
  const std::size_t count = course.amounts.size();
  const std::size_t third = std::max<std::size_t>(2, count / parts_compared);
  Movement movement;
  movement.fit.shape = stats::Shape::line;
  movement.stretches = {0, std::min(third, count), count - std::min(third, count), count};
  movement.before = course.over(0, third);
  movement.after = course.over(count - third, count);
  movement.relative = movement.before > 0 ? movement.after / movement.before - 1 : 0;
  return movement;
}

// The p of the value's part of both together: 1 when the others have gaps.
double contrast_p(const std::vector<double>& own, const Course& others) {
  const auto rest = others.ratios();
  if (!rest) return 1;
  std::vector<double> parts(own.size());
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (!(own[i] + (*rest)[i] > 0)) return 1;
    parts[i] = own[i] / (own[i] + (*rest)[i]);
  }
  const auto fit = stats::best_shape(parts);
  return fit ? fit->p_value : 1;
}

// The better of two tests of one thing.
double better_p(double shape_p, const Direction& plain, bool rises) {
  const bool agrees = (plain.sign > 0) == rises;
  return std::min(1.0, 2 * std::min(shape_p, agrees ? plain.p : 1.0));
}

// A line through values with scatter of at least `least`.
Direction line_through(std::span<const double> values, double least) {
  const auto n = static_cast<double>(values.size());
  const double middle = (n - 1) / 2;
  double mean = 0, squares = 0, products = 0, rest = 0;
  for (const double value : values) mean += value / n;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x = static_cast<double>(i) - middle;
    squares += x * x;
    products += x * (values[i] - mean);
  }
  const double slope = products / squares;
  std::vector<double> residuals;
  for (std::size_t i = 0; i < values.size(); ++i) {
    residuals.push_back(values[i] - mean - slope * (static_cast<double>(i) - middle));
    rest += residuals.back() * residuals.back();
  }
  const double memory = std::clamp(
      stats::lag_one_autocorrelation(residuals).value_or(0) + 0.5 / std::sqrt(n), 0.0, 0.9);
  const double inflation = (1 + memory) / (1 - memory);
  const double variance = std::max(least, rest / std::max(1.0, n - 2 * inflation));
  const double t = slope / std::sqrt(variance * inflation / squares);
  return {slope, stats::p_value(stats::student_two_sided(t, std::max(1.5, n / inflation - 2)))};
}

}  // namespace

double Course::over(std::size_t begin, std::size_t end) const {
  double amount = 0, weight = 0;
  for (std::size_t i = begin; i < end; ++i) {
    amount += amounts[i];
    weight += weights[i];
  }
  return weight > 0 ? amount / weight : 0;
}

std::optional<std::vector<double>> Course::ratios() const { return ratios_of(amounts, weights); }

Course Course::part(std::size_t begin, std::size_t end) const {
  Course cut(end - begin);
  for (std::size_t i = begin; i < end; ++i) {
    cut.amounts[i - begin] = amounts[i];
    cut.weights[i - begin] = weights[i];
  }
  return cut;
}

std::optional<Direction> rank_trend(std::span<const RankedRow> rows, std::size_t periods) {
  if (rows.size() < ranked_rows_min) return std::nullopt;
  std::vector<double> days, numbers;
  for (const auto& row : rows) {
    days.push_back(row.day);
    numbers.push_back(row.number);
  }
  const auto day_ranks = stats::average_ranks(days), ranks = stats::average_ranks(numbers);
  const auto pairs = stats::co_moments_of(day_ranks, ranks);
  const auto correlation = stats::pearson(pairs);
  if (!correlation) return std::nullopt;
  const double rho = correlation->coefficient;
  const auto of_days = stats::moments_of(day_ranks), of_ranks = stats::moments_of(ranks);
  const double slope = rho * of_ranks.standard_deviation() / of_days.standard_deviation();
  std::vector<double> residuals(ranks.size());
  for (std::size_t i = 0; i < ranks.size(); ++i)
    residuals[i] = ranks[i] - of_ranks.mean - slope * (day_ranks[i] - of_days.mean);
  const auto scatter = scatter_of(rows, residuals, periods);
  const double independent = static_cast<double>(rows.size()) / scatter.design_effect();
  if (independent < 6) return Direction{rho, 1};
  const double left = std::max(1e-12, 1 - rho * rho);
  const double t = rho * std::sqrt((independent - 2) / left);
  return Direction{rho, stats::p_value(stats::student_two_sided(t, independent - 2))};
}

std::optional<Direction> count_trend(std::span<const double> counts) {
  if (counts.size() < 8) return std::nullopt;
  std::vector<double> roots;
  double mean = 0;
  for (const double count : counts) {
    mean += count / static_cast<double>(counts.size());
    roots.push_back(std::sqrt(count + 0.375));  // Anscombe (1948): variance 1/4
  }
  if (!(mean > 0)) return std::nullopt;
  const auto plain = line_through(counts, mean), root = line_through(roots, 0.25);
  auto better = plain.p < root.p ? plain : root;
  better.p = std::min(1.0, 2 * better.p);
  return better;
}

bool Move::is_own() const {
  if (!(movement.after > 0) || !(others_before > 0) || !(others_after > 0)) return true;
  const double own = std::log(movement.after / movement.before);
  return std::fabs(own - std::log(others_after / others_before)) >= own_part_min * std::fabs(own);
}

std::optional<Move> move_of(const Beside& course, const std::optional<Directions>& plain,
                            std::size_t unseen) {
  Move move;
  double own_p = 1, beside_p = 1;
  const auto series = course.own.ratios();
  auto shaped = movement_of(course.own.amounts, course.own.weights);
  if (shaped) {
    own_p = shaped->fit.p_value;
    if (course.others) beside_p = contrast_p(*series, *course.others);
    move.is_clear = own_p <= shape_p_max;
  } else if (!plain) {
    return std::nullopt;
  }
  if (move.is_clear)
    move.movement = *std::move(shaped);
  else
    move.movement = plain_movement(course.own);
  if (!(move.movement.before > 0)) return std::nullopt;
  const auto& at = move.movement.stretches;
  const bool rises = move.movement.relative > 0;
  if (course.others) {
    move.others_before = course.others->over(at.before_begin, at.before_end);
    move.others_after = course.others->over(at.after_begin, at.after_end);
  }
  if (plain) {
    own_p = better_p(own_p, plain->own, rises);
    beside_p = better_p(beside_p, plain->contrast, rises);
  }
  move.p = course.others ? std::max(own_p, beside_p) : own_p;
  if (series && (move.is_clear || own_p <= plain_forecast_p_max))
    move.projection = projection_of(*series, move.movement.fit, unseen);
  return move;
}

}  // namespace insights::patterns
