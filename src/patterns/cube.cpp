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
  bool outside = false;         // the rows outside of the periods have a place behind them
  std::optional<RowSums> sums;  // nothing when it would be too large

  std::size_t values() const { return coded == nullptr ? 1 : coded->values(); }
  // How many places a value has.
  std::size_t width() const { return std::max<std::size_t>(1, periods->count) + (outside ? 1 : 0); }
};

// The cells of a block of rows.
void read_cells(const Filling& cube, std::size_t first, const frame::Mask& kept,
                std::span<std::uint32_t> cells) {
  const auto width = static_cast<std::uint32_t>(cube.width());
  const auto last = static_cast<std::uint32_t>(cube.periods->count);
  if (cube.coded == nullptr) {
    std::ranges::fill(cells, 0);
  } else {
    cube.coded->codes.visit([&](const auto* codes) {
      for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = codes[first + i] * width;
    });
  }
  if (cube.periods->count > 0) {
    const auto* periods = cube.periods->of_row.data() + first;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (periods[i] != no_period)
        cells[i] += periods[i];
      else
        cells[i] = cube.outside ? cells[i] + last : RowBlocks::no_cell;
    }
  }
  if (!kept.empty()) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (kept[first + i] == 0) cells[i] = RowBlocks::no_cell;
    }
  }
}

// From a row of numbers a cell to a column of cells a measure. Of the places that each value has
// the first `periods`; or all of them, added up.
class Unfolding {
 public:
  Unfolding(std::vector<double> sums, const Filling& filled, const RowBlocks& blocks,
            const std::vector<std::size_t>& measures)
      : sums_(std::move(sums)),
        values_(filled.values()),
        width_(filled.width()),
        blocks_(blocks),
        measures_(measures) {}

  Cube by_period(std::size_t periods) const {
    return made(periods, [](std::size_t place) { return place; });
  }
  Cube in_all() const {
    return made(1, [](std::size_t) { return std::size_t{0}; });
  }

 private:
  template <class PeriodOf>
  Cube made(std::size_t periods, PeriodOf period_of) const {
    Cube cube;
    cube.values = values_;
    cube.periods = periods;
    cube.measures = measures_;
    const auto column = [&](std::size_t at) {
      std::vector<double> cells(values_ * periods);
      for (std::size_t value = 0; value < values_; ++value) {
        for (std::size_t place = 0; place < width_; ++place) {
          const std::size_t period = period_of(place);
          if (period < periods)
            cells[value * periods + period] +=
                sums_[(value * width_ + place) * blocks_.width() + at];
        }
      }
      return cells;
    };
    cube.rows = column(0);
    for (std::size_t measure = 0; measure < measures_.size(); ++measure)
      cube.sums.push_back(column(blocks_.sum_place(measure)));
    return cube;
  }

  std::vector<double> sums_;  // [values * width * blocks.width]
  std::size_t values_, width_;
  const RowBlocks& blocks_;
  const std::vector<std::size_t>& measures_;
};

bool fits(const Filling& cube, std::size_t measures) {
  return cube.values() * cube.width() * (1 + measures) <= cube_cells_max;
}

// In one pass over the rows. Nothing for a cube that would be too large.
std::vector<std::optional<Unfolding>> fill(const catalog::Subject& subject,
                                           std::vector<Filling>& cubes, RowBlocks& blocks,
                                           const std::vector<std::size_t>& measures,
                                           const frame::Mask& kept) {
  for (auto& cube : cubes) {
    if (fits(cube, measures.size())) cube.sums.emplace(blocks, cube.values() * cube.width());
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
  std::vector<std::optional<Unfolding>> filled(cubes.size());
  for (std::size_t i = 0; i < cubes.size(); ++i) {
    if (cubes[i].sums) filled[i].emplace(cubes[i].sums->take(), cubes[i], blocks, measures);
  }
  return filled;
}

RowBlocks blocks_of(const catalog::Subject& subject, const std::vector<std::size_t>& measures) {
  std::vector<Addend> addends;
  for (const std::size_t measure : measures) addends.push_back({&subject.numbers(measure)});
  return RowBlocks(addends);
}

// One cube by period.
Cube filled(const catalog::Subject& subject, Filling cube, const std::vector<std::size_t>& measures,
            const frame::Mask& kept) {
  auto blocks = blocks_of(subject, measures);
  std::vector<Filling> cubes;
  cubes.push_back(std::move(cube));
  const auto made = std::move(fill(subject, cubes, blocks, measures, kept).front());
  return made ? made->by_period(cubes.front().width()) : Cube{};
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
  return filled(subject, {.coded = &subject.codes(column), .periods = &periods, .sums = {}},
                measures, kept);
}

Cube total_cube(const catalog::Subject& subject, const Periods& periods,
                const std::vector<std::size_t>& measures, const frame::Mask& kept) {
  return filled(subject, {.periods = &periods, .sums = {}}, measures, kept);
}

ColumnCubes cubes_of(const catalog::Subject& subject, std::span<const std::size_t> columns,
                     const Periods& periods, const std::vector<std::size_t>& measures) {
  const Periods none;
  const bool timed = periods.count > 0;
  // What all periods and the rows outside of them come to is the cube over all rows: a column is
  // added up once, unless its cube by period is too large.
  std::vector<Filling> cubes;
  for (const std::size_t column : columns) {
    Filling cube{&subject.codes(column), &periods, timed, {}};
    if (!fits(cube, measures.size())) cube = {&subject.codes(column), &none, false, {}};
    cubes.push_back(std::move(cube));
  }
  auto blocks = blocks_of(subject, measures);
  auto sums = fill(subject, cubes, blocks, measures, {});
  ColumnCubes made;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool by_period = sums[i] && cubes[i].outside;
    made.flat.push_back(sums[i] ? sums[i]->in_all() : Cube{});
    made.by_period.push_back(by_period ? sums[i]->by_period(periods.count) : Cube{});
    sums[i].reset();
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
