// What the tests of this room share. Included by *_test.cpp files only.
#pragma once

#include <algorithm>
#include <cmath>

namespace insights::stats {

// True when `actual` agrees with `expected` to the given relative precision; tiny p-values are held
// to it as well.
inline bool close(double actual, double expected, double relative = 1e-9) {
  return std::abs(actual - expected) <= relative * std::max(std::abs(actual), std::abs(expected));
}

// Share of `rounds` in which a test on data without any effect gives p <= alpha. `p_value_of_round`
// makes the data.
template <class PValueOfRound>
double rejection_rate(int rounds, double alpha, const PValueOfRound& p_value_of_round) {
  int rejected = 0;
  for (int round = 0; round < rounds; ++round) rejected += p_value_of_round() <= alpha ? 1 : 0;
  return static_cast<double>(rejected) / static_cast<double>(rounds);
}

}  // namespace insights::stats
