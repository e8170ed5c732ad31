// What examine_change_explained finds out about a change of the total, and how it is put into
// words. Used by change_explained*.cpp alone.
#pragma once

#include <vector>

#include "patterns/comparison.h"
#include "patterns/pair_cube.h"

namespace insights::patterns {

// Some values of one column (one to three), or the rows that are one value of each of two columns.
struct Segment {
  std::vector<ValueOf> values;
  bool is_cell = false;  // all of them together; else any of them
};

struct Change {
  double before = 0, after = 0;
  double difference() const { return after - before; }
  double relative() const { return before > 0 ? after / before - 1 : 0; }
};

struct ExplainedChange {
  Segment segment;
  Comparison comparison;
  Change total, own;
  double p = 1;
  double share() const { return own.difference() / total.difference(); }  // of the change
};

findings::Claim state_explained_change(const Workspace& workspace, const ExplainedChange& found);

inline constexpr std::string_view change_family = "change explained";

}  // namespace insights::patterns
