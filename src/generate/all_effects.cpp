#include "generate/all_effects.h"

#include <algorithm>

#include "generate/names.h"

namespace insights::generate {

Chosen chosen_effects(std::string_view list) {
  Chosen chosen;
  if (list == "none") return chosen;
  for (const auto& effect : all_effects) {
    if (list == "all" || effect.kind == Kind::background) chosen.effects.emplace(effect.name);
  }
  if (list == "all") return chosen;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    const auto name = list.substr(0, comma);
    const bool known = std::ranges::count(all_effects, name, &EffectEntry::name) > 0;
    (known ? chosen.effects : chosen.unknown).emplace(name);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return chosen;
}

std::string rep_name(std::size_t rep) { return person_name(rep); }

}  // namespace insights::generate
