// Reference values: R 4.2, t.test and oneway.test on its data sets sleep and PlantGrowth.
#include "stats/mean_tests.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "stats/distributions.h"
#include "stats/random.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

const Moments sleep_one =
    moments_of(std::vector<double>{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0});
const Moments sleep_two =
    moments_of(std::vector<double>{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4});
const std::vector<Moments> plant_growth{
    moments_of(std::vector<double>{4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14}),
    moments_of(std::vector<double>{4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69}),
    moments_of(std::vector<double>{6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26})};

TEST_CASE("Welch's t agrees with R on the sleep data") {
  const auto test = welch_t(sleep_one, sleep_two);
  REQUIRE(test);
  CHECK(close(test->t, -1.86081346748685306, 1e-12));
  CHECK(close(test->degrees, 17.77647351617849836, 1e-12));
  CHECK(close(test->p_value, 0.07939414018735817, 1e-11));
  CHECK(close(test->interval.low, -3.36548323071171041, 1e-11));
  CHECK(close(test->interval.high, 0.20548323071171018, 1e-10));
  CHECK(close(test->effect, -0.8321811, 1e-6));
}

TEST_CASE("Welch's and Fisher's analysis of variance agree with R on PlantGrowth") {
  const auto welch = welch_anova(plant_growth);
  REQUIRE(welch);
  CHECK(close(welch->f, 5.180972408113189, 1e-12));
  CHECK(close(welch->degrees_within, 17.128418616644129, 1e-12));
  CHECK(close(welch->p_value, 0.017392821490170, 1e-11));
  const auto classic = one_way_anova(plant_growth);
  REQUIRE(classic);
  CHECK(close(classic->f, 4.84608786238013689, 1e-12));
  CHECK(close(classic->p_value, 0.01590995832562291, 1e-12));
  CHECK(close(classic->eta_squared, 0.2641483, 1e-6));
}

TEST_CASE("two groups: Welch's analysis of variance is Welch's t squared") {
  const auto anova = welch_anova(std::vector<Moments>{sleep_one, sleep_two});
  REQUIRE(anova);
  CHECK(close(anova->f, 3.46262676078044596, 1e-11));
  CHECK(close(anova->p_value, 0.07939414018735814, 1e-11));
}

TEST_CASE("groups without spread are exact: equal means p 1, different means the smallest p") {
  const Moments five{.n = 4, .mean = 5.0, .m2 = 0.0};
  const Moments six{.n = 4, .mean = 6.0, .m2 = 0.0};
  CHECK(welch_t(five, five)->p_value == 1.0);
  CHECK(welch_t(five, six)->p_value == p_value_min);
  CHECK(welch_t(five, six)->t == -INFINITY);
  CHECK(welch_t(five, six)->interval == Interval{-1.0, -1.0});
  CHECK(welch_anova(std::vector<Moments>{five, five})->p_value == 1.0);
  CHECK(welch_anova(std::vector<Moments>{five, six})->p_value == p_value_min);
  CHECK(one_way_anova(std::vector<Moments>{five, six})->eta_squared == 1.0);
  // One exact group among others borrows their spread instead of outweighing them.
  const auto mixed = welch_anova(std::vector<Moments>{sleep_one, {.n = 4, .mean = 0.8, .m2 = 0.0}});
  CHECK(mixed->p_value > 0.5);
}

TEST_CASE("too little data gives nothing") {
  const Moments one{.n = 1, .mean = 5.0, .m2 = 0.0};
  CHECK_FALSE(welch_t(one, sleep_one));
  CHECK_FALSE(welch_anova({}));
  CHECK_FALSE(welch_anova(std::vector<Moments>{one, sleep_one}));
  CHECK_FALSE(one_way_anova(std::vector<Moments>{one, one}));
  CHECK_FALSE(mean_interval(one));
  CHECK_FALSE(welch_t({.n = 3, .mean = std::nan(""), .m2 = 1.0}, sleep_one));
}

TEST_CASE("tiny and huge variances do not break the degrees of freedom") {
  const auto tiny =
      welch_t({.n = 5, .mean = 1e-200, .m2 = 1e-300}, {.n = 5, .mean = 0, .m2 = 1e-300});
  REQUIRE(tiny);
  CHECK(close(tiny->degrees, 8.0));
  const auto huge = welch_t({.n = 1'000'000'000, .mean = 1.0, .m2 = 1e9},
                            {.n = 1'000'000'000, .mean = 0.0, .m2 = 1e9});
  REQUIRE(huge);
  CHECK(huge->p_value == p_value_min);
}

TEST_CASE(
    "without a difference Welch's tests reject as often as they say, also at unequal spread") {
  Random random(1);
  const auto group = [&](int n, double spread) {
    Moments moments;
    for (int i = 0; i < n; ++i) moments.add(spread * random.normal());
    return moments;
  };
  const double t_rate = rejection_rate(4000, 0.05, [&] {
    const Moments small = group(6, 4.0);
    return welch_t(small, group(20, 1.0))->p_value;
  });
  CHECK(t_rate > 0.035);
  CHECK(t_rate < 0.065);
  const double anova_rate = rejection_rate(3000, 0.05, [&] {
    return welch_anova(std::vector<Moments>{group(8, 4.0), group(12, 1.0), group(20, 2.0)})
        ->p_value;
  });
  CHECK(anova_rate > 0.035);
  CHECK(anova_rate < 0.065);
}

TEST_CASE("the interval of a mean covers it about 95 times in 100") {
  Random random(3);
  const double missed = rejection_rate(3000, 0.5, [&] {
    Moments values;
    for (int i = 0; i < 5; ++i) values.add(10.0 + random.normal());
    return mean_interval(values)->excludes(10.0) ? 0.0 : 1.0;
  });
  CHECK(missed > 0.035);
  CHECK(missed < 0.065);
}

}  // namespace
}  // namespace insights::stats
