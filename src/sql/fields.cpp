#include "sql/fields.h"

#include <fmt/format.h>

#include <algorithm>

namespace insights::sql {

Verdict only(Node node, std::initializer_list<std::string_view> fields) {
  for (const auto field : node) {
    const auto name = field.key();
    if (std::ranges::find(fields, name) != fields.end() || field.is_empty()) continue;
    if (name == "location" || name == "query_location") continue;
    return refuse(RefusalClass::construct, fmt::format("{} is not known here", name),
                  "Write the query without it.");
  }
  return {};
}

}  // namespace insights::sql
