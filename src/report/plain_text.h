// Text from data made fit to be shown: cleaned, measured, wrapped and cut. All UTF-8.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "findings/characters.h"

namespace insights::report {

// One line without anything that acts: white space becomes single spaces, controls, bidirectional
// overrides and invisible characters go, bytes that are not UTF-8 become U+FFFD.
std::string plain_text(std::string_view text);

// The same for text in lines, such as SQL: line ends and tabs stay, and what is taken out leaves a
// U+FFFD, so that a reader sees that it was there.
std::string plain_lines(std::string_view text);

// How many columns of a terminal the text takes; `text` is plain.
int columns_of(std::string_view text);

// `text` in lines of at most `width` columns, broken between words, never between a number and its
// unit or within a date. A word longer than `width` has a line of its own.
std::vector<std::string> wrapped(std::string_view text, int width);

// At most `width` columns; what was cut off leaves `ellipsis`.
std::string cut(std::string_view text, int width, std::string_view ellipsis);

// Whether a terminal or a page could act on the character instead of showing it: controls other
// than line end and tab, bidirectional overrides, line separators, invisible characters.
bool acts(char32_t code);

// Calls `take(code_point, bytes)` for each character; U+FFFD for each byte that is not UTF-8.
template <class Take>
void for_each_character(std::string_view text, Take take) {
  while (!text.empty()) {
    std::string_view rest = text;
    const char32_t code = findings::take_character(rest);
    take(code, text.substr(0, text.size() - rest.size()));
    text = rest;
  }
}

}  // namespace insights::report
