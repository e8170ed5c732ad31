#include "sql/bounds.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace insights::sql {

namespace {

using Step = Arithmetic::Step;
using Bound = std::optional<double>;
using Of = Bound (*)(Node, const ReadArithmetic&);

// What `combine` makes of the bounds of all operands; nothing when one has none.
template <class Combine>
Bound of_all(const Arithmetic& arithmetic, const ReadArithmetic& read, Of of, Combine combine) {
  Bound result;
  for (const auto operand : arithmetic.operands) {
    const auto bound = of(operand, read);
    if (!bound) return std::nullopt;
    result = result ? combine(*result, *bound) : *bound;
  }
  return result;
}

double larger(double a, double b) { return std::max(a, b); }

bool is_digit(char character) { return character >= '0' && character <= '9'; }

}  // namespace

std::optional<double> upper_bound(Node expression, const ReadArithmetic& read) {
  const auto arithmetic = read(expression);
  const auto& operands = arithmetic.operands;
  switch (arithmetic.step) {
    case Step::unknown:
      return std::nullopt;
    case Step::constant:
      return arithmetic.value;
    case Step::same:
      return operands.empty() ? std::nullopt : upper_bound(operands.front(), read);
    case Step::negative:
    case Step::size:
    case Step::product:
    case Step::remainder:
      return size_bound(expression, read);
    case Step::sum:
      return of_all(arithmetic, read, upper_bound, [](double a, double b) { return a + b; });
    case Step::difference: {
      if (operands.size() != 2) return size_bound(expression, read);
      const auto from = upper_bound(operands[0], read);
      const auto taken = size_bound(operands[1], read);
      if (!from || !taken) return std::nullopt;
      return *from + *taken;
    }
    case Step::quotient: {
      if (operands.size() != 2) return std::nullopt;
      const auto of = upper_bound(operands[0], read);
      const auto by = constant_value(operands[1], read);
      if (!of || !by || *by < 1) return std::nullopt;
      return larger(*of, 0);
    }
    case Step::least: {
      Bound least;
      for (const auto operand : operands) {
        const auto bound = upper_bound(operand, read);
        if (bound) least = least ? std::min(*least, *bound) : *bound;
      }
      return least;
    }
    case Step::any_of:
      return of_all(arithmetic, read, upper_bound, larger);
  }
  return std::nullopt;
}

std::optional<double> size_bound(Node expression, const ReadArithmetic& read) {
  const auto arithmetic = read(expression);
  switch (arithmetic.step) {
    case Step::unknown:
    case Step::least:
      return std::nullopt;
    case Step::constant:
      return std::abs(arithmetic.value);
    case Step::same:
    case Step::negative:
    case Step::size:
    case Step::any_of:
      return of_all(arithmetic, read, size_bound, larger);
    case Step::sum:
    case Step::difference:
      return of_all(arithmetic, read, size_bound, [](double a, double b) { return a + b; });
    case Step::product:
      return of_all(arithmetic, read, size_bound, [](double a, double b) { return a * b; });
    case Step::quotient: {
      if (arithmetic.operands.size() != 2) return std::nullopt;
      const auto by = constant_value(arithmetic.operands[1], read);
      if (!by || std::abs(*by) < 1) return std::nullopt;
      return size_bound(arithmetic.operands[0], read);
    }
    case Step::remainder:
      return arithmetic.operands.size() == 2 ? size_bound(arithmetic.operands[1], read)
                                             : std::nullopt;
  }
  return std::nullopt;
}

std::optional<double> constant_value(Node expression, const ReadArithmetic& read) {
  const auto arithmetic = read(expression);
  const auto& operands = arithmetic.operands;
  if (arithmetic.step == Step::constant) return arithmetic.value;
  if (operands.empty()) return std::nullopt;
  const auto first = constant_value(operands[0], read);
  if (!first) return std::nullopt;
  if (arithmetic.step == Step::same) return first;
  if (arithmetic.step == Step::negative) return -*first;
  if (operands.size() != 2) return std::nullopt;
  const auto second = constant_value(operands[1], read);
  if (!second) return std::nullopt;
  if (arithmetic.step == Step::sum) return *first + *second;
  if (arithmetic.step == Step::difference) return *first - *second;
  if (arithmetic.step == Step::product) return *first * *second;
  return std::nullopt;
}

std::optional<double> leading_number(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) return std::numeric_limits<double>::infinity();
  if (error != std::errc{}) return std::nullopt;
  return value;
}

bool is_short_interval(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), [](char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                                : character;
  });
  if (leading_number(small).value_or(0) < 1) return true;
  constexpr std::array<std::string_view, 9> long_units{
      "hour", "day", "week", "mon", "quarter", "year", "decade", "cent", "millenni"};
  return std::ranges::none_of(
      long_units, [&](std::string_view unit) { return small.find(unit) != std::string::npos; });
}

double widest_field(std::string_view format) {
  double widest = 0;
  for (std::size_t at = 0; at < format.size(); ++at) {
    if (!is_digit(format[at])) continue;
    double value = 0;
    for (; at < format.size() && is_digit(format[at]); ++at)
      value = value * 10 + (format[at] - '0');
    widest = std::max(widest, value);
  }
  return widest;
}

}  // namespace insights::sql
