// The functions of the formula language, one entry each. What they mean: formula.h.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"

namespace insights::findings {

struct FormulaFunction {
  std::string_view name;
  std::size_t arguments_min = 1, arguments_max = 1;
  // The value (it may still be infinite), or an Error that says what the arguments must be.
  base::Result<double> (*apply)(std::span<const double> arguments) = nullptr;
};

std::span<const FormulaFunction> formula_functions();

// Its place in the table.
std::optional<std::size_t> formula_function(std::string_view name);

}  // namespace insights::findings
