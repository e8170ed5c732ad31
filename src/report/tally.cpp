#include "report/tally.h"

#include <map>

namespace insights::report {

namespace {

bool is_set_aside(findings::Decision decision) {
  switch (decision) {
    case findings::Decision::explained:
    case findings::Decision::merged:
    case findings::Decision::not_proven:
    case findings::Decision::guarded:
    case findings::Decision::below_top:
    case findings::Decision::hidden:
      return true;
    case findings::Decision::published:
    case findings::Decision::not_significant:
    case findings::Decision::too_small:
      return false;
  }
  return false;
}

}  // namespace

std::vector<PatternTally> tallies_of(const findings::Ledger& ledger) {
  std::map<std::string, PatternTally> by_pattern;
  for (const auto& entry : ledger.entries) {
    if (entry.decoy) continue;
    auto& tally = by_pattern[entry.pattern];
    ++(entry.fact ? tally.facts : tally.tested);
    if (entry.decision == findings::Decision::published) ++tally.published;
    if (is_set_aside(entry.decision)) ++tally.set_aside;
  }
  std::vector<PatternTally> tallies;
  for (auto& [pattern, tally] : by_pattern) {
    tally.pattern = pattern;
    tallies.push_back(std::move(tally));
  }
  return tallies;
}

}  // namespace insights::report
