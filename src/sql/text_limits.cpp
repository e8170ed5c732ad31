#include "sql/text_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sql/letters.h"
#include "sql/utf8.h"

namespace insights::sql {

namespace {

// A text of this size cannot hold a chain that is too long for a parser.
constexpr std::size_t chain_counted_from = 4 << 10;

Verdict check_characters(std::string_view text) {
  while (!text.empty()) {
    if (text.front() == '\0') {
      return refuse(RefusalClass::unreadable, "the query holds a NUL character", "Remove it.");
    }
    const auto bytes = utf8_character_bytes(text);
    if (bytes == 0) {
      return refuse(RefusalClass::unreadable, "the query is not valid UTF-8", "Write it in UTF-8.");
    }
    text.remove_prefix(bytes);
  }
  return {};
}

// Counts the brackets of literals and comments too: a parser that recurses is not to be trusted
// with telling them apart.
Verdict check_nesting(std::string_view text) {
  int depth = 0;
  for (const char character : text) {
    if (character == '(' || character == '[' || character == '{') ++depth;
    if (character == ')' || character == ']' || character == '}') --depth;
    if (depth > nesting_max) {
      return refuse(RefusalClass::too_large,
                    fmt::format("the query is nested deeper than {} brackets", nesting_max),
                    "Write it with fewer brackets inside each other.");
    }
  }
  return {};
}

bool is_letter(char character) {
  return (character >= 'a' && character <= 'z') || character == '_' ||
         (character >= '0' && character <= '9') || (character & 0x80) != 0;
}

bool is_operator(char character) {
  return std::string_view("+-*/<>=~!@#%^&|?:").find(character) != std::string_view::npos;
}

bool joins(std::string_view word) {
  constexpr std::array words{
      std::string_view{"and"},     std::string_view{"or"},        std::string_view{"not"},
      std::string_view{"union"},   std::string_view{"intersect"}, std::string_view{"except"},
      std::string_view{"join"},    std::string_view{"case"},      std::string_view{"when"},
      std::string_view{"is"},      std::string_view{"collate"},   std::string_view{"at"},
      std::string_view{"like"},    std::string_view{"select"},    std::string_view{"isnull"},
      std::string_view{"notnull"}, std::string_view{"from"}};
  return std::ranges::count(words, word) > 0;
}

// Each operator or joining word can nest what follows it one deeper without a bracket. Those in
// literals and comments are counted, too.
Verdict check_chains(std::string_view text) {
  if (text.size() < chain_counted_from) return {};
  int links = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    if (is_letter(small_letter(text[at]))) {
      while (end < text.size() && is_letter(small_letter(text[end]))) ++end;
      if (joins(small_letters(text.substr(at, std::min<std::size_t>(end - at, 16))))) ++links;
    } else if (is_operator(text[at]) || text[at] == '[' || text[at] == '.') {
      ++links;
    }
    at = end;
  }
  if (links > chain_max) {
    return refuse(RefusalClass::too_large,
                  fmt::format("the query holds more than {} operators", chain_max),
                  "Compare with a list: column IN (...), and join what is in tables.");
  }
  return {};
}

}  // namespace

Verdict check_text(std::string_view text) {
  if (text.size() > text_bytes_max) {
    return refuse(RefusalClass::too_large,
                  fmt::format("the query is longer than {} KB", text_bytes_max >> 10),
                  "Write a shorter one.");
  }
  TRY(check_characters(text));
  TRY(check_nesting(text));
  return check_chains(text);
}

}  // namespace insights::sql
