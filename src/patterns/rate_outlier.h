// What examine_rate_outlier finds out about one value, and how it is put into words. Used by
// rate_outlier*.cpp alone.
#pragma once

#include <string>
#include <vector>

#include "findings/claim.h"
#include "patterns/rates.h"

namespace insights::patterns {

struct RateOutlier {
  std::size_t flag = 0, column = 0;
  std::uint32_t value = 0;
  stats::Proportion own, elsewhere;  // of rows
  double lift = 1;                   // shrunken rate over the rate elsewhere
  double p = 1;
  bool is_bad = false;    // the direction that costs something
  bool in_units = false;  // told in units (or money) that came back, not in rows
};

// Thresholds and the test, shared by the search, the second look without some rows, and the guard.
struct RateVerdict {
  double p = 1, lift = 1;
  bool material = false;
};
struct RateContext {
  double scatter = 0;  // of the siblings, the value left out
  double design_own = 1, design_elsewhere = 1;
};
// What the rate elsewhere is worth, in rows, against a value's own rows.
double rate_prior_strength(double scatter);
RateVerdict judge_rate(const stats::Proportion& own, const stats::Proportion& elsewhere,
                       const RateContext& context);

// Units (or money) sold and taken back, of one value or of all values but null.
struct TakenBack {
  double sold = 0, back = 0, largest = 0;  // largest: the biggest single row taken back
  double rate() const { return sold > 0 ? back / sold : 0; }
};
std::vector<TakenBack> taken_back_by_value(const catalog::Subject& subject, std::size_t column,
                                           const frame::Mask& kept);

findings::Claim state_rate_outlier(const Workspace& workspace, const RateOutlier& found,
                                   const RateContext& context);

inline constexpr std::string_view rate_family = "rates";

}  // namespace insights::patterns
