#include "patterns/row_blocks.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "patterns/pair_cube.h"
#include "patterns/test_sales.h"

using namespace insights;
using namespace insights::patterns;
using namespace insights::patterns::testing;

namespace {

// A table whose money has gaps; by itself of three blocks.
void fill_with_gaps(TestTable& table, int lines = 2500) {
  fill_sales(table, {.lines = lines}, [](Line& line, int, int number) {
    if (number % 7 == 3) line.money.clear();
  });
}

}  // namespace

TEST_CASE("cells get the rows, sums, squares and counts that adding row by row gives") {
  const std::size_t rows = 2 * RowBlocks::rows_max + 100;
  std::vector<double> whole(rows), gaps(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    whole[row] = 0.1 * static_cast<double>(row % 97);
    gaps[row] = row % 5 == 0 ? std::nan("") : 0.3 * static_cast<double>(row % 31);
  }
  // Widths that the compiler knows, and one that it does not.
  for (const std::size_t copies : {1UL, 2UL, 9UL}) {
    std::vector<Addend> addends;
    for (std::size_t i = 0; i < copies; ++i)
      addends.insert(addends.end(), {{&whole}, {&gaps, true}});
    RowBlocks blocks(addends);
    CHECK(blocks.width() == 1 + 3 * copies);
    RowSums filling(blocks, 3);
    std::vector<double> sums(3), squares(3), counts(3), seen(3);
    std::vector<std::uint32_t> places(RowBlocks::rows_max);
    for (std::size_t first = 0; first < rows; first += RowBlocks::rows_max) {
      const auto count = std::min(RowBlocks::rows_max, rows - first);
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t row = first + i, cell = row % 4;
        places[i] = cell == 3 ? RowBlocks::no_cell : static_cast<std::uint32_t>(cell);
        if (cell == 3) continue;
        seen[cell] += 1;
        sums[cell] += whole[row];
        if (std::isnan(gaps[row])) continue;
        counts[cell] += 1;
        squares[cell] += gaps[row] * gaps[row];
      }
      blocks.read(first, count);
      filling.add(std::span(places).first(count));
    }
    const auto cells = filling.take();
    for (std::size_t cell = 0; cell < 3; ++cell) {
      const auto at = [&](std::size_t place) { return cells[cell * blocks.width() + place]; };
      for (std::size_t i = 0; i < copies; ++i) {
        CHECK(at(blocks.sum_place(2 * i)) == sums[cell]);
        CHECK(at(blocks.count_place(2 * i)) == seen[cell]);
        CHECK(at(blocks.sum_place(2 * i + 1)) == squares[cell]);
        CHECK(at(blocks.count_place(2 * i + 1)) == counts[cell]);
      }
    }
  }
}

TEST_CASE("flags are counted as adding row by row counts them, also more than a counter holds") {
  const std::size_t rows = 2'100'000;
  std::vector<double> flag(rows), with_gaps(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    flag[row] = row % 3 == 0 ? 1 : 0;
    with_gaps[row] = row % 7 == 0 ? std::nan("") : flag[row];
  }
  const std::vector<Addend> addends{{&flag}, {&with_gaps}, {&flag, true}};
  RowBlocks blocks(addends);
  RowSums filling(blocks, 1);
  const std::vector<std::uint32_t> places(RowBlocks::rows_max, 0);
  for (std::size_t first = 0; first < rows; first += RowBlocks::rows_max) {
    const auto count = std::min(RowBlocks::rows_max, rows - first);
    blocks.read(first, count);
    filling.add(std::span(places).first(count));
  }
  const auto cell = filling.take();
  CHECK(cell[blocks.count_place(0)] == 2'100'000);
  CHECK(cell[blocks.sum_place(0)] == 700'000);
  CHECK(cell[blocks.sum_place(1)] == 600'000);
  CHECK(cell[blocks.count_place(1)] == 1'800'000);
  CHECK(cell[blocks.sum_place(2)] == 700'000);
}

TEST_CASE("the cubes of a workspace are the same bytes whatever the number of threads") {
  TestTable table(sales_header);
  fill_with_gaps(table);
  const auto& subject = table.subject();
  const auto one = prepare(subject, vocabulary(), {}, {}, 1, {});
  REQUIRE(one.cubes.size() > 2);
  REQUIRE(one.measures.size() > 1);
  for (const int threads : {2, 5}) {
    const auto several = prepare(subject, vocabulary(), {}, {}, threads, {});
    CHECK(several.sample == one.sample);
    for (const auto& [column, cube] : one.cubes) {
      CHECK(several.cubes.at(column).rows == cube.rows);
      CHECK(several.cubes.at(column).sums == cube.sums);
      CHECK(several.flats.at(column).sums == one.flats.at(column).sums);
    }
  }
}

TEST_CASE("a cube holds what counting row by row gives, rows outside of the periods left out") {
  TestTable table(sales_header);
  fill_with_gaps(table);
  const auto& workspace = table.workspace();
  const auto& subject = workspace.subject;
  for (const std::size_t column : workspace.groupings) {
    const auto& cube = *workspace.cube(column);
    auto rows = std::vector<double>(cube.rows.size());
    auto sums = std::vector(workspace.measures.size(), rows);
    for (std::size_t row = 0; row < subject.frame.rows; ++row) {
      const auto period = workspace.periods.of_row[row];
      if (period == no_period) continue;
      const auto cell = cube.at(subject.codes(column).codes[row], period);
      rows[cell] += 1;
      for (std::size_t i = 0; i < sums.size(); ++i) {
        const double number = subject.numbers(workspace.measures[i])[row];
        if (!std::isnan(number)) sums[i][cell] += number;
      }
    }
    CHECK(cube.rows == rows);
    CHECK(cube.sums == sums);
  }
}

TEST_CASE("every two columns that cross are visited once, with the sums of their cells") {
  TestTable table(sales_header);
  fill_with_gaps(table, 20'000);  // so many that small columns are counted as one
  const auto& workspace = table.workspace();
  const auto& subject = workspace.subject;
  const auto columns = pair_columns(workspace, 30, 20);
  REQUIRE(columns.size() > 2);
  const auto& money = subject.numbers(*subject.money);
  const std::vector<Addend> addends{{&money}};
  std::size_t crossings = 0;
  each_crossing(workspace, columns, addends,
                [&](const PairColumn& a, const PairColumn& b, const PairCube& cube) {
                  ++crossings;
                  CHECK(are_crossed(workspace, a, b));
                  std::map<std::pair<std::size_t, std::size_t>, std::pair<double, double>> cells;
                  for (std::size_t row = 0; row < money.size(); ++row) {
                    if (std::isnan(money[row])) continue;
                    auto& [count, sum] = cells[{a.slot_of[subject.codes(a.column).codes[row]],
                                                b.slot_of[subject.codes(b.column).codes[row]]}];
                    count += 1;
                    sum += money[row];
                  }
                  for (const auto& [place, cell] : cells) {
                    CHECK(cube.count(0, place.first, place.second) == cell.first);
                    // The same amounts, added up in another order.
                    CHECK(cube.sum(0, place.first, place.second) ==
                          doctest::Approx(cell.second).epsilon(1e-12));
                  }
                });
  std::size_t expected = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (std::size_t j = i + 1; j < columns.size(); ++j)
      expected += are_crossed(workspace, columns[i], columns[j]) ? 1 : 0;
  }
  CHECK(crossings == expected);
  CHECK(crossings > 0);
}
