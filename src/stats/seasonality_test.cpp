// Reference values: R 4.2, anova(lm(y ~ t), lm(y ~ t + month)) on log(AirPassengers).
#include "stats/seasonality.h"

#include <doctest/doctest.h>

#include <cmath>

#include "stats/random.h"
#include "stats/series_data.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

std::vector<double> log_passengers() {
  std::vector<double> values = air_passengers;
  for (double& value : values) value = std::log(value);
  return values;
}

std::vector<double> noise(Random& random, std::size_t n, double autocorrelation) {
  std::vector<double> values(n);
  double previous = random.normal() / std::sqrt(1.0 - autocorrelation * autocorrelation);
  for (double& value : values) value = previous = autocorrelation * previous + random.normal();
  return values;
}

TEST_CASE("airline passengers: F, p-value and July peak agree with R") {
  const auto season = seasonality(log_passengers());
  REQUIRE(season);
  CHECK(close(season->f, 59.04753492907371, 1e-9));
  CHECK(close(season->p_value, 2.577314330035439e-45, 1e-8));
  CHECK(season->highest_phase == 6);
  CHECK(season->lowest_phase == 10);
  CHECK(close(season->effects[6], 0.215212083985115932, 1e-9));
  CHECK(close(season->effects[0], -0.085407246984563104, 1e-9));
  CHECK(season->profile_correlation > 0.9);
}

TEST_CASE("the first phase turns the profile") {
  const auto july_first =
      seasonality(std::span(air_passengers).subspan(6, 72), {.length = 12, .first_phase = 6});
  CHECK(july_first->highest_phase == 6);
}

TEST_CASE("one lump does not make a season: the profiles of the years do not agree") {
  Random random(70);
  auto values = noise(random, 48, 0.0);
  values[17] += 30.0;
  CHECK(seasonality(values)->profile_correlation < 0.4);
}

TEST_CASE("too short, constant or straight series have no season") {
  CHECK_FALSE(seasonality(std::vector<double>(35, 1.0)));
  CHECK(seasonality(std::vector<double>(36, 1.0))->p_value == 1.0);
  std::vector<double> line(40);
  for (std::size_t t = 0; t < line.size(); ++t) line[t] = 3.0 + 0.1 * static_cast<double>(t);
  CHECK(seasonality(line)->amplitude == doctest::Approx(0.0));
  CHECK_FALSE(seasonality(std::vector<double>(36, std::nan(""))));
  std::vector<double> perfect(36);
  for (std::size_t t = 0; t < perfect.size(); ++t) perfect[t] = t % 12 == 5 ? 1.0 : 0.0;
  CHECK(seasonality(perfect)->p_value < 1e-100);
}

TEST_CASE("without a season the test is honest, and with memory it does not become liberal") {
  Random random(71);
  const double white =
      rejection_rate(2000, 0.05, [&] { return seasonality(noise(random, 40, 0.0))->p_value; });
  CHECK(white > 0.035);
  CHECK(white < 0.065);
  const double memory =
      rejection_rate(2000, 0.05, [&] { return seasonality(noise(random, 48, 0.6))->p_value; });
  CHECK(memory < 0.065);
}

TEST_CASE("the expectation follows season and trend and ignores wild periods") {
  Random random(72);
  std::vector<double> values(36);
  std::vector<double> truth(36);
  for (std::size_t t = 0; t < values.size(); ++t) {
    truth[t] = 100.0 + static_cast<double>(t) + (t % 12 == 11 ? 40.0 : 0.0);
    values[t] = truth[t] + random.normal();
  }
  values[20] -= 60.0;
  const auto expectation = seasonal_expectation(values);
  REQUIRE(expectation);
  CHECK(std::abs(expectation->slope - 1.0) < 0.15);
  CHECK(std::abs(expectation->phase_effects[11] - 40.0) < 4.0);
  CHECK(expectation->scale < 3.0);
  for (std::size_t t = 0; t < values.size(); ++t)
    CHECK(std::abs(expectation->expected[t] - truth[t]) < 5.0);
}

TEST_CASE("two cycles are enough for a season both agree on, and one wild period does not double") {
  std::vector<double> values(24);
  for (std::size_t t = 0; t < values.size(); ++t) {
    values[t] = (t % 12 == 11 ? 50.0 : 0.0) + 0.1 * static_cast<double>(t % 5);
  }
  values[4] += 30.0;
  const auto expectation = seasonal_expectation(values);
  CHECK(std::abs(expectation->phase_effects[11] - 50.0) < 1.0);
  CHECK(std::abs(values[16] - expectation->expected[16]) < 1.0);
  CHECK(std::abs(values[4] - expectation->expected[4]) > 25.0);
}

TEST_CASE("short or degenerate series: a line, or nothing") {
  CHECK_FALSE(seasonal_expectation(std::vector<double>{1, 2, 3}));
  const auto line = seasonal_expectation(std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(line->slope == 1.0);
  CHECK(line->scale == doctest::Approx(0.0));
  CHECK(seasonal_expectation(std::vector<double>(30, 7.0))->expected ==
        std::vector<double>(30, 7.0));
}

TEST_CASE("a smooth wave in noise is seen where the months one by one do not show it") {
  Random random(71);
  auto values = noise(random, 36, 0.0);
  for (std::size_t t = 0; t < values.size(); ++t)
    values[t] += 1.6 * std::cos(2.0 * 3.14159265358979 * (static_cast<double>(t) - 5.0) / 12.0);
  const auto season = seasonality(values);
  CHECK(season->is_wave());
  CHECK(season->wave_p_value < 1e-4);
  CHECK(season->wave_correlation > 0.7);
  CHECK((season->wave_phase >= 4 && season->wave_phase <= 6));
}

TEST_CASE("either test keeps its level in white noise and in noise with a memory") {
  Random random(72);
  for (const double autocorrelation : {0.0, 0.6}) {
    const auto p_value = [&] {
      return seasonality(noise(random, 36, autocorrelation))->either_p_value();
    };
    CHECK(rejection_rate(4000, 0.05, p_value) < 0.065);
    CHECK(rejection_rate(8000, 0.002, p_value) < 0.008);
  }
}

}  // namespace
}  // namespace insights::stats
