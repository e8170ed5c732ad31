// The words that free texts mention, and which rows mention them. A mention is the same for the
// program and for the database: the text in small letters, every run of spaces, punctuation and
// digits as one space, holds the word (or the two words) between spaces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "patterns/workspace.h"

namespace insights::patterns {

struct Term {
  std::string text;                   // "printer", "multiple departments"
  std::int64_t rows = 0;              // that mention it
  std::vector<std::uint8_t> in_text;  // [dictionary of the column] 1 = this text mentions it
};

struct TextColumn {
  std::size_t column = 0;
  std::int64_t rows = 0;    // with a text
  std::vector<Term> terms;  // most frequent first; of several on the same rows one
};

// Columns of free text with their terms: in 2 % of the texts at least and 95 % at most, on ten rows
// or more, without words that say nothing and words of the table's own names.
std::vector<TextColumn> text_columns(const Workspace& workspace);

// " printer does not print ": as a mention is looked for.
std::string spaced(std::string_view text);
// The same in SQL, of a text expression; and whether it mentions the words.
std::string mentions_sql(std::string_view text_sql, std::string_view words);

}  // namespace insights::patterns
