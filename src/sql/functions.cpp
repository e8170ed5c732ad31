#include "sql/functions.h"

#include <algorithm>

namespace insights::sql {

bool contains(std::span<const FunctionGroup> groups, std::string_view name) {
  if (name.empty() || name.find(' ') != std::string_view::npos) return false;
  return std::ranges::any_of(groups, [&](const FunctionGroup& group) {
    auto at = group.names.find(name);
    for (; at != std::string_view::npos; at = group.names.find(name, at + 1)) {
      const auto end = at + name.size();
      const bool starts = at == 0 || group.names[at - 1] == ' ';
      const bool ends = end == group.names.size() || group.names[end] == ' ';
      if (starts && ends) return true;
    }
    return false;
  });
}

const GrowingFunction* growing(const FunctionList& list, std::string_view name) {
  const auto found = std::ranges::find(list.growing, name, &GrowingFunction::name);
  return found == list.growing.end() ? nullptr : &*found;
}

}  // namespace insights::sql
