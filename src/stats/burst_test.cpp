#include "stats/burst.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "stats/random.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

int poisson(Random& random, double mean) {
  int events = 0;
  for (double product = random.uniform(), limit = std::exp(-mean); product > limit;
       product *= random.uniform()) {
    ++events;
  }
  return events;
}

// The slow obvious version: every window, every logarithm.
double slow_maximum(std::span<const std::int64_t> counts, std::size_t length_max) {
  double total = 0.0;
  for (const auto count : counts) total += static_cast<double>(count);
  double best = 0.0;
  for (std::size_t first = 0; first < counts.size(); ++first) {
    double inside = 0.0;
    for (std::size_t length = 1; length <= length_max && first + length <= counts.size();
         ++length) {
      inside += static_cast<double>(counts[first + length - 1]);
      const double due = total * static_cast<double>(length) / static_cast<double>(counts.size());
      if (inside <= due) continue;
      double ratio = inside * std::log(inside / due);
      if (inside < total) ratio += (total - inside) * std::log((total - inside) / (total - due));
      best = std::max(best, ratio);
    }
  }
  return best;
}

TEST_CASE("a planted burst is found where it is") {
  Random random(90);
  std::vector<std::int64_t> counts(120);
  for (std::size_t day = 0; day < counts.size(); ++day) {
    counts[day] = poisson(random, day >= 60 && day < 67 ? 8.0 : 2.0);
  }
  const auto burst = strongest_burst(counts);
  REQUIRE(burst);
  CHECK(std::abs(static_cast<double>(burst->first) - 60.0) <= 1.0);
  CHECK(std::abs(static_cast<double>(burst->first + burst->length) - 67.0) <= 1.0);
  CHECK(burst->ratio > 2.5);
  CHECK(burst->p_value < 0.001);
  CHECK(close(burst->log_likelihood_ratio, slow_maximum(counts, 40), 1e-9));
}

TEST_CASE("the pruned scan equals the slow one on noise") {
  Random random(91);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::int64_t> counts(40);
    for (auto& count : counts) count = poisson(random, 1.5);
    const auto burst = strongest_burst(counts, {}, {.length_max = 13, .permutations = 1});
    CHECK(close(burst->log_likelihood_ratio, slow_maximum(counts, 13), 1e-9));
  }
}

TEST_CASE("busy weekdays are no burst when the exposure says so") {
  std::vector<std::int64_t> counts;
  std::vector<double> exposure;
  Random random(92);
  for (int day = 0; day < 140; ++day) {
    const double usual = day % 7 >= 5 ? 0.0 : day % 7 == 4 ? 9.0 : 3.0;
    exposure.push_back(usual);
    counts.push_back(poisson(random, usual));
  }
  CHECK(strongest_burst(counts, exposure)->p_value > 0.05);
}

TEST_CASE("chance and overdispersion alone raise few alarms") {
  Random random(93);
  const BurstOptions quick{.length_max = 15, .permutations = 99};
  const double plain = rejection_rate(400, 0.05, [&] {
    std::vector<std::int64_t> counts(50);
    for (auto& count : counts) count = poisson(random, 2.0);
    return strongest_burst(counts, {}, quick)->p_value;
  });
  CHECK(plain > 0.025);
  CHECK(plain < 0.08);
  const double overdispersed = rejection_rate(400, 0.05, [&] {
    std::vector<std::int64_t> counts(50);
    for (auto& count : counts) count = poisson(random, -3.0 * std::log(1.0 - random.uniform()));
    return strongest_burst(counts, {}, quick)->p_value;
  });
  CHECK(overdispersed > 0.025);
  CHECK(overdispersed < 0.08);
}

TEST_CASE("a level that wanders raises far fewer alarms than its days by themselves would") {
  Random random(94);
  BurstOptions quick;
  quick.permutations = 99;
  const auto wandering = [&](double memory) {
    std::vector<std::int64_t> counts(150);
    double level = 0.3 * random.normal();
    for (std::size_t day = 0; day < counts.size(); ++day) {
      level = memory * level + 0.3 * std::sqrt(1 - memory * memory) * random.normal();
      counts[day] = poisson(random, 6.0 * std::exp(level));
    }
    return counts;
  };
  const double alarms = rejection_rate(
      200, 0.01, [&] { return strongest_burst(wandering(0.95), {}, quick)->p_value; });
  CHECK(alarms < 0.5);  // 0.69 without regard to how long a level lasts
}

TEST_CASE("no events, too few days, impossible exposure, even days and huge counts are survived") {
  CHECK_FALSE(strongest_burst(std::vector<std::int64_t>(30, 0)));
  CHECK_FALSE(strongest_burst(std::vector<std::int64_t>(9, 5)));
  CHECK_FALSE(strongest_burst(std::vector<std::int64_t>(10, 5), std::vector<double>(10, 0.0)));
  CHECK(strongest_burst(std::vector<std::int64_t>(30, 4))->p_value == 1.0);
  std::vector<std::int64_t> huge(30, 1'000'000'000);
  huge[3] = 2'000'000'000;
  const auto burst = strongest_burst(huge);
  CHECK(burst->first == 3);
  CHECK(burst->length == 1);
  std::vector<std::int64_t> lone(20, 0);
  lone[10] = 1;
  CHECK(std::isinf(strongest_burst(lone)->ratio));
  CHECK(strongest_burst(lone)->p_value > 0.5);
}

}  // namespace
}  // namespace insights::stats
