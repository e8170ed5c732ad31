#include "llm/effort.h"

#include <algorithm>
#include <array>

#include "base/ensure.h"

namespace insights::llm {
namespace {

constexpr std::array<std::string_view, 6> names{"none",   "minimal", "low",
                                                "medium", "high",    "xhigh"};

}  // namespace

std::string_view name_of(Effort effort) { return names[static_cast<std::size_t>(effort)]; }

std::optional<Effort> effort_named(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Effort>(found - names.begin());
}

Effort nearest_effort(Effort wanted, std::span<const Effort> accepted) {
  base::ensure(!accepted.empty(), "a model that takes no effort is asked for none");
  if (std::ranges::count(accepted, wanted) > 0) return wanted;
  std::optional<Effort> lower, higher;
  for (const auto effort : accepted) {
    if (effort < wanted && effort != Effort::none) lower = std::max(lower.value_or(effort), effort);
    if (effort > wanted) higher = std::min(higher.value_or(effort), effort);
  }
  return lower ? *lower : higher.value_or(accepted.front());
}

std::vector<Effort> efforts_listed(std::string_view message) {
  std::vector<Effort> efforts;
  for (const std::string_view opening :
       {"Supported values are", "supported values are", "Expected one of", "Input should be"}) {
    const auto start = message.find(opening);
    if (start == std::string_view::npos) continue;
    auto rest = message.substr(start);
    for (auto quote = rest.find('\''); quote != std::string_view::npos; quote = rest.find('\'')) {
      const auto close = rest.find('\'', quote + 1);
      if (close == std::string_view::npos) break;
      if (const auto effort = effort_named(rest.substr(quote + 1, close - quote - 1)))
        efforts.push_back(*effort);
      rest.remove_prefix(close + 1);
    }
    break;
  }
  return efforts;
}

}  // namespace insights::llm
