// Why the gate said no: a class to count by, words for the analyst, and what to write instead.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/result.h"

namespace insights::sql {

enum class RefusalClass {
  too_large,           // longer, deeper or with longer chains than the limits
  unreadable,          // a NUL, or bytes that are no UTF-8
  syntax,              // the engine's grammar does not know it, or there is no statement
  several_statements,  // more than one
  not_a_read,          // a statement or clause that writes, locks, sets or enumerates
  construct,           // a read, but with syntax that is not on the list
  relation,            // a table that is not in the catalog
  column,              // a column that no table of the statement has
  function,            // not on the list of functions
  operation,           // not on the list of operators
  type,                // not on the list of types
  growth,              // asks a function for more than its cap, or for an unknown amount
  parameter,           // $1 or ?
  personal,            // would give personal data away to a model
};

std::string_view name(RefusalClass reason);  // "too_large", ...

struct Refusal {
  RefusalClass reason = RefusalClass::construct;
  std::string message;  // what was refused, and which
  std::string hint;     // what to write instead; never empty
  bool operator==(const Refusal&) const = default;
};

// What a rule gives back: nothing, or the refusal.
using Verdict = std::expected<void, Refusal>;

inline std::unexpected<Refusal> refuse(RefusalClass reason, std::string message, std::string hint) {
  return std::unexpected(Refusal{reason, std::move(message), std::move(hint)});
}

// The same as an Error: not_found for a table or column that is not there, so that a query that ran
// on other data can be told from one that never could; refused for all else.
base::Error error_of(const Refusal& refusal);

}  // namespace insights::sql
