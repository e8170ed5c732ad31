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
constexpr double shape_p_max = 0.01;       // for a shape to be told, not only a direction
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

double rank_p(const RankTests& ranks, bool rises, bool beside) {
  const auto agrees = [&](const RankTrend& one) { return (one.correlation > 0) == rises; };
  if (!agrees(ranks.own)) return 1;
  if (!beside) return ranks.own.p;
  return agrees(ranks.contrast) ? std::max(ranks.own.p, ranks.contrast.p) : 1;
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

std::optional<RankTrend> rank_trend(std::span<const RankedRow> rows, std::size_t periods) {
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
  if (independent < 6) return RankTrend{rho, 1};
  const double left = std::max(1e-12, 1 - rho * rho);
  const double t = rho * std::sqrt((independent - 2) / left);
  return RankTrend{rho, stats::p_value(stats::student_two_sided(t, independent - 2))};
}

bool Move::is_own() const {
  return std::fabs(movement.relative - others_relative()) >=
         own_part_min * std::fabs(movement.relative);
}

std::optional<Move> move_of(const Beside& course, const std::optional<RankTests>& ranks) {
  Move move;
  double shape_p = 1;
  auto shaped = movement_of(course.own.amounts, course.own.weights);
  if (shaped) {
    shape_p = shaped->fit.p_value;
    if (course.others)
      shape_p = std::max(shape_p, contrast_p(*course.own.ratios(), *course.others));
    move.is_clear = shaped->fit.p_value <= shape_p_max;
  } else if (!ranks) {
    return std::nullopt;
  }
  if (move.is_clear) {
    move.movement = *std::move(shaped);
    move.projection = projection_of(*course.own.ratios(), move.movement.fit);
  } else {
    move.movement = plain_movement(course.own);
    if (shaped) move.movement.fit.p_value = shaped->fit.p_value;
  }
  if (!(move.movement.before > 0)) return std::nullopt;
  const auto& at = move.movement.stretches;
  if (course.others) {
    move.others_before = course.others->over(at.before_begin, at.before_end);
    move.others_after = course.others->over(at.after_begin, at.after_end);
  }
  move.p = shape_p;
  if (ranks) {
    const double by_rank = rank_p(*ranks, move.movement.relative > 0, course.others.has_value());
    move.p = std::min(1.0, 2 * std::min(shape_p, by_rank));
  }
  return move;
}

}  // namespace insights::patterns
