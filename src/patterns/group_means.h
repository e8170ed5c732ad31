// The averages of a measure by group, at the unit that is independent, and how far one group, or a
// few together, lie from the others. Shared by group_difference*.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "findings/claim.h"
#include "patterns/workspace.h"
#include "stats/mean_tests.h"

namespace insights::patterns {

// A measure (or a flag, whose average is a rate) by the values of a column.
struct Difference {
  std::size_t measure = 0, column = 0;
  std::optional<std::size_t> unit;    // what determines the group; nothing = rows
  std::vector<std::uint32_t> values;  // that are told of, together; by their means, highest first
};

// By group: the moments over units (their means) or rows, and the plain sums over rows.
struct Groups {
  std::vector<stats::Moments> units;  // [value]
  std::vector<double> rows, sums;     // [value]
  std::int64_t least = 0;             // units (or rows) of a group that is told of
  std::vector<std::vector<double>>
      values;  // [value] of the units, when they are few enough to be ranked
};

// Over the kept rows (empty: all), in the order of `all`: rows are added up in one pass.
std::vector<Groups> groups_of(const catalog::Subject& subject, std::span<const Difference> all,
                              const frame::Mask& kept);
Groups groups_of(const catalog::Subject& subject, const Difference& what, const frame::Mask& kept);

// Some groups together against all others.
struct Apart {
  std::optional<stats::WelchT> test;
  std::int64_t units = 0;  // of the smallest of them
  bool both_have = false;  // a number that is zero all over on one side is no difference
  double relative = 0;     // of the means of rows, own over others less 1
};
Apart apart(const Groups& groups, std::span<const std::uint32_t> values);

// Which groups to tell of: those on the smaller side of the cut between the groups' means that
// explains most of the differences among them (as the first split of a regression tree; Breiman et
// al. 1984, 8.4), when that cut says nearly all and leaves few; else the one group that lies
// furthest from all others. Empty when no group has units enough. At least `together_min` groups,
// else empty.
std::vector<std::uint32_t> groups_to_tell(const Groups& groups, std::size_t together_min);

inline constexpr std::string_view difference_family = "group difference";
inline constexpr double difference_relative_min = 0.1;  // of the mean of rows, which is told

// Sentences, values, evidence and guards (group_difference_claim.cpp).
findings::Claim state_difference(const Workspace& workspace, const Difference& found);

}  // namespace insights::patterns
