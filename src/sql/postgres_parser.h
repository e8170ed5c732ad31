// PostgreSQL's own grammar (libpg_query): text to tree, and tree to text.
#pragma once

#include <expected>
#include <string>

#include "sql/refusal.h"
#include "sql/syntax_tree.h"

namespace insights::sql {

// The tree of the text, which may hold any number of statements of any kind. Refusals: syntax,
// too_large.
std::expected<SyntaxTree, Refusal> parse_postgres(const std::string& text);

// The text with its tokens as they were, one blank between them, without comments, and with no
// string whose meaning depends on a setting of the server ('\' is not the same everywhere).
// Refusals: syntax; construct (a string that is continued on another line and holds a backslash).
std::expected<std::string, Refusal> respell_postgres(const std::string& text);

// The text written anew from its tree. Only for what has passed the rules: writing is as good as
// its tests. Refusal: construct (it cannot be written).
std::expected<std::string, Refusal> rewrite_postgres(const std::string& text);

}  // namespace insights::sql
