// The arithmetic of a Formula (claim.h): numbers, names, + - * /, unary minus, parentheses, and
// functions. Intervals are at 95 %.
//
//   abs(x)  min(x, ...)  max(x, ...)  sqrt(x)  ln(x)  exp(x)
//   wilson_low(k, n)        wilson_high(k, n)        of the rate k / n; 0 <= k <= n, n > 0
//   mean_low(mean, sd, n)   mean_high(mean, sd, n)   of a mean, Student; sd >= 0, n >= 2
//   poisson_low(k)          poisson_high(k)          of a count, exact (Garwood); k >= 0
//
// Sources: Wilson (1927), JASA 22, 209-212; Garwood (1936), Biometrika 28, 437-442.
//
// Every step must give a finite number: a division by zero, the root of a negative number, an
// overflow are Errors, so that nothing that is not a number reaches a reader.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "source/rows.h"

namespace insights::findings {

inline constexpr std::size_t formula_bytes_max = 4096;
inline constexpr int formula_depth_max = 64;  // of parentheses, calls and signs within each other

using Variables = std::map<std::string, double, std::less<>>;

// A formula that was read once, to be evaluated many times.
class Expression {
 public:
  // Error (invalid_input) with the place when the text is not a formula, is too long or too deep.
  static base::Result<Expression> parse(std::string_view text);

  // The variables it needs, without repetition, in order of first use.
  const std::vector<std::string>& names() const { return names_; }

  // A finite number. Error (invalid_input): a variable is missing, or a step has no finite value.
  base::Result<double> evaluate(const Variables& variables) const;

 private:
  friend class FormulaParser;
  struct Name {
    std::size_t index = 0;  // into names_
  };
  struct Call {
    std::size_t function = 0;  // into formula_functions()
    std::size_t arguments = 0;
  };
  enum class Operator { add, subtract, multiply, divide, negate };
  using Step = std::variant<double, Name, Call, Operator>;

  static base::Result<double> combined(Operator action, double left, double right);

  std::string text_;
  std::vector<std::string> names_;
  std::vector<Step> steps_;  // reverse Polish
};

// The formula with each variable that has a replacement replaced by it, in parentheses. Functions
// are left alone. Same errors as parse.
base::Result<std::string> with_names_replaced(
    std::string_view formula, const std::map<std::string, std::string, std::less<>>& replacements);

// A cell as a formula sees it: a day as its day number, a moment as days with a fraction, true
// as 1. Error (invalid_input): null, text, or a number that is not finite.
base::Result<double> number_of(const source::Cell& cell);

}  // namespace insights::findings
