// Codes that are not written like the others of their column: fees, postage, adjustments among
// product numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"

namespace insights::patterns {

// What a text looks like: letters as A, digits as 9, runs of each once, the rest as it is.
// "AB-1204/x" -> "A-9/A".
std::string shape_of(std::string_view text);

// Codes of a text column, ascending, whose shape is none of the usual ones: each usual shape covers
// at least one value in twenty, all of them together at least nine in ten, and a code has digits.
// Empty where there is no such rule (names, few values).
std::vector<std::uint32_t> odd_codes(const catalog::Subject& subject, std::size_t column);

}  // namespace insights::patterns
