// When two cells count as the same: the rule of every comparison between stored and recomputed
// values.
#pragma once

#include "source/rows.h"

namespace insights::findings {

// A sum of doubles depends on the order of its parts in the last digits, and engines do not promise
// one.
inline constexpr double relative_tolerance = 1e-12;

// Equal, or within relative_tolerance of the larger. NaN is the same as nothing.
bool same_number(double first, double second);

// Same kind and equal; integers and reals compare as numbers, reals by same_number.
bool same_cell(const source::Cell& first, const source::Cell& second);

}  // namespace insights::findings
