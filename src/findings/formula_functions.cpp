#include "findings/formula_functions.h"

#include <algorithm>
#include <array>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "stats/distributions.h"

namespace insights::findings {

namespace {

using base::fail;
using Arguments = std::span<const double>;
using Outcome = base::Result<double>;

constexpr double tail = 0.025;  // of a 95 % interval, on each side
constexpr double count_max =
    1e15;  // beyond it the next whole number is no longer a double's neighbour

Outcome absolute(Arguments arguments) { return std::abs(arguments[0]); }
Outcome least(Arguments arguments) { return std::ranges::min(arguments); }
Outcome most(Arguments arguments) { return std::ranges::max(arguments); }
Outcome exponential(Arguments arguments) { return std::exp(arguments[0]); }

Outcome square_root(Arguments arguments) {
  if (arguments[0] < 0) return fail(base::ErrorKind::invalid_input, "sqrt of a negative number");
  return std::sqrt(arguments[0]);
}

Outcome logarithm(Arguments arguments) {
  if (arguments[0] <= 0) {
    return fail(base::ErrorKind::invalid_input, "ln of a number that is not above zero");
  }
  return std::log(arguments[0]);
}

// The end of Wilson's interval on the side of `sign`. Counts may have fractions (kilograms of
// kilograms).
Outcome wilson_end(Arguments arguments, double sign) {
  const double events = arguments[0], trials = arguments[1];
  if (!(events >= 0 && events <= trials && trials > 0 && trials <= count_max)) {
    return fail(base::ErrorKind::invalid_input, "a Wilson interval needs 0 <= k <= n and n > 0");
  }
  if (sign < 0 && events == 0) return 0.0;
  if (sign > 0 && events == trials) return 1.0;
  const double z = stats::normal_quantile(1 - tail);
  const double rate = events / trials;
  const double middle = rate + z * z / (2 * trials);
  const double spread = z * std::sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials));
  return std::clamp((middle + sign * spread) / (1 + z * z / trials), 0.0, 1.0);
}

Outcome wilson_low(Arguments arguments) { return wilson_end(arguments, -1); }
Outcome wilson_high(Arguments arguments) { return wilson_end(arguments, 1); }

Outcome mean_end(Arguments arguments, double sign) {
  const double mean = arguments[0], deviation = arguments[1], count = arguments[2];
  if (!(deviation >= 0 && count >= 2 && count <= count_max)) {
    return fail(base::ErrorKind::invalid_input, "a mean's interval needs sd >= 0 and n >= 2");
  }
  return mean + sign * stats::student_quantile(1 - tail, count - 1) * deviation / std::sqrt(count);
}

Outcome mean_low(Arguments arguments) { return mean_end(arguments, -1); }
Outcome mean_high(Arguments arguments) { return mean_end(arguments, 1); }

// The mean whose Poisson tail at `shape` has the given probability: a gamma quantile.
Outcome gamma_quantile(double shape, double probability) {
  try {
    return boost::math::gamma_p_inv(shape, probability);
  } catch (const std::exception& error) {
    return fail(base::ErrorKind::invalid_input,
                std::string("no Poisson interval for this count: ") + error.what());
  }
}

base::Status check_count(double count) {
  if (count >= 0 && count <= count_max) return {};
  return fail(base::ErrorKind::invalid_input, "a Poisson interval needs a count of zero or more");
}

Outcome poisson_low(Arguments arguments) {
  TRY(check_count(arguments[0]));
  if (arguments[0] == 0) return 0.0;
  return gamma_quantile(arguments[0], tail);
}

Outcome poisson_high(Arguments arguments) {
  TRY(check_count(arguments[0]));
  return gamma_quantile(arguments[0] + 1, 1 - tail);
}

constexpr std::size_t many = 16;

constexpr std::array<FormulaFunction, 12> table{{
    {"abs", 1, 1, absolute},
    {"min", 2, many, least},
    {"max", 2, many, most},
    {"sqrt", 1, 1, square_root},
    {"ln", 1, 1, logarithm},
    {"exp", 1, 1, exponential},
    {"wilson_low", 2, 2, wilson_low},
    {"wilson_high", 2, 2, wilson_high},
    {"mean_low", 3, 3, mean_low},
    {"mean_high", 3, 3, mean_high},
    {"poisson_low", 1, 1, poisson_low},
    {"poisson_high", 1, 1, poisson_high},
}};

}  // namespace

std::span<const FormulaFunction> formula_functions() { return table; }

std::optional<std::size_t> formula_function(std::string_view name) {
  const auto found = std::ranges::find(table, name, &FormulaFunction::name);
  if (found == table.end()) return std::nullopt;
  return static_cast<std::size_t>(found - table.begin());
}

}  // namespace insights::findings
