#include "findings/ledger.h"

#include <utility>

namespace insights::findings {

std::string_view name(Decision decision) {
  switch (decision) {
    case Decision::published:
      return "published";
    case Decision::not_significant:
      return "not significant";
    case Decision::too_small:
      return "too small";
    case Decision::explained:
      return "explained";
    case Decision::merged:
      return "merged";
    case Decision::not_proven:
      return "not proven";
    case Decision::guarded:
      return "guarded";
    case Decision::below_top:
      return "below top";
    case Decision::hidden:
      return "hidden by a rule";
  }
  std::unreachable();
}

LedgerCounts count(const Ledger& ledger, std::int64_t decoy_columns) {
  LedgerCounts counts{.decoy_columns = decoy_columns};
  for (const auto& entry : ledger.entries) {
    const bool published = entry.decision == Decision::published;
    if (entry.decoy) {
      ++counts.decoys_tested;
      if (published) ++counts.decoys_accepted;
      continue;
    }
    ++(entry.fact ? counts.facts : counts.tested);
    if (published) ++counts.published;
  }
  return counts;
}

}  // namespace insights::findings
