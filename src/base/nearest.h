// The known name nearest to a mistyped one, for error hints.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace insights::base {

// Edits (insert, delete, replace, swap of neighbours) that turn one text into the other, case
// ignored. Source: restricted Damerau-Levenshtein distance (Damerau 1964).
std::size_t edit_distance(std::string_view a, std::string_view b);

// `did you mean "x"?`, or "known: a, b, c" when nothing is near.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& known);

}  // namespace insights::base
