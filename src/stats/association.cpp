#include "stats/association.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/ensure.h"
#include "stats/distributions.h"
#include "stats/rank_tests.h"

namespace insights::stats {
namespace {

enum class Statistic { pearson, likelihood_ratio };

struct Margins {
  std::vector<double> rows;
  std::vector<double> columns;
  double total = 0.0;
};

Margins margins_of(std::span<const std::int64_t> counts, std::size_t columns) {
  base::ensure(columns > 0 && counts.size() % columns == 0, "a table needs whole rows");
  Margins margins{std::vector<double>(counts.size() / columns), std::vector<double>(columns), 0.0};
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    base::ensure(counts[cell] >= 0, "counts must not be negative");
    const double count = static_cast<double>(counts[cell]);
    margins.rows[cell / columns] += count;
    margins.columns[cell % columns] += count;
    margins.total += count;
  }
  return margins;
}

double filled(const std::vector<double>& margin) {
  return static_cast<double>(std::ranges::count_if(margin, [](double sum) { return sum > 0.0; }));
}

double reciprocal_sum(const std::vector<double>& margin, double total) {
  double sum = 0.0;
  for (const double part : margin) {
    if (part > 0.0) sum += total / part;
  }
  return sum;
}

// Bergsma (2013): phi squared and the table's size, each less what chance gives.
double cramers_v(double chi_square, double n, double rows, double columns) {
  if (n < 2.0) return 0.0;
  const double phi = std::max(0.0, chi_square / n - (rows - 1.0) * (columns - 1.0) / (n - 1.0));
  const double rows_left = rows - (rows - 1.0) * (rows - 1.0) / (n - 1.0);
  const double columns_left = columns - (columns - 1.0) * (columns - 1.0) / (n - 1.0);
  const double room = std::min(rows_left, columns_left) - 1.0;
  return room > 0.0 ? std::min(1.0, std::sqrt(phi / room)) : 0.0;
}

std::optional<Contingency> contingency(std::span<const std::int64_t> counts, std::size_t columns,
                                       Statistic statistic) {
  const Margins margins = margins_of(counts, columns);
  const double rows_filled = filled(margins.rows);
  const double columns_filled = filled(margins.columns);
  if (rows_filled < 2.0 || columns_filled < 2.0) return std::nullopt;
  double chi_square = 0.0;
  double g = 0.0;
  Contingency result;
  result.expected_min = std::numeric_limits<double>::infinity();
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    const double expected =
        margins.rows[cell / columns] * (margins.columns[cell % columns] / margins.total);
    if (!(expected > 0.0)) continue;
    const double count = static_cast<double>(counts[cell]);
    chi_square += (count - expected) * ((count - expected) / expected);
    if (count > 0.0) g += 2.0 * count * std::log(count / expected);
    result.expected_min = std::min(result.expected_min, expected);
  }
  result.degrees = (rows_filled - 1.0) * (columns_filled - 1.0);
  const double williams = 1.0 + (reciprocal_sum(margins.rows, margins.total) - 1.0) *
                                    (reciprocal_sum(margins.columns, margins.total) - 1.0) /
                                    (6.0 * margins.total * result.degrees);
  result.statistic = statistic == Statistic::pearson ? chi_square : std::max(0.0, g) / williams;
  result.p_value = p_value(chi_square_upper_tail(result.statistic, result.degrees));
  result.cramers_v = cramers_v(chi_square, margins.total, rows_filled, columns_filled);
  return result;
}

}  // namespace

std::optional<Contingency> chi_square_test(std::span<const std::int64_t> counts,
                                           std::size_t columns) {
  return contingency(counts, columns, Statistic::pearson);
}

std::optional<Contingency> g_test(std::span<const std::int64_t> counts, std::size_t columns) {
  return contingency(counts, columns, Statistic::likelihood_ratio);
}

std::optional<Correlation> pearson(const CoMoments& pairs) {
  const double scale = std::sqrt(pairs.m2_x) * std::sqrt(pairs.m2_y);
  if (pairs.n < 3 || !(scale > 0.0) || !std::isfinite(scale) || !std::isfinite(pairs.c2)) {
    return std::nullopt;
  }
  Correlation result;
  result.n = pairs.n;
  result.coefficient = std::clamp(pairs.c2 / scale, -1.0, 1.0);
  const double degrees = static_cast<double>(pairs.n - 2);
  const double rest = (1.0 - result.coefficient) * (1.0 + result.coefficient);
  const double t = rest > 0.0 ? result.coefficient * std::sqrt(degrees / rest)
                              : std::numeric_limits<double>::infinity();
  result.p_value = p_value(student_two_sided(t, degrees));
  return result;
}

std::optional<Correlation> spearman(std::span<const double> x, std::span<const double> y) {
  base::ensure(x.size() == y.size(), "a correlation needs pairs");
  const auto finite = [](double value) { return std::isfinite(value); };
  if (!std::ranges::all_of(x, finite) || !std::ranges::all_of(y, finite)) return std::nullopt;
  auto result = pearson(co_moments_of(average_ranks(x), average_ranks(y)));
  if (!result) return result;
  // Student's t is too sure of few ranks: no order of n is rarer than 1 in n!, two-sided 2.
  double orders = 1.0;
  for (std::size_t rank = 2; rank <= std::min<std::size_t>(x.size(), 20); ++rank) {
    orders *= static_cast<double>(rank);
  }
  if (x.size() <= 20) result->p_value = std::max(result->p_value, 2.0 / orders);
  return result;
}

}  // namespace insights::stats
