// The rows that a candidate is about, one bit each.
#pragma once

#include <cstdint>
#include <vector>

#include "patterns/pattern.h"

namespace insights::patterns {

class RowSet {
 public:
  RowSet() = default;  // of no rows
  RowSet(const catalog::Subject& subject, const Candidate& candidate);

  std::size_t count() const;
  std::size_t count_both(const RowSet& other) const;
  frame::Mask all_others() const;  // [rows] 1 = not among them

 private:
  static constexpr std::size_t bits_a_word = 64;
  void keep_only(const frame::CodeVector& codes, const std::vector<std::uint8_t>& wanted);

  std::size_t rows_ = 0;
  std::vector<std::uint64_t> bits_;
};

// Is it about some of the rows, rather than about all?
bool is_about_rows(const Candidate& candidate);

// The values a candidate is about: `values`, or `value` alone; ascending.
std::vector<std::uint32_t> values_of(const Candidate& candidate);

}  // namespace insights::patterns
