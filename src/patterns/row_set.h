// The rows that a candidate is about: those with one of some values in one column, and perhaps in a
// second one too.
#pragma once

#include <cstdint>
#include <vector>

#include "patterns/pattern.h"

namespace insights::patterns {

class RowSet {
 public:
  // ensure: the candidate is about rows (its column is not no_column).
  RowSet(const catalog::Subject& subject, const Candidate& candidate);

  bool has(std::size_t row) const {
    return first_.wanted[(*first_.codes)[row]] != 0 &&
           (second_.codes == nullptr || second_.wanted[(*second_.codes)[row]] != 0);
  }
  std::size_t count() const;
  std::size_t count_with(const RowSet& other) const;
  frame::Mask all_others() const;  // [rows] 1 = not among them

 private:
  struct Part {
    const frame::CodeVector* codes = nullptr;
    std::vector<std::uint8_t> wanted;  // [value]
  };
  static Part part_of(const catalog::Subject& subject, std::size_t column,
                      const std::vector<std::uint32_t>& values);
  std::size_t rows_;
  Part first_, second_;
};

// The values a candidate is about: `values`, or `value` alone.
std::vector<std::uint32_t> values_of(const Candidate& candidate);

}  // namespace insights::patterns
