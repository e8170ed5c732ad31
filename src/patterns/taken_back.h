// The rows of orders that were taken back again, in SQL and in words; used by row_outlier.
#pragma once

#include <string>
#include <vector>

#include "findings/claim.h"
#include "patterns/large_orders.h"

namespace insights::patterns {

// True on the rows of the pairs; at least one. `product` may be no_column.
std::string pairs_sql(const Workspace& workspace, const std::vector<OffsettingPair>& pairs,
                      std::size_t product);

// What identifies a row for a reader (document, day, customer, product), as a SELECT list with a
// comma after it.
std::string row_columns_sql(const Workspace& workspace, std::size_t product);

// "Two large orders, of 800 and 700 units, were cancelled again". `pairs` most money first, at
// least one.
findings::Claim state_taken_back(const Workspace& workspace, std::size_t product,
                                 std::vector<OffsettingPair> pairs);

}  // namespace insights::patterns
