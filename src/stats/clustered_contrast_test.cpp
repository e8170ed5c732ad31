#include "stats/clustered_contrast.h"

#include <doctest/doctest.h>

#include <vector>

#include "stats/random.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

// Clusters of 5 to 60 rows over times 0 to 35, with a level and a drift of their own.
std::vector<CoMoments> clusters(Random& random, int count, double common_slope, double own_drift) {
  std::vector<CoMoments> made;
  for (int i = 0; i < count; ++i) {
    CoMoments cluster;
    const double level = 3.0 * random.normal();
    const double drift = common_slope + own_drift * random.normal();
    const auto rows = 5 + random.below(56);
    for (std::uint64_t row = 0; row < rows; ++row) {
      const double at = 36.0 * random.uniform();
      cluster.add(at, level + drift * at + random.normal());
    }
    made.push_back(cluster);
  }
  return made;
}

TEST_CASE("clusters that drift each by themselves are no common movement") {
  Random random(5);
  for (const double own_drift : {0.0, 0.1}) {
    for (const int count : {8, 30}) {
      const double rate = rejection_rate(3000, 0.05, [&] {
        const auto test = contrast_slopes(clusters(random, count, 0.0, own_drift),
                                          clusters(random, 60, 0.0, own_drift));
        return test ? test->p_value : 1.0;
      });
      CHECK(rate < 0.062);
      CHECK(rate > 0.004);
      const double rare = rejection_rate(4000, 0.002, [&] {
        const auto test = contrast_means(clusters(random, count, 0.0, own_drift),
                                         clusters(random, 60, 0.0, own_drift));
        return test ? test->p_value : 1.0;
      });
      CHECK(rare < 0.005);
    }
  }
}

TEST_CASE("a small slope that all clusters of a group share is seen, with its size") {
  Random random(6);
  const auto test =
      contrast_slopes(clusters(random, 30, -0.03, 0.01), clusters(random, 100, 0.0, 0.01));
  REQUIRE(test);
  CHECK(test->p_value < 1e-6);
  CHECK(test->difference == doctest::Approx(-0.03).epsilon(0.3));
}

TEST_CASE("too few clusters, or one that outweighs all, say nothing") {
  Random random(7);
  const auto many = clusters(random, 40, 0.0, 0.0);
  CHECK_FALSE(contrast_slopes(clusters(random, 4, 0.0, 0.0), many));
  CHECK_FALSE(contrast_slopes({}, many));
  auto one_large = clusters(random, 20, 0.0, 0.0);
  for (int i = 0; i < 5000; ++i) one_large.front().add(36.0 * random.uniform(), 1.0);
  CHECK_FALSE(contrast_means(one_large, many));
  CHECK_FALSE(contrast_slopes(std::vector<CoMoments>(30), many));
}

}  // namespace
}  // namespace insights::stats
