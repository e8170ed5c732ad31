#include "stats/backtest.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "stats/random.h"

namespace insights::stats {
namespace {

std::vector<double> past(double power) {
  Random random(7);
  std::vector<double> p_values;
  for (int i = 0; i < 5000; ++i) p_values.push_back(std::pow(1 - random.uniform(), power));
  return p_values;
}

TEST_CASE("a p-value that was right in the past stays about what it is") {
  const Backtest backtest(past(1));
  CHECK(backtest.p_value(1e-9) >= 1e-9);
  CHECK(backtest.p_value(1e-9) < 1e-7);
  CHECK(backtest.p_value(0.01) < 0.02);
}

TEST_CASE(
    "a p-value whose like came up often in the past is corrected, also beyond what was seen") {
  const Backtest backtest(past(3));  // says 1e-9 once in a thousand times
  CHECK(backtest.p_value(1e-6) == doctest::Approx(0.01).epsilon(0.3));
  CHECK(backtest.p_value(1e-15) == doctest::Approx(1e-5).epsilon(0.8));
}

TEST_CASE("a short past says nothing") {
  const Backtest backtest({0.5, 1e-12});
  CHECK(backtest.p_value(1e-6) == 1e-6);
}

}  // namespace
}  // namespace insights::stats
