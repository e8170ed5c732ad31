#include "stats/bg_nbd.h"

#include <algorithm>
#include <array>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <vector>

#include "base/ensure.h"
#include "stats/distributions.h"

namespace insights::stats {
namespace {

constexpr std::size_t customers_max = 50'000;
constexpr int evaluations_max = 2000;
const double log_limit = std::log(1e4);

bool usable(const PurchaseHistory& customer) {
  return customer.repeats >= 0 && std::isfinite(customer.age) && customer.age > 0.0 &&
         customer.last >= 0.0 && customer.last <= customer.age;
}

bool valid(const BgNbd& model) {
  return model.r > 0.0 && model.alpha > 0.0 && model.a > 0.0 && model.b > 0.0;
}

// ln of the odds that a customer with x > 0 repeats has left: a / (b + x - 1) ((alpha + T) / (alpha
// + t_x))^(r + x).
double log_odds_left(const BgNbd& model, const PurchaseHistory& customer) {
  const double x = static_cast<double>(customer.repeats);
  return std::log(model.a) - std::log(model.b + x - 1.0) +
         (model.r + x) * std::log1p((customer.age - customer.last) / (model.alpha + customer.last));
}

double softplus(double x) {
  return x > 0.0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

// The part of the log likelihood that depends on the number of repeats only; it costs most, so the
// fit keeps it.
double repeats_part(const BgNbd& model, double x) {
  if (x == 0.0) return model.r * std::log(model.alpha);
  const double growth = boost::math::lgamma(model.r + x) - boost::math::lgamma(model.r);
  return growth + model.r * std::log(model.alpha) + log_beta(model.a, model.b + x) -
         log_beta(model.a, model.b);
}

double times_part(const BgNbd& model, const PurchaseHistory& customer) {
  const double x = static_cast<double>(customer.repeats);
  const double alive = -(model.r + x) * std::log(model.alpha + customer.age);
  return customer.repeats == 0 ? alive : alive + softplus(log_odds_left(model, customer));
}

// Point of the search: ln r, ln(alpha / mean age), ln a, ln b.
using Point = std::array<double, 4>;

struct Vertex {
  Point point{};
  double cost = 0.0;
};

class Likelihood {
 public:
  explicit Likelihood(std::vector<PurchaseHistory> customers) : customers_(std::move(customers)) {
    std::ranges::sort(customers_, {}, &PurchaseHistory::repeats);
    for (const auto& customer : customers_) time_scale_ += customer.age;
    time_scale_ /= static_cast<double>(customers_.size());
  }

  [[nodiscard]] BgNbd model_at(const Point& point) const {
    const auto parameter = [&](std::size_t index) {
      return std::exp(std::clamp(point[index], -log_limit, log_limit));
    };
    return {.r = parameter(0),
            .alpha = parameter(1) * time_scale_,
            .a = parameter(2),
            .b = parameter(3)};
  }

  // Minus the log likelihood.
  [[nodiscard]] double cost(const Point& point) const {
    const BgNbd model = model_at(point);
    double sum = 0.0;
    std::int64_t repeats = -1;
    double shared = 0.0;
    for (const auto& customer : customers_) {
      if (customer.repeats != repeats) {
        repeats = customer.repeats;
        shared = repeats_part(model, static_cast<double>(repeats));
      }
      sum += shared + times_part(model, customer);
    }
    // Outside the box the cost rises, so that the simplex comes back.
    double outside = 0.0;
    for (const double coordinate : point)
      outside += std::max(0.0, std::abs(coordinate) - log_limit);
    return std::isfinite(sum) ? -sum + outside : 1e300;
  }

  [[nodiscard]] Vertex at(const Point& point) const { return {point, cost(point)}; }

 private:
  std::vector<PurchaseHistory> customers_;  // by repeats
  double time_scale_ = 0.0;
};

// center + factor * (from - center)
Point along(const Point& center, const Point& from, double factor) {
  Point result{};
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i] = center[i] + factor * (from[i] - center[i]);
  return result;
}

struct Search {
  Vertex best;
  int evaluations = 0;
  bool converged = false;
};

// Nelder & Mead (1965), Computer Journal 7, 308-313, with the usual factors 2, 1/2, 1/2.
Search nelder_mead(const Likelihood& likelihood, const Point& start, int evaluations_left) {
  std::vector<Vertex> simplex{likelihood.at(start)};
  for (std::size_t i = 0; i < start.size(); ++i) {
    Point moved = start;
    moved[i] += 0.5;
    simplex.push_back(likelihood.at(moved));
  }
  Search search;
  search.evaluations = static_cast<int>(simplex.size());
  while (search.evaluations < evaluations_left) {
    std::ranges::stable_sort(simplex, {}, &Vertex::cost);
    const double spread = simplex.back().cost - simplex.front().cost;
    if (spread <= 1e-9 * (1.0 + std::abs(simplex.front().cost))) {
      search.converged = true;
      break;
    }
    Point center{};
    for (std::size_t v = 0; v + 1 < simplex.size(); ++v) {
      for (std::size_t i = 0; i < center.size(); ++i) {
        center[i] += simplex[v].point[i] / static_cast<double>(simplex.size() - 1);
      }
    }
    Vertex& worst = simplex.back();
    const Vertex reflected = likelihood.at(along(center, worst.point, -1.0));
    ++search.evaluations;
    if (reflected.cost < simplex.front().cost) {
      const Vertex expanded = likelihood.at(along(center, worst.point, -2.0));
      ++search.evaluations;
      worst = expanded.cost < reflected.cost ? expanded : reflected;
      continue;
    }
    if (reflected.cost < simplex[simplex.size() - 2].cost) {
      worst = reflected;
      continue;
    }
    const Vertex& nearer = reflected.cost < worst.cost ? reflected : worst;
    const Vertex contracted = likelihood.at(along(center, nearer.point, 0.5));
    ++search.evaluations;
    if (contracted.cost < nearer.cost) {
      worst = contracted;
      continue;
    }
    for (std::size_t v = 1; v < simplex.size(); ++v) {
      simplex[v] = likelihood.at(along(simplex.front().point, simplex[v].point, 0.5));
      ++search.evaluations;
    }
  }
  search.best = *std::ranges::min_element(simplex, {}, &Vertex::cost);
  return search;
}

}  // namespace

std::optional<BgNbd> fit_bg_nbd(std::span<const PurchaseHistory> customers) {
  std::vector<PurchaseHistory> kept;
  const std::size_t stride = 1 + (customers.empty() ? 0 : (customers.size() - 1) / customers_max);
  for (std::size_t index = 0; index < customers.size(); index += stride) {
    if (usable(customers[index])) kept.push_back(customers[index]);
  }
  const bool somebody_repeated =
      std::ranges::any_of(kept, [](const auto& c) { return c.repeats > 0; });
  if (kept.size() < 10 || !somebody_repeated) return std::nullopt;

  const Likelihood likelihood(std::move(kept));
  // A second search from where the first ended frees a simplex that collapsed too early.
  const Search first = nelder_mead(likelihood, Point{0.0, 0.0, 0.0, 0.0}, evaluations_max / 2);
  const Search second = nelder_mead(likelihood, first.best.point, evaluations_max / 2);
  BgNbd model = likelihood.model_at(second.best.point);
  model.log_likelihood = -second.best.cost;
  model.converged = second.converged;
  return model;
}

double bg_nbd_log_likelihood(const BgNbd& model, const PurchaseHistory& customer) {
  base::ensure(valid(model) && usable(customer), "a BG/NBD likelihood needs a model and a history");
  return repeats_part(model, static_cast<double>(customer.repeats)) + times_part(model, customer);
}

double probability_alive(const BgNbd& model, const PurchaseHistory& customer) {
  base::ensure(valid(model) && usable(customer), "P(alive) needs a model and a history");
  if (customer.repeats == 0) return 1.0;
  return 1.0 / (1.0 + std::exp(log_odds_left(model, customer)));
}

// Given alive now, purchases in the horizon would be negative binomial with size r + x and success
// z, were there no leaving; purchase j happens if j or more would and the customer outlived the
// first j - 1, which has the probability of a moment of the beta(b + x, a). The sum over j of their
// product equals the paper's hypergeometric form, but every term is positive and nothing is divided
// by a - 1.
double expected_purchases(const BgNbd& model, const PurchaseHistory& customer, double horizon) {
  base::ensure(valid(model) && usable(customer) && horizon >= 0.0 && std::isfinite(horizon),
               "expected_purchases needs a model, a history and a horizon");
  if (horizon == 0.0) return 0.0;
  const double x = static_cast<double>(customer.repeats);
  const double size = model.r + x;
  const double stay = model.b + x;
  const double z = horizon / (model.alpha + customer.age + horizon);
  // The number of terms is bounded; a horizon that needs more is too far for any forecast.
  constexpr int terms_max = 1'000'000;
  double log_probability = size * std::log1p(-z);    // ln P(N = j - 1)
  double more = -std::expm1(size * std::log1p(-z));  // P(N >= j)
  double survived = 1.0;                             // P(did not leave after the first j - 1)
  double sum = 0.0;
  for (int j = 1; j < terms_max && more > 0.0; ++j) {
    const double term = more * survived;
    sum += term;
    if (term < 1e-14 * sum) break;
    const double at = static_cast<double>(j);
    log_probability += std::log(z * (size + at - 1.0) / at);
    more = std::max(0.0, more - std::exp(log_probability));
    survived *= (stay + at - 1.0) / (model.a + stay + at - 1.0);
  }
  return sum * probability_alive(model, customer);
}

}  // namespace insights::stats
