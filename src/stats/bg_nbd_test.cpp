// Reference values: Fader, Hardie & Lee (2005), table 2 (CDNOW, 2,357 customers, 39 weeks): r
// 0.243, alpha 4.414, a 0.793, b 2.426, log likelihood -9582.4; and their worked example in
// "Implementing the BG/NBD model in Excel".
#include "stats/bg_nbd.h"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "stats/random.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

const BgNbd cdnow_model{
    .r = 0.243, .alpha = 4.414, .a = 0.793, .b = 2.426, .log_likelihood = 0.0, .converged = true};

double gamma_draw(Random& random, int shape) {
  double sum = 0.0;
  for (int i = 0; i < shape; ++i) sum -= std::log(1.0 - random.uniform());
  return sum;
}

struct Drawn {
  PurchaseHistory history;
  bool alive = true;
  int later = 0;  // purchases in the horizon after `age`
};

// One customer of the model with whole r, a, b.
Drawn draw(Random& random, int r, double alpha, int a, int b, double age, double horizon) {
  const double rate = gamma_draw(random, r) / alpha;
  const double top = gamma_draw(random, a);
  const double leave = top / (top + gamma_draw(random, b));
  Drawn drawn{.history = {.repeats = 0, .last = 0.0, .age = age}};
  double time = 0.0;
  for (;;) {
    time -= std::log(1.0 - random.uniform()) / rate;
    if (time > age + horizon) return drawn;
    if (time <= age) {
      ++drawn.history.repeats;
      drawn.history.last = time;
    } else {
      ++drawn.later;
    }
    if (random.uniform() < leave) {
      if (time <= age) drawn.alive = false;
      return drawn;
    }
  }
}

TEST_CASE(
    "the paper's example customer: 2 repeats, the last at week 30.43 of 38.86, expects 1.226 in 39 "
    "weeks") {
  const PurchaseHistory customer{.repeats = 2, .last = 30.43, .age = 38.86};
  CHECK(std::abs(expected_purchases(cdnow_model, customer, 39.0) - 1.226) < 0.001);
  CHECK(std::abs(probability_alive(cdnow_model, customer) - 0.7266) < 0.001);
  CHECK(probability_alive(cdnow_model, {.repeats = 0, .last = 0.0, .age = 38.86}) == 1.0);
}

TEST_CASE(
    "the series for expected purchases equals the paper's hypergeometric form, and passes a = 1 "
    "smoothly") {
  const PurchaseHistory customer{.repeats = 3, .last = 20.0, .age = 30.0};
  const double horizon = 25.0;
  const auto paper = [&](const BgNbd& m) {
    const double x = 3.0;
    const double z = horizon / (m.alpha + customer.age + horizon);
    double term = 1.0;
    double series = 1.0;
    for (int j = 0; j < 5000; ++j) {
      term *= (m.r + x + j) * (m.b + x + j) / ((m.a + m.b + x - 1 + j) * (1.0 + j)) * z;
      series += term;
    }
    const double left = m.a / (m.b + x - 1) *
                        std::pow((m.alpha + customer.age) / (m.alpha + customer.last), m.r + x);
    return (m.a + m.b + x - 1) / (m.a - 1) *
           (1 - std::pow((m.alpha + customer.age) / (m.alpha + customer.age + horizon), m.r + x) *
                    series) /
           (1 + left);
  };
  CHECK(close(expected_purchases(cdnow_model, customer, horizon), paper(cdnow_model), 1e-11));
  BgNbd model = cdnow_model;
  model.a = 1.0;
  const double at_one = expected_purchases(model, customer, horizon);
  model.a = 1.0 + 1e-7;
  CHECK(close(at_one, expected_purchases(model, customer, horizon), 1e-6));
}

TEST_CASE("extreme histories and horizons stay finite") {
  CHECK(expected_purchases(cdnow_model, {.repeats = 0, .last = 0.0, .age = 1.0}, 0.0) == 0.0);
  const double busy =
      expected_purchases(cdnow_model, {.repeats = 100'000, .last = 1000.0, .age = 1000.0}, 10.0);
  CHECK(busy > 0.0);
  CHECK(busy < 1000.0);
  CHECK(
      std::isfinite(expected_purchases(cdnow_model, {.repeats = 5, .last = 1.0, .age = 1.0}, 1e6)));
  CHECK(probability_alive(cdnow_model, {.repeats = 100'000, .last = 1.0, .age = 1e6}) == 0.0);
}

TEST_CASE("a fit finds the parameters of simulated customers, and predicts their future") {
  Random random(40);
  std::vector<PurchaseHistory> customers;
  double alive = 0.0;
  double later = 0.0;
  std::vector<Drawn> drawn;
  for (int i = 0; i < 3000; ++i) {
    drawn.push_back(draw(random, 1, 8.0, 1, 3, 30.0 + i % 20, 30.0));
    customers.push_back(drawn.back().history);
    alive += drawn.back().alive ? 1.0 : 0.0;
    later += drawn.back().later;
  }
  const auto model = fit_bg_nbd(customers);
  REQUIRE(model);
  CHECK(model->converged);
  CHECK(close(model->r, 1.0, 0.15));
  CHECK(close(model->alpha, 8.0, 0.15));
  CHECK(close(model->a / (model->a + model->b), 0.25, 0.15));
  double alive_expected = 0.0;
  double later_expected = 0.0;
  for (const auto& customer : customers) {
    alive_expected += probability_alive(*model, customer);
    later_expected += expected_purchases(*model, customer, 30.0);
  }
  CHECK(close(alive_expected, alive, 0.05));
  CHECK(later_expected == doctest::Approx(later).epsilon(0.1));
}

TEST_CASE("too few customers, no repeats, or broken histories give no fit") {
  CHECK_FALSE(fit_bg_nbd({}));
  CHECK_FALSE(
      fit_bg_nbd(std::vector<PurchaseHistory>(50, {.repeats = 0, .last = 0.0, .age = 9.0})));
  CHECK_FALSE(
      fit_bg_nbd(std::vector<PurchaseHistory>(50, {.repeats = 2, .last = 99.0, .age = 9.0})));
  // All alike cannot be fitted well, but is answered.
  const auto alike =
      fit_bg_nbd(std::vector<PurchaseHistory>(50, {.repeats = 2, .last = 5.0, .age = 9.0}));
  REQUIRE(alike);
  CHECK(std::isfinite(alike->log_likelihood));
}

struct Truth {
  PurchaseHistory history;
  double alive = 0.0;
  double expected = 0.0;
};

std::vector<Truth> cdnow_truth(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  std::vector<Truth> customers;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::vector<double> values;
    for (std::string field; std::getline(fields, field, ',');) values.push_back(std::stod(field));
    customers.push_back({.history = {.repeats = static_cast<std::int64_t>(values.at(1)),
                                     .last = values.at(2),
                                     .age = values.at(3)},
                         .alive = values.at(5),
                         .expected = values.at(6)});
  }
  return customers;
}

TEST_CASE("CDNOW: the fit gives the published parameters, chances and expectations") {
  const auto truth = cdnow_truth(INSIGHTS_SOURCE_DIR "/../shared/bench/cdnow/cdnow_truth.csv");
  if (truth.empty()) {
    MESSAGE("SKIPPED: the CDNOW data are not beside the project (../shared/bench/cdnow)");
    return;
  }
  std::vector<PurchaseHistory> customers;
  customers.reserve(truth.size());
  for (const auto& customer : truth) customers.push_back(customer.history);
  const auto model = fit_bg_nbd(customers);
  REQUIRE(model);
  CHECK(model->converged);
  MESSAGE("r " << model->r << ", alpha " << model->alpha << ", a " << model->a << ", b " << model->b
               << ", log likelihood " << model->log_likelihood);
  CHECK(std::abs(model->r - 0.243) < 0.0006);
  CHECK(std::abs(model->alpha - 4.414) < 0.006);
  CHECK(std::abs(model->a - 0.793) < 0.006);
  CHECK(std::abs(model->b - 2.426) < 0.02);
  CHECK(std::abs(model->log_likelihood + 9582.4) < 0.1);
  double alive_worst = 0.0;
  double expected_worst = 0.0;
  for (const auto& customer : truth) {
    alive_worst = std::max(alive_worst,
                           std::abs(probability_alive(*model, customer.history) - customer.alive));
    expected_worst =
        std::max(expected_worst,
                 std::abs(expected_purchases(*model, customer.history, 39.0) - customer.expected));
  }
  CHECK(alive_worst < 0.002);
  CHECK(expected_worst < 0.02);
}

}  // namespace
}  // namespace insights::stats
