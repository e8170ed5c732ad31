// Text as characters (Unicode code points), for what must not depend on bytes: lengths, numerals,
// and the invisible characters with which a database value could rearrange a sentence.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace insights::findings {

inline constexpr char32_t replacement_character = 0xFFFD;

// The next character of `rest`, which loses its bytes; `rest` is not empty. A byte that is not
// UTF-8 gives the replacement character and costs one byte.
char32_t take_character(std::string_view& rest);

void append_character(std::string& text, char32_t character);

// How many characters; each broken byte counts as one.
std::size_t characters_in(std::string_view text);

// A digit of any script, and also what reads as one: superscripts, fractions, circled and Roman
// numbers. Unicode 15 category N.
bool is_numeral(char32_t character);

// Controls, bidirectional marks, zero-width and filler characters, tags, surrogates,
// non-characters.
bool is_invisible(char32_t character);

// A line break, tab or line separator: shown as a space.
bool is_break(char32_t character);

// The text fit to stand in a sentence: breaks become spaces, invisible characters go, broken bytes
// become the replacement character, spaces at both ends go. Longer than `characters_max` (at least
// 1): cut, with "…" as the last character.
std::string clean_text(std::string_view text, std::size_t characters_max);

}  // namespace insights::findings
