// A two-sided interval, in the units of the quantity it is about.
#pragma once

namespace insights::stats {

struct Interval {
  double low = 0.0;
  double high = 0.0;

  // True when `value` is strictly outside: an effect whose interval excludes 0 has a sure sign.
  [[nodiscard]] bool excludes(double value) const { return value < low || value > high; }

  bool operator==(const Interval&) const = default;
};

// How sure an interval is, unless the caller asks otherwise.
inline constexpr double confidence_default = 0.95;

}  // namespace insights::stats
