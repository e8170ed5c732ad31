// Single orders large enough to make a record, and orders that were taken back again: what a sum
// has to hold without.
#pragma once

#include <cstdint>
#include <vector>

#include "patterns/workspace.h"

namespace insights::patterns {

// Money of the largest order (of the column that numbers documents where there is one, else row) of
// a period: the one that adds most (`upward`), or that takes most away; its sign as it is, 0 when
// there is none. Only rows of `value` when `column` is one. REQUIRES: the subject has money and
// periods.
double largest_order(const Workspace& workspace, std::size_t period, std::size_t column,
                     std::uint32_t value, bool upward);

// An order and the row that takes it back: same thing, same customer where there is one, opposite
// size, within two months.
struct OffsettingPair {
  std::size_t order_row = 0, return_row = 0;
  double size = 0;   // quantity where there is one, else money; above 0
  double money = 0;  // of the order
};

// Pairs whose order is worth at least `money_min`, most money first. Rows whose code of `product`
// is among `left_out` take no part. Empty without money and time. `product` may be no_column.
std::vector<OffsettingPair> offsetting_pairs(const Workspace& workspace, std::size_t product,
                                             const std::vector<std::uint32_t>& left_out,
                                             double money_min);

}  // namespace insights::patterns
