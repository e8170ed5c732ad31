#include "stats/shape_path.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "stats/random.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

std::vector<double> whitened(const std::vector<double>& values, double autocorrelation) {
  std::vector<double> white(values.size());
  white[0] = std::sqrt(1.0 - autocorrelation * autocorrelation) * values[0];
  for (std::size_t t = 1; t < values.size(); ++t)
    white[t] = values[t] - autocorrelation * values[t - 1];
  return white;
}

double product(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t t = 0; t < a.size(); ++t) sum += a[t] * b[t];
  return sum;
}

// Generalized least squares written out: whiten all, take the constant out, compare.
double slow_share(const std::vector<double>& values, const ShapeCandidate& candidate,
                  double autocorrelation) {
  std::vector<double> shape(values.size());
  for (std::size_t t = 0; t < shape.size(); ++t) shape[t] = candidate.regressor(t);
  const auto constant = whitened(std::vector<double>(values.size(), 1.0), autocorrelation);
  const auto without_constant = [&](std::vector<double> white) {
    const double level = product(white, constant) / product(constant, constant);
    for (std::size_t t = 0; t < white.size(); ++t) white[t] -= level * constant[t];
    return white;
  };
  const auto x = without_constant(whitened(shape, autocorrelation));
  const auto y = without_constant(whitened(values, autocorrelation));
  return product(x, y) * product(x, y) / (product(x, x) * product(y, y));
}

TEST_CASE("the closed forms equal generalized least squares written out") {
  Random random(110);
  for (const std::size_t n : {8U, 15U, 30U}) {
    const auto path = shape_path(n);
    std::vector<double> values(n);
    for (double& value : values) value = random.normal();
    for (const double autocorrelation : {0.0, 0.4, 0.9}) {
      const auto explained = WhitenedPath(path, n, autocorrelation).explained(values);
      REQUIRE(explained.shares.size() == path.size());
      for (std::size_t i = 0; i < path.size(); ++i) {
        CHECK(close(explained.shares[i], slow_share(values, path[i], autocorrelation), 1e-9));
      }
    }
  }
}

TEST_CASE("a path holds the line, every hinge and every step, with parts that are long enough") {
  const auto path = shape_path(12);
  CHECK(std::ranges::count(path, Shape::line, &ShapeCandidate::shape) == 1);
  CHECK(std::ranges::count(path, Shape::hinge, &ShapeCandidate::shape) ==
        6);  // last flat index 3 .. 8
  CHECK(std::ranges::count(path, Shape::step, &ShapeCandidate::shape) ==
        7);  // first new index 3 .. 9
  CHECK(ShapeCandidate{Shape::hinge, 3}.regressor(3) == 0.0);
  CHECK(ShapeCandidate{Shape::hinge, 3}.regressor(5) == 2.0);
  CHECK(ShapeCandidate{Shape::step, 3}.regressor(3) == 1.0);
}

TEST_CASE("the chance formula falls with what is explained and ends at 1 and 0") {
  const auto path = shape_path(20);
  const WhitenedPath noise(path, 20, 0.3);
  CHECK(noise.chance_to_explain(0.0) == 1.0);
  CHECK(noise.chance_to_explain(1.0) == 0.0);
  double previous = 1.0;
  for (double share = 0.05; share < 1.0; share += 0.05) {
    const double chance = noise.chance_to_explain(share);
    CHECK(chance <= previous);
    previous = chance;
  }
}

}  // namespace
}  // namespace insights::stats
