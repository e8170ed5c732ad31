// The functions of the formula language, as a table: one entry each. See formula.h for what they mean.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"

namespace insights::findings {

struct FormulaFunction {
  std::string_view name;
  std::size_t arguments_min = 1, arguments_max = 1;
  // The value, or an Error that says which argument cannot be; the value may still be infinite or NaN.
  base::Result<double> (*apply)(std::span<const double> arguments) = nullptr;
};

std::span<const FormulaFunction> formula_functions();

// Its place in the table.
std::optional<std::size_t> formula_function(std::string_view name);

}  // namespace insights::findings
