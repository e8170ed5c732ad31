#include "patterns/row_blocks.h"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

namespace insights::patterns {

namespace {

bool has_gaps(const std::vector<double>& numbers) {
  return std::ranges::any_of(numbers, [](double number) { return std::isnan(number); });
}

bool has_only_flags(const std::vector<double>& numbers) {
  return std::ranges::all_of(
      numbers, [](double number) { return number == 0 || number == 1 || std::isnan(number); });
}

// Calls with a constant where `value` is a usual one, so that the compiler unrolls loops over it.
template <std::size_t usual_max, class Call>
void with_constant(std::size_t value, Call call) {
  const auto among = [&]<std::size_t... usual>(std::index_sequence<usual...>) {
    return ((value == usual && (call(std::integral_constant<std::size_t, usual>{}), true)) || ...);
  };
  if (!among(std::make_index_sequence<usual_max + 1>{})) call(value);
}

}  // namespace

RowBlocks::RowBlocks(std::span<const Addend> measures) {
  for (const auto& addend : measures) {
    auto& measure = measures_.emplace_back(addend);
    measure.is_flag = has_only_flags(*addend.numbers);
    (measure.is_flag ? measure.counter : measure.real) = measure.is_flag ? counters_++ : reals_++;
    if (!has_gaps(*addend.numbers)) continue;
    measure.count_place = 1 + measures.size() + gaps_++;
    measure.number_counter = counters_++;
  }
  words_ = (counters_ + counters_a_word - 1) / counters_a_word;
  word_block_.resize(rows_max * words_);
  real_block_.resize(rows_max * reals_);
}

template <class Bit>
void RowBlocks::count(std::size_t counter, std::size_t rows, Bit bit) {
  std::uint64_t* word = word_block_.data() + counter / counters_a_word;
  const auto shift = counter % counters_a_word * counter_bits;
  for (std::size_t i = 0; i < rows; ++i) word[i * words_] |= std::uint64_t{bit(i)} << shift;
}

void RowBlocks::read(std::size_t first, std::size_t rows) {
  std::ranges::fill(word_block_, 0);
  count(0, rows, [](std::size_t) { return true; });
  for (const auto& measure : measures_) {
    const double* numbers = measure.addend.numbers->data() + first;
    const bool gaps = measure.count_place != 0, squared = measure.addend.squared;
    if (gaps) count(measure.number_counter, rows, [&](auto i) { return !std::isnan(numbers[i]); });
    if (measure.is_flag) {
      count(measure.counter, rows, [&](auto i) { return numbers[i] == 1; });
      continue;
    }
    double* reals = real_block_.data() + measure.real;
    const double centre = measure.addend.centre;
    for (std::size_t i = 0; i < rows; ++i) {
      const double number = gaps && std::isnan(numbers[i]) ? 0 : numbers[i] - centre;
      reals[i * reals_] = squared ? number * number : number;
    }
  }
}

RowSums::RowSums(const RowBlocks& blocks, std::size_t cells)
    : blocks_(&blocks), words_(cells * blocks.words_), reals_(cells * blocks.reals_) {}

void RowSums::add(std::span<const std::uint32_t> cell_of_row) {
  if (rows_in_words_ + cell_of_row.size() > RowBlocks::counter_max) unpack();
  rows_in_words_ += cell_of_row.size();
  const auto add_rows = [&](auto words, auto reals) {
    const std::uint64_t* word = blocks_->word_block_.data();
    const double* real = blocks_->real_block_.data();
    for (const std::size_t cell : cell_of_row) {
      if (cell != RowBlocks::no_cell) {
        std::uint64_t* cell_words = words_.data() + cell * words;
        for (std::size_t i = 0; i < words; ++i) cell_words[i] += word[i];
        double* cell_reals = reals_.data() + cell * reals;
        for (std::size_t i = 0; i < reals; ++i) cell_reals[i] += real[i];
      }
      word += words;
      real += reals;
    }
  };
  constexpr std::size_t words_usual = 2, reals_usual = 12;
  with_constant<words_usual>(blocks_->words_, [&](auto words) {
    with_constant<reals_usual>(blocks_->reals_, [&](auto reals) { add_rows(words, reals); });
  });
}

void RowSums::unpack() {
  const std::size_t words = blocks_->words_, counters = blocks_->counters_;
  const std::size_t cells = words_.size() / words;
  counts_.resize(cells * counters);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    for (std::size_t i = 0; i < counters; ++i) {
      const auto word = words_[cell * words + i / RowBlocks::counters_a_word];
      const auto shift = i % RowBlocks::counters_a_word * RowBlocks::counter_bits;
      counts_[cell * counters + i] += static_cast<double>(word >> shift & RowBlocks::counter_max);
    }
  }
  std::ranges::fill(words_, 0);
  rows_in_words_ = 0;
}

std::vector<double> RowSums::take() {
  unpack();
  const std::size_t width = blocks_->width(), counters = blocks_->counters_;
  const std::size_t cells = words_.size() / blocks_->words_;
  std::vector<double> taken(cells * width);
  const auto put = [&](std::size_t place, const std::vector<double>& from, std::size_t at,
                       std::size_t stride) {
    for (std::size_t cell = 0; cell < cells; ++cell)
      taken[cell * width + place] = from[cell * stride + at];
  };
  put(0, counts_, 0, counters);
  for (std::size_t i = 0; i < blocks_->measures_.size(); ++i) {
    const auto& measure = blocks_->measures_[i];
    if (measure.is_flag)
      put(blocks_->sum_place(i), counts_, measure.counter, counters);
    else
      put(blocks_->sum_place(i), reals_, measure.real, blocks_->reals_);
    if (measure.count_place != 0)
      put(measure.count_place, counts_, measure.number_counter, counters);
  }
  words_ = {};
  reals_ = counts_ = {};
  return taken;
}

}  // namespace insights::patterns
