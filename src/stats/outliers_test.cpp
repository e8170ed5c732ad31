#include "stats/outliers.h"

#include <doctest/doctest.h>

#include <cmath>

#include "stats/random.h"
#include "stats/series_data.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

TEST_CASE("Rosner's example has exactly three outliers, which a step-by-step test would miss") {
  const auto outliers = generalized_extreme_deviates(rosner, 10, 0.05);
  REQUIRE(outliers.size() == 3);
  CHECK(outliers[0].value == 6.01);
  CHECK(outliers[1].value == 5.42);
  CHECK(outliers[2].value == 5.34);
  // The handbook: R1 3.118 is below its critical value 3.158, R3 3.179 is above 3.143. Asked for
  // one outlier there is none.
  CHECK(outliers[0].p_value == outliers[2].p_value);
  CHECK(outliers[2].p_value < 0.05);
  CHECK(generalized_extreme_deviates(rosner, 1, 0.05).empty());
}

TEST_CASE("clean normal data have an outlier about as often as alpha says") {
  Random random(80);
  const double rate = rejection_rate(1500, 0.5, [&] {
    std::vector<double> values(40);
    for (double& value : values) value = random.normal();
    return generalized_extreme_deviates(values, 4, 0.05).empty() ? 1.0 : 0.0;
  });
  CHECK(rate > 0.03);
  CHECK(rate < 0.07);
}

TEST_CASE("a period far from season and trend is found, with what was expected") {
  Random random(84);
  std::vector<double> values(36);
  for (std::size_t t = 0; t < values.size(); ++t) {
    values[t] =
        200.0 + 2.0 * static_cast<double>(t) + (t % 12 == 10 ? 90.0 : 0.0) + 5.0 * random.normal();
  }
  values[26] -= 100.0;
  const auto outliers = period_outliers(values);
  REQUIRE_FALSE(outliers.empty());
  CHECK(outliers.size() <= 2);
  CHECK(outliers[0].index == 26);
  CHECK(std::abs(outliers[0].expected - 252.0) < 15.0);
  CHECK(outliers[0].score < -5.0);
  CHECK(outliers[0].p_value < 0.001);
}

TEST_CASE("without wild periods few series show one") {
  Random random(82);
  for (const std::size_t n : {24U, 36U, 60U}) {
    const double rate = rejection_rate(400, 0.5, [&] {
      std::vector<double> values(n);
      for (std::size_t t = 0; t < n; ++t) {
        values[t] = 10.0 * std::sin(0.5235987756 * static_cast<double>(t)) + random.normal();
      }
      return period_outliers(values).empty() ? 1.0 : 0.0;
    });
    CAPTURE(n);
    CHECK(rate < 0.085);
  }
}

TEST_CASE("constant, short and broken series have no outliers; a lone spike in zeros has") {
  CHECK(generalized_extreme_deviates(std::vector<double>(20, 3.0), 5, 0.05).empty());
  CHECK(generalized_extreme_deviates({}, 5, 0.05).empty());
  CHECK(generalized_extreme_deviates(std::vector<double>(20, std::nan("")), 5, 0.05).empty());
  CHECK(period_outliers(std::vector<double>(7, 1.0)).empty());
  CHECK(period_outliers(std::vector<double>(40, 1.0)).empty());
  std::vector<double> spike(30, 0.0);
  spike[7] = 1e9;
  const auto outliers = period_outliers(spike);
  REQUIRE(outliers.size() == 1);
  CHECK(outliers[0].index == 7);
}

}  // namespace
}  // namespace insights::stats
