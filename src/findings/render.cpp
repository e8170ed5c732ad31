#include "findings/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "findings/evidence.h"
#include "findings/formula.h"
#include "findings/same_cell.h"
#include "findings/sentence.h"

namespace insights::findings {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;

std::string_view phrase(Account account) {
  switch (account) {
    case Account::none:
      return "";
    case Account::at_risk:
      return " at risk";
    case Account::lost:
      return " lost";
    case Account::opportunity:
      return " to gain";
  }
  std::unreachable();
}

Result<std::string> span_text(std::string_view per) {
  constexpr std::array<std::string_view, 6> spans{"", "day", "week", "month", "quarter", "year"};
  if (std::ranges::find(spans, per) == spans.end()) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("an impact cannot be per \"{}\": use day, week, month, quarter or year", per));
  }
  return per.empty() ? std::string() : fmt::format(" a {}", per);
}

}  // namespace

Result<Value> render_value(const ValueBinding& binding, std::span<const Evidence> evidence,
                           const NumberStyle& style) {
  auto cell = TRY(value_of(binding.from, evidence));
  auto text = TRY(format_value(cell, binding.format, binding.unit, style));
  return Value{binding, std::move(cell), std::move(text)};
}

Result<double> amount_of(const Binding& binding, std::span<const Evidence> evidence) {
  if (is_unset(binding)) return fail(ErrorKind::invalid_input, "the impact has no such amount");
  return number_of(TRY(value_of(binding, evidence)));
}

Result<std::string> impact_text(const Impact& impact, const std::map<std::string, Value>& values,
                                const NumberStyle& style) {
  if (is_unset(impact.amount_from)) return std::string();
  const Format format = impact.is_money ? Format::money : Format::decimal;
  const std::string range_unit = impact.is_money ? impact.unit : "";
  const auto amount = TRY(format_value(impact.amount, format, impact.unit, style));
  const auto same = TRY(format_value(impact.amount, format, range_unit, style));
  const auto low = TRY(format_value(impact.low, format, range_unit, style));
  const auto high = TRY(format_value(impact.high, format, range_unit, style));
  const auto span = TRY(span_text(impact.per));
  const auto of = TRY(fill(impact.of_template, values));
  auto text = amount + (of.empty() ? "" : " of " + of) + span;
  text += phrase(impact.account);
  if (low != same || high != same) text += fmt::format(" ({} to {})", low, high);
  return text;
}

base::Status check_amounts(const Impact& impact) {
  const double low = impact.low, amount = impact.amount, high = impact.high;
  if (!std::isfinite(low) || !std::isfinite(amount) || !std::isfinite(high)) {
    return fail(ErrorKind::invalid_input, "an amount of the impact is not a finite number");
  }
  if ((low > amount && !same_number(low, amount)) ||
      (amount > high && !same_number(amount, high))) {
    return fail(ErrorKind::invalid_input,
                fmt::format("the impact {} is outside its own range {} to {}", amount, low, high));
  }
  if (impact.account != Account::none && amount < 0) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("the impact {} is below zero: turn it round, or choose the other account",
                    amount));
  }
  return {};
}

}  // namespace insights::findings
