#include "patterns/row_set.h"

#include <algorithm>
#include <bit>

namespace insights::patterns {

bool is_about_rows(const Candidate& candidate) {
  return candidate.column != no_column || candidate.own_rows;
}

std::vector<std::uint32_t> values_of(const Candidate& candidate) {
  auto values = candidate.values.empty() ? std::vector{candidate.value} : candidate.values;
  std::ranges::sort(values);
  return values;
}

RowSet::RowSet(const catalog::Subject& subject, const Candidate& candidate)
    : rows_(subject.frame.rows),
      bits_((subject.frame.rows + bits_a_word - 1) / bits_a_word, ~std::uint64_t{0}) {
  if (rows_ % bits_a_word != 0 && !bits_.empty())
    bits_.back() = (std::uint64_t{1} << (rows_ % bits_a_word)) - 1;
  if (candidate.own_rows) {
    const auto own = candidate.own_rows();
    for (std::size_t row = 0; row < rows_; ++row) {
      if (own[row] == 0) bits_[row / bits_a_word] &= ~(std::uint64_t{1} << (row % bits_a_word));
    }
  }
  const auto keep = [&](std::size_t column, const std::vector<std::uint32_t>& values) {
    const auto& coded = subject.codes(column);
    std::vector<std::uint8_t> wanted(coded.values());
    for (const auto value : values) wanted[value] = 1;
    keep_only(coded.codes, wanted);
  };
  if (candidate.column != no_column) keep(candidate.column, values_of(candidate));
  for (const auto& part : candidate.within) keep(part.column, {part.value});
}

void RowSet::keep_only(const frame::CodeVector& codes, const std::vector<std::uint8_t>& wanted) {
  codes.visit([&](const auto* code) {
    for (std::size_t word = 0; word < bits_.size(); ++word) {
      const std::size_t first = word * bits_a_word;
      const std::size_t last = std::min(rows_, first + bits_a_word);
      std::uint64_t kept = 0;
      for (std::size_t row = first; row < last; ++row)
        kept |= std::uint64_t{wanted[code[row]]} << (row - first);
      bits_[word] &= kept;
    }
  });
}

std::size_t RowSet::count() const {
  std::size_t count = 0;
  for (const auto word : bits_) count += static_cast<std::size_t>(std::popcount(word));
  return count;
}

std::size_t RowSet::count_both(const RowSet& other) const {
  std::size_t count = 0;
  for (std::size_t word = 0; word < bits_.size(); ++word)
    count += static_cast<std::size_t>(std::popcount(bits_[word] & other.bits_[word]));
  return count;
}

frame::Mask RowSet::all_others() const {
  frame::Mask mask(rows_);
  for (std::size_t row = 0; row < rows_; ++row)
    mask[row] = (bits_[row / bits_a_word] >> (row % bits_a_word) & 1U) == 0 ? 1 : 0;
  return mask;
}

}  // namespace insights::patterns
