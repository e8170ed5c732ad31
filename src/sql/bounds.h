// How large the number that an expression gives can be at most, as far as its text alone tells.
// What functions that make things of a given size are asked for is held to it.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "sql/syntax_tree.h"

namespace insights::sql {

// One step of arithmetic, as a dialect reads it out of its tree.
struct Arithmetic {
  enum class Step {
    unknown,
    constant,  // `value`
    same,      // a cast, a rounding: of the one operand
    negative,  // of the one operand
    size,      // the absolute value of the one operand
    sum,
    difference,
    product,
    quotient,
    remainder,
    least,
    any_of,  // greatest, coalesce, CASE: one of the operands
  };
  Step step = Step::unknown;
  double value = 0;
  std::vector<Node> operands;
};
using ReadArithmetic = std::function<Arithmetic(Node)>;

// Not less than any value of the expression; nothing when its text sets no bound.
std::optional<double> upper_bound(Node expression, const ReadArithmetic& read);

// The same of the absolute value.
std::optional<double> size_bound(Node expression, const ReadArithmetic& read);

// The value of an expression of constants alone.
std::optional<double> constant_value(Node expression, const ReadArithmetic& read);

// The caps. An analysis stays below by orders of magnitude; what is beyond is a mistake or a bomb.
inline constexpr double text_size_max = 100'000;     // characters; of nested calls the product
inline constexpr double statement_growth_max = 1e6;  // product of all above growth_counted_from
inline constexpr double growth_counted_from = 100;
inline constexpr double list_entries_max = 1e6;
inline constexpr double series_rows_max = 1e7;

// The number at the start of a text ("30 days" is 30); nothing if there is none.
std::optional<double> leading_number(std::string_view text);

// A step of less than an hour, or of unknown length: "30 minutes", "1 ms", "x".
bool is_short_interval(std::string_view text);

// The longest run of digits in a format text, as a number: the widest field it can ask for.
double widest_field(std::string_view format);

}  // namespace insights::sql
