// Was a model's p-value as rare in the past as it claims? A test is made again at many past
// moments, when nothing special was known to happen; where small p-values came up more often than
// they should, the ones of today count for less.
#pragma once

#include <vector>

namespace insights::stats {

class Backtest {
 public:
  // p-values of the same test at past moments, any order, each in (0, 1]. Fewer than 100 say
  // nothing: p-values are then left as they are.
  explicit Backtest(std::vector<double> past);

  // `p`, or how often one as small comes up where that is more: the share of the past that was as
  // small, and beyond what was seen the exponential tail of -ln p over its upper twentieth, whose
  // mean is 1 where the model is right. Never below `p`.
  // Source: Davison & Smith (1990), "Models for exceedances over high thresholds", J. Royal
  // Statistical Society B 52, 393-442.
  [[nodiscard]] double p_value(double p) const;

 private:
  std::vector<double> surprises_;  // -ln p, ascending; empty: no calibration
  double threshold_ = 0;
  double share_ = 0;  // of the past, at or above the threshold
  double scale_ = 1;  // mean excess over it, at least 1
};

}  // namespace insights::stats
