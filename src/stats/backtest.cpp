#include "stats/backtest.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/ensure.h"

namespace insights::stats {
namespace {

constexpr std::size_t past_min = 100;
constexpr double upper_part = 0.05;

}  // namespace

Backtest::Backtest(std::vector<double> past) : surprises_(std::move(past)) {
  if (surprises_.size() < past_min) {
    surprises_.clear();
    return;
  }
  for (double& one : surprises_) {
    base::ensure(one > 0 && one <= 1, "a p-value is above 0 and at most 1");
    one = -std::log(one);
  }
  std::ranges::sort(surprises_);
  const auto n = static_cast<double>(surprises_.size());
  const auto upper = static_cast<std::size_t>(upper_part * n);
  const std::size_t first = surprises_.size() - upper;
  threshold_ = surprises_[first];
  share_ = upper_part;
  double excess = 0;
  for (std::size_t i = first; i < surprises_.size(); ++i) excess += surprises_[i] - threshold_;
  scale_ = std::max(1.0, excess / static_cast<double>(upper));
}

double Backtest::p_value(double p) const {
  if (surprises_.empty() || !(p > 0)) return p;
  const double surprise = -std::log(p);
  const auto reached = surprises_.end() - std::ranges::lower_bound(surprises_, surprise);
  const double seen = static_cast<double>(reached) / static_cast<double>(surprises_.size());
  const double tail =
      surprise > threshold_ ? share_ * std::exp(-(surprise - threshold_) / scale_) : 0;
  return std::min(1.0, std::max({p, seen, tail}));
}

}  // namespace insights::stats
