// What is looked at before any parser sees a text: its size, its characters, and how deep a parser
// that recurses could be led.
#pragma once

#include <string_view>

#include "sql/refusal.h"

namespace insights::sql {

inline constexpr std::size_t text_bytes_max = std::size_t{64} << 10;
inline constexpr int nesting_max = 200;  // brackets
inline constexpr int chain_max = 2'000;  // operators and joining words of a long text

// Refusals: too_large, unreadable.
Verdict check_text(std::string_view text);

}  // namespace insights::sql
