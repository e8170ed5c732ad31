// Does a finding stand when part of the rows is gone?
#pragma once

#include <cmath>

namespace insights::patterns {

// `p` and `effect` on the rows that are left, `before` the effect on all. Sure still, or as large
// as before: half of the rows gone takes certainty away from everything, but an echo loses its
// effect with them.
inline bool still_stands(double p, double effect, double before) {
  constexpr double p_sure = 0.001, p_likely = 0.05, part_kept = 0.7;
  if (std::signbit(effect) != std::signbit(before)) return false;
  return p < p_sure || (p < p_likely && std::fabs(effect) >= part_kept * std::fabs(before));
}

}  // namespace insights::patterns
