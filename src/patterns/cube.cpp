#include "patterns/cube.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/ensure.h"
#include "patterns/row_blocks.h"

namespace insights::patterns {

namespace {

// A cube being filled: its cells as RowBlocks adds to them.
struct Filling {
  const frame::Coded* coded = nullptr;  // null: one value
  const Periods* periods = nullptr;
  std::optional<RowSums> sums;  // nothing when it would be too large
};

// The cells of a block of rows.
void read_cells(const Filling& cube, std::size_t first, const frame::Mask& kept,
                std::span<std::uint32_t> cells) {
  const auto width = static_cast<std::uint32_t>(std::max<std::size_t>(1, cube.periods->count));
  if (cube.coded == nullptr) {
    std::ranges::fill(cells, 0);
  } else {
    cube.coded->codes.visit([&](const auto* codes) {
      for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = codes[first + i] * width;
    });
  }
  if (cube.periods->count > 0) {
    const auto* periods = cube.periods->of_row.data() + first;
    for (std::size_t i = 0; i < cells.size(); ++i)
      cells[i] = periods[i] == no_period ? RowBlocks::no_cell : cells[i] + periods[i];
  }
  if (!kept.empty()) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (kept[first + i] == 0) cells[i] = RowBlocks::no_cell;
    }
  }
}

// From a row of numbers a cell to a column of cells a measure.
Cube unfolded(Filling& filled, const RowBlocks& blocks, const std::vector<std::size_t>& measures) {
  const auto sums_by_cell = filled.sums->take();
  Cube cube;
  cube.values = filled.coded == nullptr ? 1 : filled.coded->values();
  cube.periods = std::max<std::size_t>(1, filled.periods->count);
  cube.measures = measures;
  const std::size_t cells = cube.values * cube.periods, width = blocks.width();
  cube.rows.resize(cells);
  for (std::size_t cell = 0; cell < cells; ++cell) cube.rows[cell] = sums_by_cell[cell * width];
  for (std::size_t measure = 0; measure < measures.size(); ++measure) {
    auto& sums = cube.sums.emplace_back(cells);
    for (std::size_t cell = 0; cell < cells; ++cell)
      sums[cell] = sums_by_cell[cell * width + blocks.sum_place(measure)];
  }
  return cube;
}

// In one pass over the rows.
std::vector<Cube> fill(const catalog::Subject& subject, std::vector<Filling> cubes,
                       const std::vector<std::size_t>& measures, const frame::Mask& kept) {
  std::vector<Addend> addends;
  for (const std::size_t measure : measures) addends.push_back({&subject.numbers(measure)});
  RowBlocks blocks(addends);
  for (auto& cube : cubes) {
    const std::size_t values = cube.coded == nullptr ? 1 : cube.coded->values();
    const std::size_t cells = values * std::max<std::size_t>(1, cube.periods->count);
    if (cells * (1 + measures.size()) <= cube_cells_max) cube.sums.emplace(blocks, cells);
  }
  std::array<std::uint32_t, RowBlocks::rows_max> cell_of_row{};
  for (std::size_t first = 0; first < subject.frame.rows; first += RowBlocks::rows_max) {
    const std::size_t count = std::min(RowBlocks::rows_max, subject.frame.rows - first);
    const auto cells = std::span(cell_of_row).first(count);
    blocks.read(first, count);
    for (auto& cube : cubes) {
      if (!cube.sums) continue;
      read_cells(cube, first, kept, cells);
      cube.sums->add(cells);
    }
  }
  std::vector<Cube> filled(cubes.size());
  for (std::size_t i = 0; i < cubes.size(); ++i) {
    if (cubes[i].sums) filled[i] = unfolded(cubes[i], blocks, measures);
  }
  return filled;
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
  return std::move(fill(subject, {{&subject.codes(column), &periods, {}}}, measures, kept).front());
}

Cube total_cube(const catalog::Subject& subject, const Periods& periods,
                const std::vector<std::size_t>& measures, const frame::Mask& kept) {
  return std::move(fill(subject, {{nullptr, &periods, {}}}, measures, kept).front());
}

ColumnCubes cubes_of(const catalog::Subject& subject, std::span<const std::size_t> columns,
                     const Periods& periods, const std::vector<std::size_t>& measures) {
  const Periods none;
  std::vector<Filling> cubes;
  for (const std::size_t column : columns) cubes.push_back({&subject.codes(column), &none, {}});
  if (periods.count > 0) {
    for (const std::size_t column : columns)
      cubes.push_back({&subject.codes(column), &periods, {}});
  }
  auto filled = fill(subject, std::move(cubes), measures, {});
  ColumnCubes made;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    made.flat.push_back(std::move(filled[i]));
    made.by_period.push_back(periods.count > 0 ? std::move(filled[columns.size() + i]) : Cube{});
  }
  return made;
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
