#include "stats/moments.h"

#include <doctest/doctest.h>

#include <vector>

#include "stats/random.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

TEST_CASE("a large mean does not swallow a small spread") {
  std::vector<double> values;
  values.reserve(1000);
  for (int i = 0; i < 1000; ++i) values.push_back(1e9 + (i % 2 == 0 ? 1.0 : -1.0));
  CHECK(close(moments_of(values).variance(), 1000.0 / 999.0, 1e-9));
}

TEST_CASE("merging parts gives what the whole gives") {
  Random random(2);
  Moments whole;
  Moments left;
  Moments right;
  CoMoments pairs;
  CoMoments pairs_left;
  CoMoments pairs_right;
  for (int i = 0; i < 500; ++i) {
    const double x = 3.0 + random.normal();
    const double y = x + random.normal();
    whole.add(x);
    pairs.add(x, y);
    (i < 120 ? left : right).add(x);
    (i < 120 ? pairs_left : pairs_right).add(x, y);
  }
  left.merge(right);
  pairs_left.merge(pairs_right);
  CHECK(left.n == whole.n);
  CHECK(close(left.mean, whole.mean, 1e-13));
  CHECK(close(left.m2, whole.m2, 1e-12));
  CHECK(close(pairs_left.c2, pairs.c2, 1e-12));
  CHECK(close(pairs_left.m2_y, pairs.m2_y, 1e-12));
}

TEST_CASE("an empty part changes nothing, and empty moments have no spread") {
  Moments some = moments_of(std::vector<double>{1, 2});
  const Moments before = some;
  some.merge({});
  CHECK(some == before);
  Moments empty;
  empty.merge(before);
  CHECK(empty == before);
  CHECK(Moments{}.variance() == 0.0);
  CHECK(moments_of(std::vector<double>{5}).standard_deviation() == 0.0);
}

TEST_CASE("sums from a database become moments, cut at zero spread") {
  const Moments moments = moments_from_sums(4, 10, 30);
  CHECK(moments.mean == 2.5);
  CHECK(close(moments.m2, 5.0));
  CHECK(moments_from_sums(3, 0.3, 0.0299999999).m2 == 0.0);
  CHECK(moments_from_sums(0, 0, 0) == Moments{});
}

}  // namespace
}  // namespace insights::stats
