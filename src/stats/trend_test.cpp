// Reference values: R 4.2 (cor.test(method = "kendall"), predict.lm) on the data set Nile.
#include "stats/trend.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "stats/distributions.h"
#include "stats/random.h"
#include "stats/series_data.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

std::vector<double> noise(Random& random, std::size_t n, double autocorrelation) {
  std::vector<double> values(n);
  double previous = random.normal() / std::sqrt(1.0 - autocorrelation * autocorrelation);
  for (double& value : values) value = previous = autocorrelation * previous + random.normal();
  return values;
}

TEST_CASE("the Theil-Sen slope ignores a wild value and agrees with all pairs") {
  CHECK(close(theil_sen(nile)->slope, -2.6, 1e-12));
  std::vector<double> line{1, 3, 5, 7, 9, 11, 13};
  line[3] = 1000.0;
  CHECK(theil_sen(line)->slope == 2.0);
  CHECK(theil_sen(line)->intercept == 1.0);
  std::vector<double> longer(5000);
  for (std::size_t i = 0; i < longer.size(); ++i) longer[i] = 0.5 * static_cast<double>(i);
  CHECK(theil_sen(longer)->slope == 0.5);
  CHECK_FALSE(theil_sen(std::vector<double>{1}));
  CHECK_FALSE(theil_sen(std::vector<double>{1, std::nan("")}));
}

TEST_CASE("Mann-Kendall agrees with R's Kendall test before the correction for memory") {
  const auto test = mann_kendall(nile);
  REQUIRE(test);
  CHECK(test->s == -1387);
  // R: z = -4.1310449258187 = s / sqrt(variance), no continuity correction; the memory makes ours
  // milder.
  const double variance = 1387.0 / 4.1310449258187 * (1387.0 / 4.1310449258187);
  CHECK(test->variance_factor > 1.0);
  CHECK(close(test->p_value, normal_two_sided(1386.0 / std::sqrt(variance * test->variance_factor)),
              1e-9));
  CHECK(test->p_value > 3.6e-05);
}

TEST_CASE("Mann-Kendall counts pairs as the slow double loop does, ties and all") {
  Random random(60);
  std::vector<double> values(70);
  for (double& value : values) value = static_cast<double>(random.below(15));
  double s = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i + 1; j < values.size(); ++j) {
      s += values[j] > values[i] ? 1.0 : values[j] < values[i] ? -1.0 : 0.0;
    }
  }
  CHECK(mann_kendall(values)->s == s);
}

TEST_CASE("Mann-Kendall edges: all equal, too short, strictly rising") {
  CHECK(mann_kendall(std::vector<double>(12, 4.0))->p_value == 1.0);
  CHECK_FALSE(mann_kendall(std::vector<double>{1, 2, 3}));
  std::vector<double> rising(12);
  for (std::size_t i = 0; i < rising.size(); ++i) rising[i] = static_cast<double>(i * i);
  CHECK(mann_kendall(rising)->tau == 1.0);
}

TEST_CASE("Mann-Kendall is honest in white noise and much better than uncorrected with memory") {
  Random random(61);
  const double white =
      rejection_rate(1500, 0.05, [&] { return mann_kendall(noise(random, 36, 0.0))->p_value; });
  CHECK(white > 0.01);
  CHECK(white < 0.065);
  int uncorrected = 0;
  const double memory = rejection_rate(1000, 0.05, [&] {
    const auto test = mann_kendall(noise(random, 60, 0.5));
    const double n = 60.0;
    const double deviation = std::sqrt(n * (n - 1) * (2 * n + 5) / 18.0);
    uncorrected += normal_two_sided((std::abs(test->s) - 1.0) / deviation) <= 0.05 ? 1 : 0;
    return test->p_value;
  });
  CHECK(uncorrected > 200);
  CHECK(memory < 0.11);
}

TEST_CASE("the autocorrelation estimate is nearly unbiased in short series") {
  Random random(62);
  for (const double truth : {0.0, 0.4}) {
    double sum = 0.0;
    const int rounds = 1500;
    for (int round = 0; round < rounds; ++round)
      sum += lag_one_autocorrelation(noise(random, 24, truth)).value();
    CHECK(std::abs(sum / rounds - truth) < 0.04);
  }
  CHECK(close(lag_one_autocorrelation(nile).value(), (100 * 0.4984081841330295 + 1) / 96, 1e-9));
  CHECK_FALSE(lag_one_autocorrelation(std::vector<double>(10, 3.0)));
  CHECK_FALSE(lag_one_autocorrelation(std::vector<double>{1, 2, 3}));
}

TEST_CASE("the straight continuation agrees with R's prediction interval") {
  const auto forecast = forecast_line(std::span(nile).first(20), 3);
  REQUIRE(forecast);
  CHECK(close(forecast->value, 975.4834586466164, 1e-10));
  CHECK(close(forecast->interval.low, 641.2736735319754, 1e-10));
  CHECK(close(forecast->interval.high, 1309.693243761257, 1e-10));
  CHECK_FALSE(forecast_line(std::vector<double>{1, 2, 3}, 1));
  CHECK(forecast_line(std::vector<double>(5, 2.0), 1)->interval == Interval{2.0, 2.0});
}

}  // namespace
}  // namespace insights::stats
