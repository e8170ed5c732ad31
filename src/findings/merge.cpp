#include "findings/merge.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace insights::findings {

namespace {

bool ask_for_different_values(const Scope& first, const Scope& second) {
  for (const auto& mine : first.equals) {
    for (const auto& other : second.equals) {
      if (mine.column == other.column && mine.value != other.value) return true;
    }
  }
  return false;
}

bool ends_before(const Scope& first, const Scope& second) {
  return first.to && second.from && *first.to < *second.from;
}

// What may be added up: one account, one unit, one span.
using Key = std::tuple<Account, bool, std::string, std::string>;

Total total_of(const Key& key, std::vector<const Finding*> findings) {
  std::ranges::sort(findings, [](const Finding* first, const Finding* second) {
    if (first->impact.amount != second->impact.amount) {
      return first->impact.amount > second->impact.amount;
    }
    return first->fingerprint < second->fingerprint;
  });
  const auto& [account, is_money, unit, per] = key;
  Total total{.account = account, .unit = unit, .is_money = is_money, .per = per};
  std::vector<const Finding*> taken;
  for (const auto* finding : findings) {
    const bool counted = std::ranges::any_of(
        taken, [&](const Finding* other) { return overlaps(finding->scope, other->scope); });
    if (counted) continue;
    taken.push_back(finding);
    total.amount += finding->impact.amount;
  }
  total.findings = static_cast<std::int64_t>(taken.size());
  return total;
}

}  // namespace

bool overlaps(const Scope& first, const Scope& second) {
  const bool other_table =
      first.table != second.table && !first.table.empty() && !second.table.empty();
  return !other_table && !ask_for_different_values(first, second) && !ends_before(first, second) &&
         !ends_before(second, first);
}

std::vector<Total> totals(std::span<const Finding> findings, std::span<const Base> bases) {
  std::map<Key, std::vector<const Finding*>> groups;
  for (const auto& finding : findings) {
    const auto& impact = finding.impact;
    if (impact.account == Account::none) continue;
    groups[{impact.account, impact.is_money, impact.unit, impact.per}].push_back(&finding);
  }
  std::vector<Total> all;
  for (const auto& [key, group] : groups) {
    auto total = total_of(key, group);
    for (const auto& base : bases) {
      if (base.unit == total.unit && base.is_money == total.is_money && base.per == total.per) {
        total.amount = std::min(total.amount, base.amount);
      }
    }
    all.push_back(std::move(total));
  }
  return all;
}

}  // namespace insights::findings
