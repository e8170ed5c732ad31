// Reference values: R 4.2, kruskal.test(Ozone ~ Month, airquality) and the examples of wilcox.test.
#include "stats/rank_tests.h"

#include <doctest/doctest.h>

#include <cmath>

#include "stats/random.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

const std::vector<std::vector<double>> ozone{
    {41, 36, 12, 18, 28, 23, 19, 8, 7,  16, 11, 14,  18,
     14, 34, 6,  30, 11, 1,  11, 4, 32, 23, 45, 115, 37},
    {29, 71, 39, 23, 21, 37, 20, 12, 13},
    {135, 49, 32, 64, 40, 77, 97,  97, 85, 10, 27, 7,  48,
     35,  61, 79, 63, 16, 80, 108, 20, 52, 82, 50, 64, 59},
    {39, 9,  16, 78, 35, 66, 122, 89,  110, 44, 28,  65, 22,
     59, 23, 31, 44, 21, 9,  45,  168, 73,  76, 118, 84, 85},
    {96, 78, 73, 91, 47, 32, 20, 23, 21, 24, 44, 21, 28, 9, 13,
     46, 18, 13, 24, 16, 13, 23, 36, 7,  14, 30, 14, 18, 20}};

TEST_CASE("ties share the mean of their ranks") {
  CHECK(average_ranks(std::vector<double>{10, 20, 10, 5}) == std::vector<double>{2.5, 4, 2.5, 1});
  CHECK(average_ranks({}).empty());
}

TEST_CASE("Kruskal-Wallis agrees with R where there are ties") {
  const auto test = kruskal_wallis(ozone);
  REQUIRE(test);
  CHECK(close(test->h, 29.26657630611694, 1e-12));
  CHECK(test->degrees == 4.0);
  CHECK(close(test->p_value, 6.900714118546784e-06, 1e-11));
}

TEST_CASE("Mann-Whitney agrees with R, exact and approximate") {
  const std::vector<double> x{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
  const std::vector<double> y{1.15, 0.88, 0.90, 0.74, 1.21};
  const auto exact = mann_whitney(x, y);
  REQUIRE(exact);
  CHECK(exact->u == 35.0);
  CHECK(close(exact->p_value, 0.2544122544122544, 1e-13));
  CHECK(close(exact->superiority, 0.7));
  const auto tied = mann_whitney(ozone[0], ozone[3]);
  REQUIRE(tied);
  CHECK(tied->u == 127.5);
  CHECK(close(tied->p_value, 1.208078307687744e-04, 1e-11));
}

TEST_CASE("the exact distribution holds at its largest size, far into the tail") {
  std::vector<double> low(49);
  std::vector<double> high(49);
  for (std::size_t i = 0; i < 49; ++i) {
    low[i] = static_cast<double>(i);
    high[i] = 100.0 + static_cast<double>(i);
  }
  // One arrangement of 98 choose 49 on each side.
  CHECK(close(mann_whitney(low, high)->p_value, 2.0 / 2.5477612258980867e28, 1e-12));
}

TEST_CASE("equal values, empty groups and NaN are survived") {
  const std::vector<std::vector<double>> equal{{5, 5}, {5, 5, 5}};
  CHECK(kruskal_wallis(equal)->p_value == 1.0);
  CHECK(mann_whitney(equal[0], equal[1])->p_value == 1.0);
  CHECK_FALSE(kruskal_wallis(std::vector<std::vector<double>>{{1, 2, 3}, {}}));
  CHECK_FALSE(mann_whitney({}, equal[0]));
  CHECK_FALSE(mann_whitney(equal[0], std::vector<double>{std::nan("")}));
}

TEST_CASE("without a difference both tests reject as often as they say") {
  Random random(9);
  const auto skewed = [&](std::size_t n) {
    std::vector<double> values(n);
    for (double& value : values) value = std::exp(1.5 * random.normal());
    return values;
  };
  const double two = rejection_rate(3000, 0.05, [&] {
    const auto first = skewed(12);
    return mann_whitney(first, skewed(15))->p_value;
  });
  CHECK(two > 0.03);
  CHECK(two < 0.06);
  const double three = rejection_rate(2000, 0.05, [&] {
    return kruskal_wallis(std::vector<std::vector<double>>{skewed(10), skewed(12), skewed(15)})
        ->p_value;
  });
  CHECK(three > 0.03);
  CHECK(three < 0.065);
}

}  // namespace
}  // namespace insights::stats
