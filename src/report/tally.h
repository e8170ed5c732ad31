// What was looked at, by pattern: the ledger in a few lines.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "findings/ledger.h"

namespace insights::report {

// The entries of one pattern, decoys left out.
struct PatternTally {
  std::string pattern;
  std::int64_t tested = 0;  // hypotheses with a p-value
  std::int64_t facts = 0;   // looked at without a test
  std::int64_t published = 0;
  std::int64_t set_aside =
      0;  // significant or a fact, but explained, merged, guarded, not proven, below the top
  bool operator==(const PatternTally&) const = default;
};

// Sorted by pattern.
std::vector<PatternTally> tallies_of(const findings::Ledger& ledger);

}  // namespace insights::report
