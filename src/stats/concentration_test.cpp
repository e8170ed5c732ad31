#include "stats/concentration.h"

#include <doctest/doctest.h>

#include <cmath>

#include "stats/testing.h"

namespace insights::stats {
namespace {

TEST_CASE("even parts have the smallest index, one part with all the largest") {
  const std::vector<double> even(10, 7.0);
  CHECK(close(herfindahl_hirschman_index(even).value(), 0.1));
  CHECK(close(gini_coefficient(even).value() + 1.0, 1.0));
  const std::vector<double> one{0, 0, 0, 5};
  CHECK(herfindahl_hirschman_index(one).value() == 1.0);
  CHECK(close(gini_coefficient(one).value(), 0.75));
}

TEST_CASE("Gini equals the slow mean difference over all pairs") {
  const std::vector<double> amounts{3, 8, 1, 1, 20, 5.5};
  double differences = 0.0;
  double total = 0.0;
  for (const double a : amounts) {
    total += a;
    for (const double b : amounts) differences += std::abs(a - b);
  }
  CHECK(close(gini_coefficient(amounts).value(), differences / (2 * 6 * total), 1e-12));
}

TEST_CASE("the market of the merger guidelines: 30, 30, 20, 20 percent give 0.26") {
  CHECK(close(herfindahl_hirschman_index(std::vector<double>{30, 30, 20, 20}).value(), 0.26));
}

TEST_CASE("top shares: two of ten customers hold 80 percent") {
  const std::vector<double> amounts{50, 30, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5};
  CHECK(close(share_of_top(amounts, 1).value(), 0.5));
  CHECK(close(share_of_top_fraction(amounts, 0.2).value(), 0.8));
  CHECK(parts_holding_share(amounts, 0.8).value() == 2);
  CHECK(share_of_top(amounts, 99).value() == 1.0);
  CHECK(share_of_top_fraction(amounts, 0.0).value() == 0.0);
  CHECK(parts_holding_share(amounts, 1.0).value() == 10);
  CHECK(share_of_top_fraction(std::vector<double>(15, 1.0), 0.2).value() == doctest::Approx(0.2));
}

TEST_CASE("negative parts hold no share; nothing positive, nothing to say") {
  CHECK(close(share_of_top(std::vector<double>{10, -5, 10}, 1).value(), 0.5));
  CHECK_FALSE(gini_coefficient({}));
  CHECK_FALSE(herfindahl_hirschman_index(std::vector<double>{0, -1}));
  CHECK_FALSE(share_of_top(std::vector<double>{1, std::nan("")}, 1));
  CHECK(close(herfindahl_hirschman_index(std::vector<double>{1e308, 1e308}).value(), 0.5));
}

}  // namespace
}  // namespace insights::stats
