// Which database's SQL a text is written in, and how names and values are written in it.
#pragma once

#include <string>
#include <string_view>

namespace insights::sql {

enum class Dialect { duckdb, postgres };

std::string_view name(Dialect dialect);  // "duckdb", "postgres"

// A column or table name as the engine reads it back: always in double quotes, quotes doubled.
std::string quote_identifier(std::string_view identifier);

// A text value as a literal: single quotes doubled. Both engines run with standard strings.
std::string quote_text(std::string_view text);

}  // namespace insights::sql
