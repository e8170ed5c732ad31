#include "sql/refusal.h"

#include <utility>

namespace insights::sql {

std::string_view name(RefusalClass reason) {
  switch (reason) {
    case RefusalClass::too_large:
      return "too_large";
    case RefusalClass::unreadable:
      return "unreadable";
    case RefusalClass::syntax:
      return "syntax";
    case RefusalClass::several_statements:
      return "several_statements";
    case RefusalClass::not_a_read:
      return "not_a_read";
    case RefusalClass::construct:
      return "construct";
    case RefusalClass::relation:
      return "relation";
    case RefusalClass::column:
      return "column";
    case RefusalClass::function:
      return "function";
    case RefusalClass::operation:
      return "operation";
    case RefusalClass::type:
      return "type";
    case RefusalClass::growth:
      return "growth";
    case RefusalClass::parameter:
      return "parameter";
    case RefusalClass::personal:
      return "personal";
  }
  std::unreachable();
}

base::Error error_of(const Refusal& refusal) {
  const bool is_absent =
      refusal.reason == RefusalClass::relation || refusal.reason == RefusalClass::column;
  return {is_absent ? base::ErrorKind::not_found : base::ErrorKind::refused, refusal.message,
          refusal.hint};
}

}  // namespace insights::sql
