// A report of any analyst, as far as it can be held against a truth: what it claims, in order.
//
// What is read of the JSON: "findings", a list of objects with
//   pattern   by the names of docs/reference/patterns.md
//   title     words for the reader of the score
//   columns   [text] the columns it speaks of
//   entities  [{column, value, label}] the values it speaks of
//   impact    {amount, per}; may be missing
//   values    {name: {format, value}}: numbers shown, for amounts and months; may be missing
//   strength  "descriptive" for a mere fact; may be missing
// A JSON report of `insights explore` is one; a report of another program is brought to this form
// by its owner.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace insights::score {

struct NamedValue {
  std::string column, value, label;
};

struct Claim {
  std::string id, pattern, title;
  bool fact = false;
  std::vector<std::string> columns;
  std::vector<NamedValue> entities;
  std::vector<std::string> texts;   // values of text shown in its sentences
  std::vector<std::string> months;  // "2025-03": months and days shown in its sentences
  double largest_amount = 0;        // of money shown
  double impact = 0;
  std::string impact_per;
};

struct Claims {
  std::vector<Claim> claims;
  double seconds = 0;  // that the run took, if the report says so
};

// Error: invalid_input.
base::Result<Claims> read_claims(std::string_view text);

}  // namespace insights::score
