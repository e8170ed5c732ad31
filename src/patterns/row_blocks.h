// Numbers of several columns, laid out row by row for a short stretch of rows, so that one row's
// are added to a cell in one go and a pass over the rows can fill many cubes while they are at
// hand.
//
// What is only counted (rows, numbers that are there, flags of 0 and 1) shares machine words,
// several counters in one, and is added in whole words; other numbers are added as they are, in the
// order of their rows. So a sum is the same whichever cubes are filled with it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace insights::patterns {

// What is added up: the numbers of a column, [rows], NaN = none; borrowed. Or their squares. Each
// less the centre first, which is 0 where all numbers are 0 or 1.
struct Addend {
  const std::vector<double>* numbers = nullptr;
  bool squared = false;
  double centre = 0;
};

class RowBlocks {
 public:
  static constexpr std::size_t rows_max = 1024;  // of a block: small enough for the nearest cache
  static constexpr std::uint32_t no_cell = 0xFFFFFFFF;

  explicit RowBlocks(std::span<const Addend> measures);

  // A cell is so many doubles: the number of rows, then each measure's sum; a measure with gaps has
  // the count of its numbers besides.
  std::size_t width() const { return 1 + measures_.size() + gaps_; }
  // Where in a cell a measure's sum and the count of its numbers are.
  std::size_t sum_place(std::size_t measure) const { return 1 + measure; }
  std::size_t count_place(std::size_t measure) const { return measures_[measure].count_place; }

  // Reads the numbers of `count` rows from row `first` on; at most rows_max.
  void read(std::size_t first, std::size_t count);

 private:
  friend class RowSums;
  // Three counters share a word.
  static constexpr std::size_t counter_bits = 21, counters_a_word = 3;
  static constexpr std::size_t counter_max = (std::size_t{1} << counter_bits) - 1;

  struct Measure {
    Addend addend;
    bool is_flag = false;         // every number is 0 or 1: it is counted
    std::size_t count_place = 0;  // 0: it has no gaps, and as many numbers as there are rows
    std::size_t counter = 0, number_counter = 0;  // of the flag; of its numbers, where it has gaps
    std::size_t real = 0;                         // place among the numbers that are not counted
  };
  template <class Bit>
  void count(std::size_t counter, std::size_t rows, Bit bit);

  std::vector<Measure> measures_;
  std::size_t gaps_ = 0, counters_ = 1, words_ = 1, reals_ = 0;
  std::vector<std::uint64_t> word_block_;  // [rows_max * words]
  std::vector<double> real_block_;         // [rows_max * reals]
};

// Cells being filled.
class RowSums {
 public:
  // Borrows the blocks, which must outlive it.
  RowSums(const RowBlocks& blocks, std::size_t cells);
  // Adds each row that was read to its cell. no_cell: to none.
  void add(std::span<const std::uint32_t> cell_of_row);
  // What was added, [cells * width]; nothing is left here.
  std::vector<double> take();

 private:
  void unpack();  // before a counter overflows

  const RowBlocks* blocks_;
  std::size_t rows_in_words_ = 0;
  std::vector<std::uint64_t> words_;  // [cells * words]
  std::vector<double> reals_;         // [cells * reals]
  std::vector<double> counts_;        // [cells * counters], what was unpacked before
};

}  // namespace insights::patterns
