// Where UTF-8 is valid.
#pragma once

#include <cstddef>
#include <string_view>

namespace insights::sql {

// How many bytes (1 to 4) the character at the start of `bytes` has; 0 if they are no UTF-8.
// Overlong forms, surrogates and what lies beyond U+10FFFF are none. `bytes` is not empty.
std::size_t utf8_character_bytes(std::string_view bytes);

}  // namespace insights::sql
