// Where does a longer series (weeks, days) change? Several change points, at default settings.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace insights::stats {

struct ChangePointOptions {
  std::size_t segment_min = 4;     // values in a segment, >= 2
  std::size_t count_max = 50;      // change points at most
};

// First index of each new segment, ascending, in (0, n); empty when nothing changes, n < 2 segment_min, all values are
// equal, or a value is not finite. See change_point.cpp for the method and its penalty, and change_point_test.cpp for the
// score on the Turing Change Point Dataset.
[[nodiscard]] std::vector<std::size_t> change_points(std::span<const double> values,
                                                     const ChangePointOptions& options = {});

}  // namespace insights::stats
