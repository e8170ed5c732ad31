#include "sql/dialect.h"

#include <utility>

namespace insights::sql {

namespace {

std::string quoted(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char character : text) {
    result += character;
    if (character == quote) result += quote;
  }
  result += quote;
  return result;
}

}  // namespace

std::string_view name(Dialect dialect) {
  switch (dialect) {
    case Dialect::duckdb:
      return "duckdb";
    case Dialect::postgres:
      return "postgres";
  }
  std::unreachable();
}

std::string quote_identifier(std::string_view identifier) { return quoted(identifier, '"'); }

std::string quote_text(std::string_view text) { return quoted(text, '\''); }

}  // namespace insights::sql
