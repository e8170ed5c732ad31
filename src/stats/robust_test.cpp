#include "stats/robust.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "stats/testing.h"

namespace insights::stats {
namespace {

const std::vector<double> sample{1, 3, 2, 10, 4.5};

TEST_CASE("quantiles, MAD and trimmed mean agree with R") {
  CHECK(close(quantile(sample, 0.1).value(), 1.4));
  CHECK(close(quantile(sample, 0.25).value(), 2.0));
  CHECK(close(quantile(sample, 0.9).value(), 7.8));
  CHECK(median(sample).value() == 3.0);
  CHECK(close(median_absolute_deviation(sample).value(), 2.2239, 1e-5));
  const std::vector<double> trimmed{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 50};
  CHECK(close(trimmed_mean(trimmed, 0.1).value(), 5.5));
  CHECK(median(std::vector<double>{4, 1, 3, 2}).value() == 2.5);
}

TEST_CASE("one wild value stands out in modified z although it inflates the standard deviation") {
  const auto z = modified_z(std::vector<double>{10, 11, 9, 10.5, 9.5, 1000});
  CHECK(std::abs(z.back()) > 100);
  CHECK(std::abs(z.front()) < 1);
}

TEST_CASE("modified z survives a majority of equal values and all equal values") {
  const auto lumpy = modified_z(std::vector<double>{0, 0, 0, 0, 0, 0, 7});
  CHECK(close(lumpy.back(), 7 / 1.2533141373155003));
  CHECK(modified_z(std::vector<double>{5, 5, 5}) == std::vector<double>{0, 0, 0});
}

TEST_CASE("the median that may put values into another order is the same, and loses none") {
  std::vector<double> values{9, 1, 8, 2, 7, 3};
  CHECK(median_reordering(values).value() == median(values).value());
  std::ranges::sort(values);
  CHECK(values == std::vector<double>{1, 2, 3, 7, 8, 9});
  CHECK_FALSE(median_reordering({}));
}

TEST_CASE("no values or a NaN give nothing") {
  const std::vector<double> bad{1, std::nan("")};
  CHECK_FALSE(median({}));
  CHECK_FALSE(quantile(bad, 0.5));
  CHECK_FALSE(median_absolute_deviation({}));
  CHECK_FALSE(trimmed_mean({}, 0.2));
  CHECK(modified_z(bad).empty());
  CHECK(median(std::vector<double>{7}).value() == 7.0);
}

}  // namespace
}  // namespace insights::stats
