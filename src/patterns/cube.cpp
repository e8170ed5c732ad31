#include "patterns/cube.h"

#include <algorithm>
#include <cmath>

#include "base/ensure.h"

namespace insights::patterns {

namespace {

// The cell of each row, or no_cell.
constexpr std::uint32_t no_cell = 0xFFFFFFFF;

std::vector<std::uint32_t> cells_of_rows(const frame::Coded* coded, std::size_t rows,
                                         const Periods& periods, const frame::Mask& kept) {
  std::vector<std::uint32_t> cells(rows, 0);
  const auto width = static_cast<std::uint32_t>(std::max<std::size_t>(1, periods.count));
  if (coded != nullptr) {
    coded->codes.visit([&](const auto* codes) {
      for (std::size_t row = 0; row < rows; ++row) cells[row] = codes[row] * width;
    });
  }
  if (periods.count > 0) {
    for (std::size_t row = 0; row < rows; ++row) {
      cells[row] = periods.of_row[row] == no_period ? no_cell : cells[row] + periods.of_row[row];
    }
  }
  if (!kept.empty()) {
    for (std::size_t row = 0; row < rows; ++row) {
      if (kept[row] == 0) cells[row] = no_cell;
    }
  }
  return cells;
}

Cube fill(const catalog::Subject& subject, const frame::Coded* coded, const Periods& periods,
          const std::vector<std::size_t>& measures, const frame::Mask& kept) {
  Cube cube;
  cube.periods = std::max<std::size_t>(1, periods.count);
  const std::size_t values = coded == nullptr ? 1 : coded->values();
  if (values * cube.periods * (1 + measures.size()) > cube_cells_max) return cube;
  cube.values = values;
  cube.measures = measures;
  const auto cells = cells_of_rows(coded, subject.frame.rows, periods, kept);
  cube.rows.assign(values * cube.periods, 0);
  for (const auto cell : cells) {
    if (cell != no_cell) cube.rows[cell] += 1;
  }
  for (const std::size_t measure : measures) {
    auto& sums = cube.sums.emplace_back(values * cube.periods, 0.0);
    const auto& numbers = subject.numbers(measure);
    for (std::size_t row = 0; row < cells.size(); ++row) {
      if (cells[row] != no_cell && !std::isnan(numbers[row])) sums[cells[row]] += numbers[row];
    }
  }
  return cube;
}

double sum_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

}  // namespace

std::size_t Cube::place(std::size_t column) const {
  const auto found = std::ranges::find(measures, column);
  base::ensure(found != measures.end(), "the cube holds the measure");
  return static_cast<std::size_t>(found - measures.begin());
}

std::span<const double> Cube::series(std::size_t measure, std::size_t value) const {
  return std::span(sums[measure]).subspan(value * periods, periods);
}

std::span<const double> Cube::row_series(std::size_t value) const {
  return std::span(rows).subspan(value * periods, periods);
}

double Cube::total(std::size_t measure, std::size_t value) const {
  return sum_of(series(measure, value));
}

double Cube::rows_total(std::size_t value) const { return sum_of(row_series(value)); }

Cube cube_of(const catalog::Subject& subject, std::size_t column, const Periods& periods,
             const std::vector<std::size_t>& measures, const frame::Mask& kept) {
  return fill(subject, &subject.codes(column), periods, measures, kept);
}

Cube total_cube(const catalog::Subject& subject, const Periods& periods,
                const std::vector<std::size_t>& measures, const frame::Mask& kept) {
  return fill(subject, nullptr, periods, measures, kept);
}

bool comes_and_goes(const Cube& cube) {
  double all = 0, of_short = 0;
  for (std::size_t value = 1; value < cube.values; ++value) {
    const auto rows = cube.row_series(value);
    std::size_t first = cube.periods, last = 0;
    double own = 0;
    for (std::size_t t = 0; t < cube.periods; ++t) {
      if (!(rows[t] > 0)) continue;
      first = std::min(first, t);
      last = t;
      own += rows[t];
    }
    all += own;
    if (own > 0 && 2 * (last - first + 1) < cube.periods) of_short += own;
  }
  return 2 * of_short > all;
}

}  // namespace insights::patterns
