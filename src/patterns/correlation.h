// What the two files of the pattern "correlation" share: which two columns, over which rows, and
// how they go together there.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "patterns/by_construction.h"
#include "patterns/pattern.h"
#include "patterns/shared_fate.h"

namespace insights::patterns {

struct CorrelatedPair {
  std::size_t x = 0, y = 0;           // columns; y is a measure or a flag
  std::optional<std::size_t> unit;    // the entity that decides x (or y): the cases are its values
  std::size_t segment = no_column;    // only the rows of one value of this column ...
  std::uint32_t value = 0;            // ... which is this
  std::optional<base::Day> began_by;  // x is the start of the duration y: later ones had no time to
                                      // become long
};

// The cases of a pair, without those where either is missing.
struct Cases {
  std::vector<double> x, y;       // [cases]
  std::vector<std::size_t> rows;  // [cases]; empty when the cases are a unit's values
  std::function<std::vector<Grouped>()> groups;  // that cases may share their fate in
  bool flag = false;                             // y of a row is 0 or 1
  std::size_t least = 0;                         // fewer cases say nothing
};

// How they go together. `effect` is Spearman's rho; for a flag of rows, by how much likelier it is
// to be raised on the higher of two rows than on the lower (rank-biserial correlation). Both in
// [-1, 1].
struct Together {
  double effect = 0, rho = 0, p = 1;
  double cases = 0, independent = 0;  // independent: cases by the design effect
};

enum class Side { inside, outside };  // of the segment

Cases cases_of(const Workspace& workspace, const Fates& fates, const CorrelatedPair& pair,
               const frame::Mask& kept, Side side = Side::inside);

// Of the cases' numbers, averaged over ties.
using Ranks = std::shared_ptr<const std::vector<double>>;
struct BothRanks {
  Ranks x, y;
};
BothRanks ranks_of(const Cases& cases);

std::optional<Together> together(const Cases& cases, const BothRanks& ranks);
inline std::optional<Together> together(const Cases& cases) {
  return together(cases, ranks_of(cases));
}

// A first look at all values of a column at once: rank correlations inside and outside, by the
// ranks over all rows. Close enough to say where testing is worth the time.
struct SegmentGlance {
  double inside = 0, outside = 0;
  std::int64_t cases_inside = 0, cases_outside = 0;
};
class Glance {
 public:
  // Of cases that are rows. Borrows all three.
  Glance(const catalog::Subject& subject, const Cases& cases, const BothRanks& ranks)
      : subject_(subject), cases_(cases), ranks_(ranks) {}
  std::vector<SegmentGlance> by(std::size_t column) const;  // [values]

 private:
  const catalog::Subject& subject_;
  const Cases& cases_;
  const BothRanks& ranks_;
};

// The rows in the lowest and the highest quarter of x.
struct Quarters {
  double low_to = 0, high_from = 0;              // x at most, x at least
  double low_mean = 0, high_mean = 0, mean = 0;  // of y, over rows
  double low_x = 0, high_x = 0;                  // mean of x
  double spread = 0;                             // between the quarters' edges
  bool straight = false;                         // is one slope true of the lower and upper half?
  double relative() const;                       // of the difference to the mean
};
std::optional<Quarters> quarters_of(const Workspace& workspace, const CorrelatedPair& pair,
                                    const frame::Mask& kept, Side side = Side::inside);

findings::Claim state_correlation(const Workspace& workspace, const CorrelatedPair& pair);

// Is it large enough to be told? `rise` is the sign of the effect.
bool is_told_by_quarters(const Workspace& workspace, const CorrelatedPair& pair, double effect,
                         const Quarters& quarters);

}  // namespace insights::patterns
