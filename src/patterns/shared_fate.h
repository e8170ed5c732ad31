// Rows that share a person, a product, a document or a month share part of their fate: a thousand
// of them say less than a thousand independent ones. How much less, for a statement about two
// columns: Moulton's factor, 1 + (m - 1) r1 r2, where m is with how many rows a row shares its
// group, and r1, r2 are the intra-class correlations of the one column and of what is left of the
// other. It reaches from 1 (one of them does not depend on the group) to the whole group counting
// once.
// Source: Moulton (1986), J. Econometrics 32, 385-397; Kish (1965), Survey Sampling, section 5.4.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "patterns/workspace.h"

namespace insights::patterns {

// Which group each case is in, [cases]; 0 = alone.
struct Grouped {
  std::vector<std::uint32_t> codes;
  std::size_t values = 0;
  // Of stretches of time, whose codes are in order: the shorter stretches that they consist of,
  // [cases]. Else empty.
  std::vector<std::uint32_t> shorter;
};

// The groups that rows may share their fate in: entities, documents, months of the time column.
// Decoys are none.
class Fates {
 public:
  explicit Fates(const Workspace& workspace);
  // For these rows, in this order.
  std::vector<Grouped> of(std::span<const std::size_t> rows) const;

 private:
  void add(std::size_t column);

  const Workspace& workspace_;
  std::vector<const frame::CodeVector*> codes_;
  std::vector<std::size_t> values_;
  frame::Coded documents_, months_, weeks_;
};

// Intra-class correlation, in [0, 1]: the analysis-of-variance estimator. Cases of group 0 are left
// out.
double intra_class(std::span<const double> values, const Grouped& groups);

// By how much cases count less, and how many there are at most.
struct SharedFate {
  double design = 1;     // >= 1
  double cases_max = 0;  // of independent ones; the groups, where the first column is theirs alone
  // Where both columns wander from month to month: the design with that, and the two-sided p-value
  // of their going together within weeks, whose levels then do not matter; each week is one case.
  double design_in_time = 1;  // = design where they do not
  double p_within = 1;
};

// For columns x, y and `rest` (of y, what x does not tell), [cases]: the largest over the
// groupings. Where a month says what the next will be, for both columns, months do not stand for
// themselves either: two prices that wander go together by chance. Source: Bartlett (1935), J.
// Royal Statistical Society 98, 536-543.
SharedFate shared_fate(std::span<const double> x, std::span<const double> y,
                       std::span<const double> rest, const std::vector<Grouped>& groups);

}  // namespace insights::patterns
