// The promise of the false-discovery control, measured on the user's own data: the analyst is run
// on the tables as they are, then on shuffled copies in which there is nothing to be found.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "explore/explore.h"

namespace insights::explore {

// What the analyst would have stated about one shuffled copy.
struct Round {
  std::uint64_t seed = 0;
  std::int64_t tested = 0;
  // Accepted after correction although nothing is there: fingerprints, in the order stated.
  std::vector<std::string> false_findings;
  // Accepted, and still true of the copy: about columns of one part only (explore/shuffle.h), or
  // about what follows the number of rows alone: the total over time, sums by two groupings.
  std::vector<std::string> still_true;
  std::int64_t facts = 0;  // arithmetic without a test: makes no promise
  bool operator==(const Round&) const = default;
};

struct SelfTest {
  std::vector<TableSummary> tables;
  std::int64_t findings = 0;  // tested ones the analyst states on the data as it is
  std::int64_t tested = 0;    // hypotheses on the data as it is
  std::vector<Round> rounds;
  double promised = 0;  // false share of the tested findings, at most
  std::int64_t rounds_asked = 0;
  std::string ended_early;  // why not all rounds were run; empty when all were

  std::int64_t false_findings() const;
  std::int64_t rounds_with_any() const;
  double per_round() const;  // false findings a round; 0 without rounds
};

struct SelfTestOrder {
  Order order;
  std::int64_t rounds = 10;
  // Told before each round, 0 = the data as it is.
  std::function<void(std::int64_t round)> on_round{};
};

// Runs as explore() does up to the statement of claims: the same patterns, decoys, correction and
// explain-away; nothing is proven or published. Out of time or stopped, it gives the rounds it has.
// Errors: those of reading the tables.
base::Result<SelfTest> selftest(const SelfTestOrder& order, const Parts& parts,
                                std::stop_token stop);

}  // namespace insights::explore
