#include "stats/rhythm.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "stats/distributions.h"
#include "stats/random.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

// Gamma with a whole shape and mean 1: a sum of exponentials.
double gap(Random& random, int shape) {
  double sum = 0.0;
  for (int i = 0; i < shape; ++i) sum -= std::log(1.0 - random.uniform());
  return sum / shape;
}

Gaps gaps_of(Random& random, int count, int shape, double mean = 1.0) {
  Gaps gaps{.count = count, .mean = 0.0, .mean_log = 0.0};
  for (int i = 0; i < count; ++i) {
    const double days = mean * gap(random, shape);
    gaps.mean += days / count;
    gaps.mean_log += std::log(days) / count;
  }
  return gaps;
}

TEST_CASE("with many gaps the shape is the maximum likelihood one") {
  // Minka (2002): ln k - digamma(k) = ln mean - mean ln; for k = 2 the right side is ln 2 - (1 -
  // 0.5772156649).
  const double log_ratio = std::log(2.0) - 0.4227843350984671;
  const Gaps many{.count = 1'000'000'000, .mean = 10.0, .mean_log = std::log(10.0) - log_ratio};
  CHECK(close(gamma_shape(many).value(), 2.0, 1e-6));
}

TEST_CASE("few gaps do not overstate the regularity shared by all") {
  for (const int shape : {1, 4, 12}) {
    Random random(30);
    std::vector<Gaps> customers;
    customers.reserve(1500);
    for (int i = 0; i < 1500; ++i)
      customers.push_back(gaps_of(random, 6 + i % 5, shape, 5.0 + i % 60));
    const double pooled = pooled_gamma_shape(customers);
    CHECK(pooled > 0.75 * shape);
    CHECK(pooled < 1.15 * shape);
  }
}

TEST_CASE("silence: pure chance with a known mean has an exponential tail") {
  const Gaps known{.count = 1'000'000'000, .mean = 7.0, .mean_log = 0.0};
  CHECK(close(silence_p_value(35.0, known, 1.0), std::exp(-5.0), 1e-6));
  // One gap seen, shape 1: P(F(2, 2) > 3) = 1 / 4.
  CHECK(close(silence_p_value(21.0, {.count = 1, .mean = 7.0, .mean_log = 0.0}, 1.0), 0.25, 1e-12));
}

TEST_CASE("a clockwork customer is missed sooner than an irregular one") {
  const Gaps gaps{.count = 20, .mean = 7.0, .mean_log = 0.0};
  CHECK(silence_p_value(21.0, gaps, 10.0) < 1e-4);
  CHECK(silence_p_value(21.0, gaps, 1.0) > 0.03);
}

TEST_CASE("the silence test is honest when gaps are gamma distributed") {
  for (const int shape : {1, 5}) {
    Random random(31);
    const double rate = rejection_rate(4000, 0.05, [&] {
      const Gaps gaps = gaps_of(random, 7, shape, 12.0);
      return silence_p_value(12.0 * gap(random, shape), gaps, shape);
    });
    CHECK(rate > 0.038);
    CHECK(rate < 0.062);
  }
}

TEST_CASE("slowing is seen, a steady rhythm is not, and the test is honest") {
  Random random(32);
  const auto slower = slowing({.count = 20, .mean = 7.0, .mean_log = 0.0},
                              {.count = 3, .mean = 21.0, .mean_log = 0.0}, 4.0);
  REQUIRE(slower);
  CHECK(close(slower->ratio, 3.0));
  CHECK(slower->p_value < 0.001);
  const double rate = rejection_rate(4000, 0.05, [&] {
    const Gaps earlier = gaps_of(random, 9, 3);
    return slowing(earlier, gaps_of(random, 3, 3), 3.0)->p_value;
  });
  CHECK(rate > 0.038);
  CHECK(rate < 0.062);
}

TEST_CASE("equal gaps, one gap, none, and nonsense are survived") {
  CHECK(gamma_shape({.count = 5, .mean = 7.0, .mean_log = std::log(7.0)}).value() == 1000.0);
  CHECK(gamma_shape({.count = 5, .mean = 7.0, .mean_log = -1e6}).value() == 0.05);
  CHECK_FALSE(gamma_shape({.count = 1, .mean = 7.0, .mean_log = 1.0}));
  CHECK_FALSE(gamma_shape({.count = 3, .mean = 0.0, .mean_log = 0.0}));
  CHECK_FALSE(gamma_shape({.count = 3, .mean = 1.0, .mean_log = -INFINITY}));
  CHECK(pooled_gamma_shape({}) == 1.0);
  CHECK(silence_p_value(10.0, {}, 1.0) == 1.0);
  CHECK(silence_p_value(-1.0, {.count = 3, .mean = 1.0, .mean_log = 0.0}, 1.0) == 1.0);
  CHECK(silence_p_value(1e9, {.count = 300, .mean = 1.0, .mean_log = 0.0}, 1000.0) == p_value_min);
  CHECK_FALSE(slowing({}, {.count = 3, .mean = 1.0, .mean_log = 0.0}, 1.0));
}

}  // namespace
}  // namespace insights::stats
