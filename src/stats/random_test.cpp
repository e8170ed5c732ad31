#include "stats/random.h"

#include <doctest/doctest.h>

#include <cmath>

#include "stats/bootstrap.h"
#include "stats/moments.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

TEST_CASE("the same seed gives the same bits on every machine") {
  // Reference: xoshiro256** 1.0 seeded by SplitMix64 from 42, as published by Blackman and Vigna.
  Random random(42);
  CHECK(random.bits() == 1546998764402558742U);
  CHECK(random.bits() == 6990951692964543102U);
}

TEST_CASE("uniform, normal and Poisson numbers have the moments they should") {
  Random random(7);
  Moments uniform;
  Moments normal;
  Moments poisson;
  for (int i = 0; i < 50'000; ++i) {
    uniform.add(random.uniform());
    normal.add(random.normal());
    poisson.add(random.poisson_one());
  }
  CHECK(std::abs(uniform.mean - 0.5) < 0.006);
  CHECK(std::abs(uniform.variance() - 1.0 / 12) < 0.002);
  CHECK(std::abs(normal.mean) < 0.02);
  CHECK(std::abs(normal.variance() - 1.0) < 0.03);
  CHECK(std::abs(poisson.mean - 1.0) < 0.02);
  CHECK(std::abs(poisson.variance() - 1.0) < 0.04);
}

TEST_CASE("below reaches every value and no other") {
  Random random(1);
  std::array<int, 5> seen{};
  for (int i = 0; i < 5000; ++i) ++seen.at(random.below(5));
  for (const int count : seen) CHECK(std::abs(count - 1000) < 150);
  CHECK(random.below(1) == 0);
}

TEST_CASE("a shuffle is a permutation and a sample is ascending without repeats") {
  const auto order = shuffled_indices(100, 3);
  std::vector<bool> met(100, false);
  for (const auto index : order) met.at(index) = true;
  CHECK(std::ranges::count(met, true) == 100);
  CHECK(order == shuffled_indices(100, 3));
  CHECK(order != shuffled_indices(100, 4));
  CHECK(shuffled_indices(0, 1).empty());

  const auto sample = sampled_indices(10, 50, 5);
  REQUIRE(sample.size() == 10);
  CHECK(std::ranges::is_sorted(sample, std::less_equal{}));
  CHECK(sample.back() < 50);
  CHECK(sampled_indices(50, 50, 5).size() == 50);
}

TEST_CASE("the bootstrap interval of a sum has the width the central limit theorem gives") {
  Random random(11);
  std::vector<double> totals(400);
  double squares = 0.0;
  double sum = 0.0;
  for (double& total : totals) {
    total = 100.0 + 20.0 * random.normal();
    squares += total * total;
    sum += total;
  }
  // Poisson weights have variance 1, so the variance of the sum is the sum of squares.
  const auto interval = bootstrap_sum(totals);
  REQUIRE(interval);
  const double reach = 1.96 * std::sqrt(squares);
  CHECK(close(interval->low, sum - reach, 0.02));
  CHECK(close(interval->high, sum + reach, 0.02));
  CHECK(*interval == bootstrap_sum(totals).value());
}

TEST_CASE("bootstrap intervals of a ratio cover the truth about as often as they say") {
  Random random(5);
  const int rounds = 200;
  int covered = 0;
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> top(60);
    std::vector<double> bottom(60);
    for (std::size_t unit = 0; unit < top.size(); ++unit) {
      bottom[unit] = 50.0 + 100.0 * random.uniform();
      top[unit] = bottom[unit] * (0.3 + 0.1 * random.normal());
    }
    const auto interval = bootstrap_ratio(top, bottom, {.replicates = 200, .confidence = 0.9});
    REQUIRE(interval);
    covered += interval->excludes(0.3) ? 0 : 1;
  }
  CHECK(covered >= 168);
  CHECK(covered <= 194);
}

TEST_CASE("a bootstrap of nothing, one unit, or NaN says nothing") {
  const std::vector<double> one{5.0};
  const std::vector<double> bad{1.0, std::nan("")};
  const std::vector<double> zeros{0.0, 0.0, 0.0};
  CHECK_FALSE(bootstrap_sum({}));
  CHECK_FALSE(bootstrap_sum(one));
  CHECK_FALSE(bootstrap_sum(bad));
  CHECK_FALSE(bootstrap_ratio(zeros, zeros));
  CHECK(bootstrap_sum(zeros).value() == Interval{0.0, 0.0});
}

TEST_CASE("any statistic of weighted units can be bootstrapped") {
  const std::vector<double> values{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const auto total = [&](std::span<const double> weights) {
    double sum = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += weights[i] * values[i];
    return sum;
  };
  CHECK(bootstrap_statistic(values.size(), total).value() == bootstrap_sum(values).value());
}

}  // namespace
}  // namespace insights::stats
