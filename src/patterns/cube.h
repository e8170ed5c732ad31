// Sums over (value of a column, period), made in one pass over the frame and used by every pattern.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "catalog/catalog.h"
#include "patterns/periods.h"

namespace insights::patterns {

// [values x periods], value-major. Value 0 is null. Without periods there is one.
struct Cube {
  std::size_t values = 0, periods = 0;
  std::vector<double> rows;               // [values * periods] number of rows
  std::vector<std::size_t> measures;      // columns of the subject
  std::vector<std::vector<double>> sums;  // [measure][values * periods]; nulls add nothing

  std::size_t at(std::size_t value, std::size_t period) const { return value * periods + period; }
  // Place of a column among `measures`; ensure: it is one.
  std::size_t place(std::size_t column) const;
  // One value's row of a measure, [periods].
  std::span<const double> series(std::size_t measure, std::size_t value) const;
  std::span<const double> row_series(std::size_t value) const;
  double total(std::size_t measure, std::size_t value) const;
  double rows_total(std::size_t value) const;
};

inline constexpr std::size_t cube_cells_max = 30'000'000;  // values x periods x (1 + measures)

// Empty (values = 0) when it would have more than cube_cells_max cells. `kept` empty keeps all
// rows. Rows outside the periods are left out; with periods.count == 0 every row is in the one
// period.
Cube cube_of(const catalog::Subject& subject, std::size_t column, const Periods& periods,
             const std::vector<std::size_t>& measures, const frame::Mask& kept = {});

// Do most rows belong to values that come and go (batches, campaigns), rather than live for half of
// the periods or more? What such a value has now and had not before says nothing.
bool comes_and_goes(const Cube& cube);

// All rows together: [1 x periods].
Cube total_cube(const catalog::Subject& subject, const Periods& periods,
                const std::vector<std::size_t>& measures, const frame::Mask& kept = {});

// Of several columns, in one pass over the rows: over all rows, and by period (empty without
// periods). In the order of `columns`.
struct ColumnCubes {
  std::vector<Cube> flat, by_period;
};
ColumnCubes cubes_of(const catalog::Subject& subject, std::span<const std::size_t> columns,
                     const Periods& periods, const std::vector<std::size_t>& measures);

}  // namespace insights::patterns
