// Numbers of several columns, laid out row by row for a short stretch of rows, so that one row's
// are added to a cell in one go and a pass over the rows can fill many cubes while they are at
// hand.
//
// A cell is `width()` doubles: the number of rows, then each measure's sum; a measure with gaps has
// the count of its numbers besides. Rows are added in their order, so a sum is the same whichever
// cubes are filled with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace insights::patterns {

// What is added up: the numbers of a column, [rows], NaN = none; borrowed. Or their squares.
struct Addend {
  const std::vector<double>* numbers = nullptr;
  bool squared = false;
};

class RowBlocks {
 public:
  static constexpr std::size_t rows_max = 1024;  // of a block: small enough for the nearest cache
  static constexpr std::uint32_t no_cell = 0xFFFFFFFF;

  explicit RowBlocks(std::span<const Addend> measures);

  std::size_t width() const { return width_; }
  // Where in a cell a measure's sum and the count of its numbers are.
  std::size_t sum_place(std::size_t measure) const { return 1 + measure; }
  std::size_t count_place(std::size_t measure) const { return count_places_[measure]; }

  // Reads the numbers of `count` rows from row `first` on; at most rows_max.
  void read(std::size_t first, std::size_t count);
  // Adds each row that was read to its cell: cells[cell_of_row[i] * width() ...]. no_cell: to none.
  void add_to(std::vector<double>& cells, std::span<const std::uint32_t> cell_of_row) const;

 private:
  std::vector<Addend> measures_;
  std::vector<std::size_t> count_places_;
  std::size_t width_ = 1;
  std::vector<double> block_;  // [rows_max * width]
};

}  // namespace insights::patterns
