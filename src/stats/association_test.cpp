// Reference values: R 4.2, chisq.test and cor.test documentation examples, cor.test on the data set
// cars.
#include "stats/association.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "stats/distributions.h"
#include "stats/random.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

const std::vector<std::int64_t> party{762, 327, 468, 484, 239, 477};

TEST_CASE("chi-square and G agree with R on party by gender") {
  const auto chi_square = chi_square_test(party, 3);
  REQUIRE(chi_square);
  CHECK(close(chi_square->statistic, 30.07014909575467, 1e-12));
  CHECK(chi_square->degrees == 2.0);
  CHECK(close(chi_square->p_value, 2.953589183211757e-07, 1e-11));
  const auto g = g_test(party, 3);
  REQUIRE(g);
  // R's 30.01669 before Williams' correction, which is below 1 in 1000 here.
  CHECK(g->statistic < 30.01669261323967);
  CHECK(close(g->statistic, 30.01669261323967, 1e-3));
}

TEST_CASE(
    "the corrected Cramer's V is 0 for independence, 1 for identity, and not inflated by many "
    "cells") {
  CHECK(chi_square_test(std::vector<std::int64_t>{10, 10, 10, 10}, 2)->cramers_v == 0.0);
  CHECK(close(chi_square_test(std::vector<std::int64_t>{500, 0, 0, 500}, 2)->cramers_v, 1.0, 1e-2));
  Random random(3);
  std::vector<std::int64_t> noise(200);
  for (int i = 0; i < 400; ++i) ++noise[random.below(noise.size())];
  const auto test = chi_square_test(noise, 20);
  const double uncorrected = std::sqrt(test->statistic / 400.0 / 9.0);
  CHECK(uncorrected > 0.19);
  CHECK(test->cramers_v < 0.12);
}

TEST_CASE("empty rows do not count, and a table with one row left says nothing") {
  const auto with_empty =
      chi_square_test(std::vector<std::int64_t>{762, 327, 468, 0, 0, 0, 484, 239, 477}, 3);
  CHECK(close(with_empty->statistic, 30.07014909575467, 1e-12));
  CHECK(with_empty->degrees == 2.0);
  CHECK_FALSE(chi_square_test(std::vector<std::int64_t>{5, 6, 0, 0}, 2));
  CHECK_FALSE(g_test({}, 2));
  CHECK_FALSE(g_test(std::vector<std::int64_t>{0, 0, 0, 0}, 2));
  CHECK(g_test(std::vector<std::int64_t>{1, 0, 0, 1}, 2)->p_value <= 1.0);
}

TEST_CASE("counts of a thousand million keep finite statistics") {
  const auto test = g_test(std::vector<std::int64_t>{1'000'000'000, 2, 3, 1'000'000'000}, 2);
  CHECK(test->p_value == p_value_min);
  CHECK(std::isfinite(test->statistic));
}

TEST_CASE("Pearson and Spearman agree with R") {
  const std::vector<double> x{44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1};
  const std::vector<double> y{2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8};
  const auto r = pearson(co_moments_of(x, y));
  REQUIRE(r);
  CHECK(close(r->coefficient, 0.5711815575638287, 1e-12));
  CHECK(close(r->p_value, 0.1081730543494938, 1e-11));
  const std::vector<double> speed{4,  4,  7,  7,  8,  9,  10, 10, 10, 11, 11, 12, 12,
                                  12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15,
                                  16, 16, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 20,
                                  20, 20, 20, 20, 22, 23, 24, 24, 24, 24, 25};
  const std::vector<double> distance{2,  10, 4,  22, 16, 10, 18, 26, 34, 17,  28, 14, 20,
                                     24, 28, 26, 34, 34, 46, 26, 36, 60, 80,  20, 26, 54,
                                     32, 40, 32, 40, 50, 42, 56, 76, 84, 36,  46, 68, 32,
                                     48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85};
  const auto rho = spearman(speed, distance);
  REQUIRE(rho);
  CHECK(close(rho->coefficient, 0.8303568388329934, 1e-12));
  CHECK(close(rho->p_value, 8.824558437619908e-14, 1e-9));
}

TEST_CASE("constant, short and perfectly related columns are survived") {
  const std::vector<double> rising{1, 2, 3, 4};
  const std::vector<double> flat{5, 5, 5, 5};
  CHECK_FALSE(spearman(rising, flat));
  CHECK_FALSE(pearson(co_moments_of(flat, rising)));
  CHECK_FALSE(pearson({}));
  CHECK_FALSE(spearman(std::vector<double>{1, 2}, std::vector<double>{1, 2}));
  CHECK(close(spearman(rising, rising)->coefficient, 1.0));
  CHECK(close(spearman(rising, rising)->p_value, 2.0 / 24));  // 4 ranks cannot say more
  CHECK(pearson(co_moments_of(rising, rising))->p_value < 1e-12);
}

TEST_CASE("between unrelated columns the tests reject as often as they say") {
  Random random(17);
  const double correlation = rejection_rate(3000, 0.05, [&] {
    CoMoments pairs;
    for (int i = 0; i < 15; ++i) {
      const double x = random.normal();
      pairs.add(x, random.normal());
    }
    return pearson(pairs)->p_value;
  });
  CHECK(correlation > 0.035);
  CHECK(correlation < 0.065);
  const double table = rejection_rate(2000, 0.05, [&] {
    std::vector<std::int64_t> counts(12);
    for (int i = 0; i < 150; ++i) ++counts[random.below(3) * 4 + random.below(4)];
    return g_test(counts, 4)->p_value;
  });
  CHECK(table > 0.03);
  CHECK(table < 0.07);
}

}  // namespace
}  // namespace insights::stats
