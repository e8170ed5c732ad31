// When may the rows of a statement be told though single rows may not? When the statement is one
// plain aggregate whose groups count their rows, so that small groups can be left out.
#pragma once

#include <string>
#include <string_view>

namespace insights::tools {

// Why not, in words for who wrote the statement; empty when it may. It may when it has one SELECT
// and one table, no set operation, no window, no FILTER or CASE (which would look at fewer rows
// than the group has), calls only functions that add up, average or round, and has "count(*) AS
// <rows_column>". The gate has judged it or will: this reads words, not grammar, and refuses what
// it does not know.
std::string aggregate_objection(std::string_view sql, std::string_view rows_column);

}  // namespace insights::tools
