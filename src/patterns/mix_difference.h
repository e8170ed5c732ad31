// What the files of the pattern "mix_difference" share: how many cases of one column's values have
// which value of another.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "patterns/pattern.h"
#include "patterns/shared_fate.h"
#include "stats/proportion_tests.h"

namespace insights::patterns {

struct MixPair {
  std::size_t segment = 0, mix = 0;  // columns: the parts that are compared, and what of
  std::optional<std::size_t> unit;   // the entity that decides both: its values are the cases
};

// [segments x mixes] of cases, value-major; row and column 0 (null) are empty.
struct MixCounts {
  std::size_t segments = 0, mixes = 0;
  std::vector<std::int64_t> cells;
  std::vector<std::int64_t> of_segment, of_mix;
  std::int64_t all = 0;
  std::int64_t at(std::size_t segment, std::size_t mix) const {
    return cells[segment * mixes + mix];
  }
};
MixCounts mix_counts(const Workspace& workspace, const MixPair& pair, const frame::Mask& kept);

// One part whose mix differs: the share of `values` (one, or neighbours told together) in it.
struct MixFinding {
  MixPair pair;
  std::uint32_t value = 0;            // of the segment
  std::vector<std::uint32_t> values;  // of the mix, ascending
  stats::Proportion own, elsewhere;
  double p = 1;
  double design = 1;                                        // by how much cases count less
  double groups = std::numeric_limits<double>::infinity();  // that decide the segment, if any do
};

// Own and elsewhere of the finding, in these counts.
void count_again(const MixCounts& counts, MixFinding& finding);
// p of the difference, with cases that count less.
double p_of_mix(const MixFinding& finding);

findings::Claim state_mix_difference(const Workspace& workspace, const MixFinding& finding);
// "Team is nearly the same as category".
findings::Claim state_nearly_the_same(const Workspace& workspace, const MixPair& pair);

}  // namespace insights::patterns
