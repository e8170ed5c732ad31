// How a pattern writes down its values: by name, each made of cells or of values named before.
//
//   Values values;
//   values.cell("gross", "a", 0, "gross", Format::money, "INR");
//   values.cell("net", "a", 0, "net", Format::money, "INR");
//   values.formula("loss", "1 - net / gross", Format::percent);
//   values.name("measure", "net_sales");
//   claim.values = values.bindings();
//   claim.impact.amount = values.binding("loss");
//
// A pattern's text is ours, so a mistake in it (an undeclared name, a formula that cannot be read,
// a name used twice) is a Bug, not an Error.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "findings/claim.h"

namespace insights::findings {

class Values {
 public:
  // A cell of the claim's query `query`; row < rows_shown_max.
  Values& cell(std::string_view name, std::string_view query, std::size_t row,
               std::string_view column, Format format = Format::text, std::string_view unit = "");

  // Arithmetic over values declared before: cells and constants become entries of `of`, formulas
  // are put in whole, in parentheses. At least one cell must be in it.
  Values& formula(std::string_view name, std::string_view text, Format format,
                  std::string_view unit = "");

  // A table's or column's name.
  Values& name(std::string_view name, std::string_view catalog_name);

  // A number for use in formulas (a threshold, a shape the test estimated). It cannot stand in a
  // sentence.
  Values& constant(std::string_view name, double number);

  bool has(std::string_view name) const;

  // Everything that a sentence may show.
  const std::map<std::string, ValueBinding>& bindings() const { return bindings_; }

  // One value's binding, for an ImpactClaim.
  Binding binding(std::string_view name) const;

  // A formula that needs no name, for an ImpactClaim: values.expression("price * poisson_low(k)").
  Binding expression(std::string_view text) const;

 private:
  void declare(std::string_view name) const;
  Formula resolved(std::string_view text) const;

  std::map<std::string, ValueBinding> bindings_;
  std::map<std::string, double, std::less<>> constants_;
};

}  // namespace insights::findings
