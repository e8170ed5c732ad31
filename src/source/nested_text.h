// Values that are no plain number, date or text (lists, structs, intervals, UUIDs ...) as text, by
// DuckDB's own cast.
#pragma once

#include <duckdb.h>

#include <string>

namespace insights::source::engine {

// False for a type, or a type inside it, that the C interface this program was built with does not
// know.
bool has_text(duckdb_logical_type type);

// The text of a value that is not null. Slow: for the few such columns there are.
std::string nested_text(duckdb_vector vector, duckdb_logical_type type, idx_t row);

}  // namespace insights::source::engine
