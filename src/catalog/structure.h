// What holds between columns, found in the data alone: functional dependencies, identities, the
// money chain, what marks a return. Pure functions over a frame.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "frame/frame.h"

namespace insights::catalog {

// determines[a][b] for the coded columns among `columns`; false elsewhere. A dependency may fail on
// one row in a thousand (a customer that moved), and needs repeats: a column of unique values
// determines nothing.
std::vector<std::vector<bool>> functional_dependencies(const frame::Frame& frame,
                                                       const std::vector<std::size_t>& columns);

// Share of rows on which a value of `code` goes with its most frequent `label`; 1 = a strict label.
double label_agreement(const frame::Coded& code, const frame::Coded& label);

// Products and differences among numeric columns that hold on at least 99 % of the rows, to
// rounding.
std::vector<Identity> find_identities(const frame::Frame& frame,
                                      const std::vector<std::size_t>& numeric);

// The longest chain of columns each of which keeps the sign of the one before, is at most as large
// on nearly every row, and typically at least 70 % of it. Empty when there is none of two or more.
std::vector<std::size_t> find_chain(const frame::Frame& frame,
                                    const std::vector<std::size_t>& candidates);

// Which rows take sales back, told by the sign of `size`, and the column that says so if one does.
struct SignMarker {
  std::size_t column = 0;  // the coded column; `size` itself when only the sign tells
  std::string value;       // of the column; or a leading letter, see `prefix`
  bool prefix = false;
  bool by_sign = false;
  std::vector<double> flags;  // [rows] 1 = taken back
};
std::optional<SignMarker> find_return_marker(const frame::Frame& frame, std::size_t size,
                                             const std::vector<std::size_t>& coded);

}  // namespace insights::catalog
