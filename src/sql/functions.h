// The lists of what a statement may call and cast to, one per dialect, each in a file of its own:
// functions that compute a result from their arguments alone, whose result is bounded by the size
// of their arguments (or by a cap that is checked), and that analysis has a use for. What is not
// listed is refused, also what a later version of the engine brings.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace insights::sql {

// What bounds a function whose result is larger than its arguments.
enum class Growth {
  none,
  text,    // the argument says how many characters or copies
  list,    // the argument says how many entries
  format,  // the argument is a format text; its digits say how wide a field is
  series,  // start, stop and step say how many rows or entries
  number,  // the argument must be small, because the work grows with it
};

struct GrowingFunction {
  std::string_view name;
  Growth growth = Growth::none;
  int argument = 0;  // which one sets the size, counted from 0
};

// A group of functions that are on the list for the same reason.
struct FunctionGroup {
  std::string_view why;
  std::string_view names;  // separated by blanks
};

// One dialect's lists.
struct FunctionList {
  std::span<const FunctionGroup> functions;        // wherever an expression stands
  std::span<const FunctionGroup> table_functions;  // in FROM
  std::span<const GrowingFunction> growing;
  std::span<const FunctionGroup> operators;
  std::span<const FunctionGroup> types;
};

bool contains(std::span<const FunctionGroup> groups, std::string_view name);
const GrowingFunction* growing(const FunctionList& list, std::string_view name);

const FunctionList& duckdb_functions();
const FunctionList& postgres_functions();

}  // namespace insights::sql
