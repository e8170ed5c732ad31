// The course of an average or a count over the periods, of one value beside all others: did it
// move, and did the others move with it? Shared by average_over_time and count_over_time.
//
// Two tests are asked, and the better one counts, twice its p. The shape of the series of periods
// (stats/series_shape.h) finds steps and hinges and allows for noise with a strong memory, which
// makes it blind to a plain growth over a year. So a plain direction is tested besides:
//   averages  rank correlation of the single rows with time; rows of one period share its fate, so
//             their number is divided by a design effect (Kish 1965, Survey Sampling, 5.4) from the
//             intra-class correlation of the periods and its memory
//   counts    a line through the counts, or their roots, with at least the scatter of chance
// A statement about one value also has to hold against the others: what everybody does is no news
// about one. Both must hold, so the larger p of the two counts (Berger 1982).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "patterns/forecast.h"
#include "patterns/movement.h"

namespace insights::patterns {

// amounts / weights by period: sum of a measure over its rows, or rows over 1.
struct Course {
  std::vector<double> amounts, weights;

  explicit Course(std::size_t periods) : amounts(periods), weights(periods) {}
  double over(std::size_t begin, std::size_t end) const;  // 0 when nothing is there
  std::optional<std::vector<double>> ratios() const;      // nothing with an empty period
  // The periods [begin, end) only.
  Course part(std::size_t begin, std::size_t end) const;
};

struct Beside {
  Course own;
  std::optional<Course> others;  // nothing: own is everything
};

// One row of a rank test: its number, and when.
struct RankedRow {
  double day = 0, number = 0;
  std::size_t period = 0;
};

// A plain direction: above 0 it rises.
struct Direction {
  double sign = 0, p = 1;
};
// Rank correlation with time. Nothing for fewer than 20 rows, or when days or numbers are all
// equal.
std::optional<Direction> rank_trend(std::span<const RankedRow> rows, std::size_t periods);

// A line through counts, plain and of their roots. The scatter is that about the line, but not
// below that of chance (Poisson); its variance is multiplied by (1 + r) / (1 - r), r the residuals'
// lag 1 autocorrelation plus half a standard error of it. Measured false alarms at level 0.05 with
// a mean of 40 and 10 to 36 counts: 1 to 3 % without memory, 5 to 6 % with an autocorrelation of
// 0.6 in an overdispersion that doubles or trebles the scatter of chance.
std::optional<Direction> count_trend(std::span<const double> counts);

// Tests of a plain direction, own and against the others.
struct Directions {
  Direction own, contrast;
};

struct Move {
  Movement movement;      // of own; its fit is empty when the series has gaps
  bool is_clear = false;  // the shape is sure; otherwise the direction only, told as a line
  double p = 1;
  double others_before = 0, others_after = 0;
  std::optional<Projection> projection;  // where a clear movement goes

  double others_relative() const {
    return others_before > 0 ? others_after / others_before - 1 : 0;
  }
  // Does it move more than the others do?
  bool is_own() const;
};

// `unseen`: periods after the course that the data covers, but that had to be left out.
std::optional<Move> move_of(const Beside& course, const std::optional<Directions>& plain,
                            std::size_t unseen = 0);

}  // namespace insights::patterns
