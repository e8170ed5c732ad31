// What the engine writes from bindings and evidence rows: values with their texts, and the impact.
// Used when a finding is proven, and again when it is verified.
#pragma once

#include <map>
#include <span>
#include <string>

#include "base/result.h"
#include "findings/finding.h"
#include "findings/format_value.h"

namespace insights::findings {

// Error (invalid_input): as value_of and format_value.
base::Result<Value> render_value(const ValueBinding& binding, std::span<const Evidence> evidence,
                                 const NumberStyle& style);

// One of an impact's three numbers. Errors: as value_of and number_of.
base::Result<double> amount_of(const Binding& binding, std::span<const Evidence> evidence);

// "₹55.2K of sales a month at risk (₹40.1K to ₹70.4K)"; no phrase at the end for Account::none, no
// range where it reads the same as the amount, "" for an impact without an amount. Reads account,
// amounts, unit, is_money, per and of_template. Error (invalid_input): a number that is not finite,
// a `per` that is not a span of time, an of_template that cannot be filled.
base::Result<std::string> impact_text(const Impact& impact,
                                      const std::map<std::string, Value>& values,
                                      const NumberStyle& style);

// Error (invalid_input) unless all three are finite, low <= amount <= high (up to rounding) and, in
// an account, amount >= 0.
base::Status check_amounts(const Impact& impact);

}  // namespace insights::findings
