#include "patterns/row_set.h"

namespace insights::patterns {

std::vector<std::uint32_t> values_of(const Candidate& candidate) {
  return candidate.values.empty() ? std::vector{candidate.value} : candidate.values;
}

RowSet::Part RowSet::part_of(const catalog::Subject& subject, std::size_t column,
                             const std::vector<std::uint32_t>& values) {
  const auto& coded = subject.codes(column);
  Part part{&coded.codes, std::vector<std::uint8_t>(coded.values())};
  for (const auto value : values) part.wanted[value] = 1;
  return part;
}

RowSet::RowSet(const catalog::Subject& subject, const Candidate& candidate)
    : rows_(subject.frame.rows), first_(part_of(subject, candidate.column, values_of(candidate))) {
  if (candidate.second_column != no_column)
    second_ = part_of(subject, candidate.second_column, candidate.second_values);
}

std::size_t RowSet::count() const {
  std::size_t count = 0;
  for (std::size_t row = 0; row < rows_; ++row) count += has(row) ? 1 : 0;
  return count;
}

std::size_t RowSet::count_with(const RowSet& other) const {
  std::size_t count = 0;
  for (std::size_t row = 0; row < rows_; ++row) count += has(row) && other.has(row) ? 1 : 0;
  return count;
}

frame::Mask RowSet::all_others() const {
  frame::Mask mask(rows_);
  for (std::size_t row = 0; row < rows_; ++row) mask[row] = has(row) ? 0 : 1;
  return mask;
}

}  // namespace insights::patterns
