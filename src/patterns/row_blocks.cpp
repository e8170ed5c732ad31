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

}  // namespace

RowBlocks::RowBlocks(std::span<const Addend> measures)
    : measures_(measures.begin(), measures.end()), width_(1 + measures.size()) {
  for (const auto& measure : measures_)
    count_places_.push_back(has_gaps(*measure.numbers) ? width_++ : 0);
  block_.assign(rows_max * width_, 1);  // the number of rows stays as it is here
}

void RowBlocks::read(std::size_t first, std::size_t count) {
  for (std::size_t measure = 0; measure < measures_.size(); ++measure) {
    const double* numbers = measures_[measure].numbers->data() + first;
    const bool squared = measures_[measure].squared;
    double* sum = block_.data() + sum_place(measure);
    if (count_places_[measure] == 0) {
      for (std::size_t i = 0; i < count; ++i)
        sum[i * width_] = squared ? numbers[i] * numbers[i] : numbers[i];
      continue;
    }
    double* counted = block_.data() + count_places_[measure];
    for (std::size_t i = 0; i < count; ++i) {
      const bool gap = std::isnan(numbers[i]);
      sum[i * width_] = gap ? 0 : squared ? numbers[i] * numbers[i] : numbers[i];
      counted[i * width_] = gap ? 0 : 1;
    }
  }
}

void RowBlocks::add_to(std::vector<double>& cells,
                       std::span<const std::uint32_t> cell_of_row) const {
  const double* row = block_.data();
  const auto add_rows = [&](auto width) {
    for (const auto place : cell_of_row) {
      if (place != no_cell) {
        double* cell = cells.data() + place * width;
        for (std::size_t i = 0; i < width; ++i) cell[i] += row[i];
      }
      row += width;
    }
  };
  // The usual widths are known to the compiler, which unrolls the inner loop.
  const auto with_width = [&]<std::size_t... widths>(std::index_sequence<widths...>) {
    const bool known = ((width_ == widths + 2 &&
                         (add_rows(std::integral_constant<std::size_t, widths + 2>{}), true)) ||
                        ...);
    if (!known) add_rows(width_);
  };
  with_width(std::make_index_sequence<12>{});
}

}  // namespace insights::patterns
