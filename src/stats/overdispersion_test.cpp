#include "stats/overdispersion.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "stats/distributions.h"
#include "stats/random.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

// A group's own rate: beta(a, b) for whole a and b, as a ratio of sums of exponentials.
double beta_rate(Random& random, int a, int b) {
  const auto gamma = [&](int shape) {
    double sum = 0.0;
    for (int i = 0; i < shape; ++i) sum -= std::log(1.0 - random.uniform());
    return sum;
  };
  const double top = gamma(a);
  return top / (top + gamma(b));
}

Proportion draw(Random& random, int trials, double rate) {
  Proportion drawn{0, trials};
  for (int i = 0; i < trials; ++i) drawn.events += random.uniform() < rate ? 1 : 0;
  return drawn;
}

TEST_CASE("beta-binomial tails equal the slow sum") {
  const double a = 0.7;
  const double b = 4.2;
  const auto probability = [&](int k) {
    return std::exp(log_choose(30, k) + log_beta(k + a, 30 - k + b) - log_beta(a, b));
  };
  for (int k = 0; k <= 30; ++k) {
    double upper = 0.0;
    double lower = 0.0;
    for (int j = k; j <= 30; ++j) upper += probability(j);
    for (int j = 0; j <= k; ++j) lower += probability(j);
    CHECK(close(beta_binomial_upper_tail(k, 30, a, b), upper, 1e-10));
    CHECK(close(beta_binomial_lower_tail(k, 30, a, b), lower, 1e-10));
  }
}

TEST_CASE("a uniform prior makes every count equally likely") {
  CHECK(close(beta_binomial_upper_tail(8, 9, 1, 1), 0.2, 1e-12));
  CHECK(close(beta_binomial_lower_tail(0, 9, 1, 1), 0.1, 1e-12));
  // Large counts, exact up to a million trials and continuous above.
  CHECK(close(beta_binomial_upper_tail(750'000, 1'000'000, 1, 1), 0.25, 1e-5));
  CHECK(close(beta_binomial_upper_tail(750'000'000, 1'000'000'000, 1, 1), 0.25, 1e-6));
}

TEST_CASE("no overdispersion gives the binomial test back, some makes it milder") {
  const Proportion seen{30, 100};
  const double exact = exact_binomial_p_value(seen, 0.2);
  CHECK(beta_binomial_p_value(seen, 0.2, 0.0) == exact);
  CHECK(beta_binomial_p_value(seen, 0.2, 0.05) > exact);
  CHECK(beta_binomial_p_value(seen, 0.2, 0.2) > beta_binomial_p_value(seen, 0.2, 0.05));
  CHECK(beta_binomial_p_value({0, 0}, 0.2, 0.1) == 1.0);
  CHECK(beta_binomial_p_value({1'000'000'000, 1'000'000'000}, 0.01, 0.001) >= p_value_min);
  CHECK(beta_binomial_p_value({3, 4}, 0.0, 0.5) == p_value_min);
  CHECK(beta_binomial_p_value({900, 2'000'000}, 1e-4, 0.9) <= 1.0);
}

TEST_CASE("the moments estimator finds the overdispersion that was put in") {
  Random random(8);
  std::vector<Proportion> groups;
  std::vector<Proportion> plain;
  for (int i = 0; i < 400; ++i) {
    const int trials = 20 + 3 * (i % 40);
    groups.push_back(draw(random, trials, beta_rate(random, 2, 17)));
    plain.push_back(draw(random, trials, 0.1));
  }
  CHECK(std::abs(overdispersion(groups) - 1.0 / 20) < 0.015);  // rho = 1 / (a + b + 1)
  CHECK(overdispersion(plain) < 0.005);
  CHECK(std::abs(prior_rate(groups).strength - 19.0) < 6.0);
  CHECK(prior_rate(plain).strength > 200.0);
}

TEST_CASE("what siblings scatter by chance is not called overdispersion") {
  Random random(9);
  const double rate = rejection_rate(500, 0.5, [&] {  // p 0: it was called so
    std::vector<Proportion> rare;
    for (int i = 0; i < 200; ++i) rare.push_back(draw(random, 20 + i % 20, 0.015));
    return clear_overdispersion(rare) > 0.0 ? 0.0 : 1.0;
  });
  CHECK(rate < 0.09);
  std::vector<Proportion> different;
  for (int i = 0; i < 200; ++i) different.push_back(draw(random, 40, beta_rate(random, 2, 17)));
  CHECK(clear_overdispersion(different) == overdispersion(different));
  CHECK(clear_overdispersion(different) > 0.02);
  CHECK(clear_overdispersion({}) == 0.0);
}

TEST_CASE("the other tail counts only where it is no likelier") {
  // None of 60 at a rate of 1 % says little, so a high count is not charged for it.
  const double upper = beta_binomial_upper_tail(5, 60, 0.01 * 99, 0.99 * 99);
  CHECK(close(beta_binomial_p_value({5, 60}, 0.01, 0.01), upper, 1e-9));
}

TEST_CASE("degenerate siblings have no overdispersion, and a rate is then wholly shared") {
  CHECK(overdispersion({}) == 0.0);
  CHECK(overdispersion(std::vector<Proportion>{{3, 10}}) == 0.0);
  CHECK(overdispersion(std::vector<Proportion>{{1, 1}, {0, 1}, {0, 0}}) == 0.0);
  CHECK(overdispersion(std::vector<Proportion>{{0, 50}, {0, 70}}) == 0.0);
  CHECK(overdispersion(std::vector<Proportion>{{50, 50}, {0, 50}}) <= 0.999);
  const PriorRate nobody = prior_rate({});
  CHECK(nobody.rate == 0.0);
  CHECK(close(shrunk_rate({5, 10}, prior_rate(std::vector<Proportion>{{10, 100}})), 0.1, 1e-6));
}

TEST_CASE("shrinking pulls a group of the prior's size half way") {
  CHECK(close(shrunk_rate({40, 100}, {.rate = 0.2, .strength = 100.0}), 0.3));
  CHECK(close(shrunk_rate({0, 0}, {.rate = 0.2, .strength = 100.0}), 0.2));
}

TEST_CASE(
    "among overdispersed siblings the beta-binomial test is honest and the binomial test is not") {
  Random random(6);
  int naive = 0;
  const double rate = rejection_rate(3000, 0.05, [&] {
    const Proportion seen = draw(random, 60, beta_rate(random, 3, 12));
    naive += exact_binomial_p_value(seen, 0.2) <= 0.05 ? 1 : 0;
    return beta_binomial_p_value(seen, 0.2, 1.0 / 16);
  });
  CHECK(rate > 0.025);
  CHECK(rate < 0.06);
  CHECK(naive > 600);
}

}  // namespace
}  // namespace insights::stats
