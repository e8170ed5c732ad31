// Which of all tested hypotheses may be published, with the share of false ones among them held
// down.
#pragma once

#include <cstdint>
#include <vector>

#include "findings/ledger.h"

namespace insights::findings {

// A tested hypothesis as a pattern hands it in. `entry.q` and `entry.decision` are filled in here.
struct Hypothesis {
  LedgerEntry entry;
  bool material = true;  // the effect is large enough to matter, by the pattern's threshold
  // What it is worth to find it, against others of its family; above 0. Any scale: the mean of a
  // family counts as 1. It must not depend on the p-value.
  double weight = 1;
};

struct Correction {
  std::vector<LedgerEntry> entries;  // in the order of the input, q and decision filled in
  std::int64_t families = 0;         // with at least one test
  std::int64_t families_selected = 0;
  double level_inside = 0;  // the level of q within a selected family; 0 when none is
};

// Benjamini-Hochberg within each family (q), and across families the level of Benjamini &
// Bogomolov: level x selected / families. A test of weight w is held against w times the level
// (weighted Benjamini-Hochberg). Decoys are families of their own: they are held to the same level,
// but take nothing away from the others. A test below the level becomes `published` (that is: may
// be proven) when material, else `too_small`; above it `not_significant`. A fact takes no part: q =
// 1, `published` when material, else `too_small`.
//   level    in (0, 1)
// A p-value outside [0, 1] is a Bug.
// Sources: Benjamini & Hochberg (1995), JRSS B 57, 289-300; Benjamini & Bogomolov (2014), JRSS B
// 76, 297-318; Genovese, Roeder & Wasserman (2006), Biometrika 93, 509-524 (weights).
Correction control_false_discovery(std::vector<Hypothesis> hypotheses, double level = 0.05);

}  // namespace insights::findings
