// What examine_rate_combination finds out about values that only together are bad, and how it is
// put into words. Used by rate_combination*.cpp alone.
#pragma once

#include <vector>

#include "patterns/pair_cube.h"
#include "stats/moments.h"
#include "stats/proportion_tests.h"

namespace insights::patterns {

// Of something that happens (a flag), or of a number that is averaged (a duration, a score).
struct Combination {
  std::size_t measure = no_column;
  bool is_flag = true;
  std::vector<ValueOf> parts;  // two or three
  bool higher = true;          // than each of its parents
};

// The rows by which of the parts they have: bit i for part i. All bits: the combination itself; all
// but one: a parent, the rows that lack one part only.
struct ByParts {
  std::vector<stats::Moments> of;  // [2 ^ parts]
  std::size_t all() const { return of.size() - 1; }
  const stats::Moments& own() const { return of.back(); }
  const stats::Moments& parent(std::size_t part) const {
    return of[all() & ~(std::size_t{1} << part)];
  }
};

struct CombinationVerdict {
  double p = 1, effect = 0;  // flags: shrunken rate over the nearest parent's; else deviations
  bool material = false;
};

inline constexpr double combination_rows_min = 30;  // of it and of each parent

// Which of the parts each row has, plus one; 0 for a row without a number or without a value.
std::vector<std::uint8_t> parts_of_rows(const catalog::Subject& subject, const Combination& what,
                                        const frame::Mask& kept);
// A flag counts as 0 or 1.
double number_of(const Combination& what, double number);
ByParts by_parts(const catalog::Subject& subject, const Combination& what, const frame::Mask& kept);
// The parent that comes nearest, by number of the part that it lacks.
std::size_t nearest_parent(const Combination& what, const ByParts& rows);
// Is a higher rate bad news, a lower one, or is neither known to be?
bool is_wanted(const catalog::Column& measure, bool is_flag, bool higher);

// Thresholds and tests, shared by the search and the second look without some rows.
bool has_enough(const Combination& what, const ByParts& rows);
bool is_material(const Combination& what, const ByParts& rows);
double effect_of(const Combination& what, const ByParts& rows);
// Beyond what its two values lead to expect, over its own error; rates on the scale of odds.
double interaction_z(bool is_flag, const ByParts& rows);
// Against each parent, rows taken as they are.
double p_of_rows(const Combination& what, const ByParts& rows);
// All tests. `scatter`: how far the interactions of the sibling cells scatter, in their own errors.
CombinationVerdict judged(const Workspace& workspace, const Combination& what, double scatter,
                          const frame::Mask& kept);

findings::Claim state_combination(const Workspace& workspace, const Combination& found);

inline constexpr std::string_view combination_family = "combinations";

}  // namespace insights::patterns
