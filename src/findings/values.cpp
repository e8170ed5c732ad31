#include "findings/values.h"

#include <fmt/format.h>

#include "base/ensure.h"
#include "findings/finding.h"
#include "findings/formula.h"

namespace insights::findings {

using base::ensure;

Values& Values::cell(std::string_view name, std::string_view query, std::size_t row,
                     std::string_view column, Format format, std::string_view unit) {
  declare(name);
  ensure(row < rows_shown_max, fmt::format("value \"{}\" cites a row that is not shown", name));
  CellReference reference{std::string(query), row, std::string(column)};
  bindings_.emplace(name, ValueBinding{std::move(reference), format, std::string(unit)});
  return *this;
}

Values& Values::formula(std::string_view name, std::string_view text, Format format,
                        std::string_view unit) {
  declare(name);
  bindings_.emplace(name, ValueBinding{resolved(text), format, std::string(unit)});
  return *this;
}

Values& Values::name(std::string_view name, std::string_view catalog_name) {
  declare(name);
  bindings_.emplace(name, ValueBinding{CatalogName{std::string(catalog_name)}, Format::text, ""});
  return *this;
}

Values& Values::constant(std::string_view name, double number) {
  declare(name);
  constants_.emplace(name, number);
  return *this;
}

bool Values::has(std::string_view name) const {
  return bindings_.contains(std::string(name)) || constants_.contains(name);
}

Binding Values::binding(std::string_view name) const {
  const auto found = bindings_.find(std::string(name));
  ensure(found != bindings_.end(), fmt::format("value \"{}\" is not declared", name));
  return found->second.from;
}

Binding Values::expression(std::string_view text) const { return resolved(text); }

void Values::declare(std::string_view name) const {
  ensure(!has(name), fmt::format("value \"{}\" is declared twice", name));
  const auto names = Expression::parse(name);
  ensure(names && names->names() == std::vector{std::string(name)},
         fmt::format("\"{}\" cannot be the name of a value", name));
}

Formula Values::resolved(std::string_view text) const {
  const auto expression = Expression::parse(text);
  ensure(expression.has_value(), expression ? "" : expression.error().message);
  Formula formula;
  std::map<std::string, std::string, std::less<>> inlined;
  bool has_cell = false;
  for (const auto& name : expression->names()) {
    if (const auto constant = constants_.find(name); constant != constants_.end()) {
      formula.of.emplace(name, constant->second);
      continue;
    }
    const Binding from = binding(name);
    if (const auto* reference = std::get_if<CellReference>(&from)) {
      formula.of.emplace(name, *reference);
      has_cell = true;
    } else if (const auto* nested = std::get_if<Formula>(&from)) {
      inlined.emplace(name, nested->text);
      formula.of.insert(nested->of.begin(), nested->of.end());
      has_cell = true;
    } else {
      ensure(false, fmt::format("\"{}\" is a name, not a number, in \"{}\"", name, text));
    }
  }
  ensure(has_cell, fmt::format("no cell of evidence is in \"{}\"", text));
  const auto whole = with_names_replaced(text, inlined);
  ensure(whole.has_value(), whole ? "" : whole.error().message);
  formula.text = *whole;
  ensure(Expression::parse(formula.text).has_value(), "a formula grew too long or too deep");
  return formula;
}

}  // namespace insights::findings
