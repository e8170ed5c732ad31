// Reference values: R 4.2, the documentation examples of binom.test, fisher.test and prop.test;
// Newcombe (1998).
#include "stats/proportion_tests.h"

#include <doctest/doctest.h>

#include <cmath>

#include "base/ensure.h"
#include "stats/distributions.h"
#include "stats/random.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

Proportion draw(Random& random, int trials, double rate) {
  Proportion drawn{0, trials};
  for (int i = 0; i < trials; ++i) drawn.events += random.uniform() < rate ? 1 : 0;
  return drawn;
}

TEST_CASE("the exact binomial test agrees with R") {
  CHECK(close(exact_binomial_p_value({682, 925}, 0.75), 0.382491559574851925, 1e-11));
  CHECK(close(exact_binomial_p_value({5, 100}, 0.1), 0.130149851751914569, 1e-12));
  CHECK(close(exact_binomial_p_value({0, 20}, 0.3), 0.001058969670035585, 1e-12));
  CHECK(close(exact_binomial_p_value({20, 20}, 0.9), 0.254529978024904291, 1e-12));
  CHECK(close(exact_binomial_p_value({30, 1000}, 0.05), 0.002818655284472520, 1e-11));
  CHECK(close(exact_binomial_p_value({1200, 1'000'000}, 0.001), 8.179876146448635e-10, 1e-8));
}

TEST_CASE("the exact binomial test equals the slow sum over all outcomes") {
  for (const double rate : {0.02, 0.3, 0.5, 0.77}) {
    for (int k = 0; k <= 25; ++k) {
      double sum = 0.0;
      const double own = log_binomial_probability(k, 25, rate);
      for (int other = 0; other <= 25; ++other) {
        const double probability = log_binomial_probability(other, 25, rate);
        if (probability <= own + 1e-7) sum += std::exp(probability);
      }
      CHECK(close(exact_binomial_p_value({k, 25}, rate), sum, 1e-11));
    }
  }
}

TEST_CASE("a thousand million trials are tested at once, and edges are certain") {
  CHECK(exact_binomial_p_value({100'000, 1'000'000'000}, 1e-4) == 1.0);
  CHECK(close(exact_binomial_p_value({500'100'000, 1'000'000'000}, 0.5), 2 * 1.270074179877277e-10,
              1e-5));
  CHECK(exact_binomial_p_value({0, 0}, 0.5) == 1.0);
  CHECK(exact_binomial_p_value({0, 10}, 0.0) == 1.0);
  CHECK(exact_binomial_p_value({1, 10}, 0.0) == p_value_min);
  CHECK(exact_binomial_p_value({10, 10}, 1.0) == 1.0);
  CHECK(exact_binomial_p_value({1000, 1000}, 1e-3) == p_value_min);
  CHECK_THROWS_AS((void)exact_binomial_p_value({11, 10}, 0.5), base::Bug);
}

TEST_CASE("Fisher's exact test agrees with R: the lady tasting tea, the convictions of twins") {
  CHECK(close(fisher_exact_p_value({3, 4}, {1, 4}), 0.4857142857142858, 1e-12));
  CHECK(close(fisher_exact_p_value({2, 17}, {10, 13}), 0.0005367241191434364, 1e-11));
  CHECK(close(fisher_exact_p_value({120, 300}, {880, 2700}), 0.01171134964826469, 1e-10));
  CHECK(close(fisher_exact_p_value({0, 5}, {30, 55}), 0.05218554861730595, 1e-11));
}

TEST_CASE("Fisher's exact test takes empty and enormous tables") {
  CHECK(fisher_exact_p_value({0, 0}, {3, 9}) == 1.0);
  CHECK(fisher_exact_p_value({0, 7}, {0, 9}) == 1.0);
  CHECK(fisher_exact_p_value({7, 7}, {9, 9}) == 1.0);
  const double large = fisher_exact_p_value({250'100'000, 500'000'000}, {250'000'000, 500'000'000});
  const double score =
      compare_proportions({250'100'000, 500'000'000}, {250'000'000, 500'000'000}).p_value;
  CHECK(close(large, score, 1e-3));
}

TEST_CASE("two rates agree with R, and Fisher's test steps in for small counts") {
  const auto test = compare_proportions({15, 50}, {25, 50});
  CHECK(close(test.z * test.z, 4.16666666666666696, 1e-12));
  CHECK(close(test.p_value, 0.04122683333716357, 1e-11));
  CHECK(close(test.difference, -0.2));
  CHECK(close(test.ratio, 0.6));
  const auto small = compare_proportions({3, 4}, {1, 4});
  CHECK(close(small.p_value, 0.4857142857142858, 1e-12));
  const auto empty = compare_proportions({0, 0}, {1, 4});
  CHECK(empty.p_value == 1.0);
  CHECK(empty.interval == Interval{-1.0, 1.0});
  CHECK(std::isfinite(compare_proportions({0, 10}, {0, 10}).ratio));
}

TEST_CASE("Wilson and Newcombe intervals agree with Newcombe's tables") {
  // 1998a, table I: 81/263, 15/148, 0/20, 1/29; 1998b, table II, method 10: 56/70 - 48/80, 9/10 -
  // 3/10, 0/10 - 0/20.
  CHECK(std::abs(wilson_interval({81, 263}).low - 0.2553) < 5e-5);
  CHECK(std::abs(wilson_interval({81, 263}).high - 0.3662) < 5e-5);
  CHECK(std::abs(wilson_interval({15, 148}).low - 0.0624) < 5e-5);
  CHECK(std::abs(wilson_interval({15, 148}).high - 0.1605) < 5e-5);
  CHECK(wilson_interval({0, 20}).low == 0.0);
  CHECK(std::abs(wilson_interval({0, 20}).high - 0.1611) < 5e-5);
  CHECK(std::abs(wilson_interval({1, 29}).low - 0.0061) < 5e-5);
  CHECK(std::abs(wilson_interval({1, 29}).high - 0.1718) < 5e-5);
  CHECK(wilson_interval({5, 5}).high == 1.0);
  CHECK(wilson_interval({0, 0}) == Interval{0.0, 1.0});
  CHECK(std::abs(newcombe_interval({56, 70}, {48, 80}).low - 0.0524) < 5e-5);
  CHECK(std::abs(newcombe_interval({56, 70}, {48, 80}).high - 0.3339) < 5e-5);
  CHECK(std::abs(newcombe_interval({9, 10}, {3, 10}).low - 0.1705) < 5e-5);
  CHECK(std::abs(newcombe_interval({9, 10}, {3, 10}).high - 0.8090) < 5e-5);
  CHECK(std::abs(newcombe_interval({0, 10}, {0, 20}).low - -0.1611) < 5e-5);
  CHECK(std::abs(newcombe_interval({0, 10}, {0, 20}).high - 0.2775) < 5e-5);
}

TEST_CASE("without a difference the tests of rates do not reject more often than they say") {
  Random random(4);
  const double binomial = rejection_rate(
      3000, 0.05, [&] { return exact_binomial_p_value(draw(random, 80, 0.2), 0.2); });
  CHECK(binomial > 0.02);
  CHECK(binomial < 0.06);
  const double two = rejection_rate(3000, 0.05, [&] {
    const Proportion first = draw(random, 90, 0.3);
    return compare_proportions(first, draw(random, 120, 0.3)).p_value;
  });
  CHECK(two > 0.03);
  CHECK(two < 0.065);
  const double fisher = rejection_rate(3000, 0.05, [&] {
    const Proportion first = draw(random, 20, 0.2);
    return fisher_exact_p_value(first, draw(random, 30, 0.2));
  });
  CHECK(fisher < 0.05);
}

}  // namespace
}  // namespace insights::stats
