// Every hypothesis that was tested, by whichever analyst, and what became of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace insights::findings {

enum class Decision {
  published,
  not_significant,  // q above the level
  too_small,        // significant, but the effect is below the pattern's threshold
  explained,        // by another finding's rows (an echo)
  merged,           // into a finding with the same cause
  not_proven,       // its evidence did not bear it out; the note says how
  guarded,          // a guard took it back
  below_top,        // proven, but beyond the number of findings asked for
  hidden,           // proven, and hidden by a reader's rule; the note says which
};

struct LedgerEntry {
  std::string family, pattern;
  std::string fingerprint;  // of the hypothesis
  double statistic = 0, p = 1, q = 1, effect = 0;
  bool fact = false;   // carries no p-value and takes no part in the correction
  bool decoy = false;  // about a column that was shuffled on purpose
  Decision decision = Decision::not_significant;
  std::string note;
};

struct Ledger {
  std::vector<LedgerEntry> entries;
};

// "tested 5,912, published 9, decoys accepted 0 of 5"
struct LedgerCounts {
  std::int64_t tested = 0, facts = 0, published = 0;
  std::int64_t decoy_columns = 0, decoys_tested = 0, decoys_accepted = 0;
  bool operator==(const LedgerCounts&) const = default;
};

std::string_view name(Decision decision);  // "not significant"

// Tests and facts about decoys are counted apart; a decoy's `published` is an accepted decoy.
LedgerCounts count(const Ledger& ledger, std::int64_t decoy_columns);

}  // namespace insights::findings
