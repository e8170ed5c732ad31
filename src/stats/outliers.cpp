#include "stats/outliers.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "base/ensure.h"
#include "stats/distributions.h"
#include "stats/moments.h"

namespace insights::stats {
namespace {

constexpr std::size_t plain_min = 5;
constexpr std::size_t series_min = 8;
constexpr double score_limit = 1000.0;

// A level per phase and a common slope, fitted to some of the values by least squares. One phase
// and no slope is the mean.
class Baseline {
 public:
  struct Design {
    SeasonalCycle cycle{.length = 1, .first_phase = 0};
    bool sloped = false;
  };

  Baseline(std::span<const double> values, const std::vector<std::size_t>& kept,
           const Design& design)
      : design_(design), phases_(design.cycle.length) {
    for (const std::size_t index : kept) {
      phases_[phase_of(index)].add(static_cast<double>(index), values[index]);
    }
    double product = 0.0;
    double unexplained = 0.0;
    for (const CoMoments& phase : phases_) {
      index_square_ += phase.m2_x;
      product += phase.c2;
      unexplained += phase.m2_y;
      if (phase.n > 0) degrees_ -= 1.0;
    }
    degrees_ += static_cast<double>(kept.size());
    if (design.sloped && index_square_ > 0.0) {
      slope_ = product / index_square_;
      unexplained -= slope_ * product;
      degrees_ -= 1.0;
    }
    unexplained_ = std::max(0.0, unexplained);
  }

  [[nodiscard]] bool knows(std::size_t index) const { return phases_[phase_of(index)].n > 0; }
  [[nodiscard]] double degrees() const { return degrees_; }
  [[nodiscard]] double unexplained() const { return unexplained_; }

  [[nodiscard]] double expected(std::size_t index) const {
    const CoMoments& phase = phases_[phase_of(index)];
    return phase.mean_y + slope_ * (static_cast<double>(index) - phase.mean_x);
  }

  // Share of a kept value in its own expectation, in (0, 1].
  [[nodiscard]] double leverage(std::size_t index) const {
    const CoMoments& phase = phases_[phase_of(index)];
    const double distance = static_cast<double>(index) - phase.mean_x;
    const double sloped =
        design_.sloped && index_square_ > 0.0 ? distance * distance / index_square_ : 0.0;
    return 1.0 / static_cast<double>(phase.n) + sloped;
  }

 private:
  [[nodiscard]] std::size_t phase_of(std::size_t index) const {
    return (design_.cycle.first_phase + index) % design_.cycle.length;
  }

  Design design_;
  std::vector<CoMoments> phases_;
  double index_square_ = 0.0;
  double slope_ = 0.0;
  double unexplained_ = 0.0;
  double degrees_ = 0.0;
};

struct Extreme {
  std::size_t index = 0;
  double p_value = 1.0;
};

// The kept value whose squared residual, over what it would be expected to be, is largest; ties by
// `doubt`.
Extreme most_extreme(std::span<const double> values, const std::vector<std::size_t>& kept,
                     const Baseline& baseline, std::span<const double> doubt) {
  double largest = -1.0;
  Extreme extreme{.index = kept.front(), .p_value = 1.0};
  for (const std::size_t index : kept) {
    const double room = 1.0 - baseline.leverage(index);
    if (room < 1e-9) continue;  // it is its own expectation
    const double residual = values[index] - baseline.expected(index);
    const double square = residual * residual / room;
    const bool tie = std::abs(square - largest) <= 1e-9 * largest;
    if (tie ? doubt[index] > doubt[extreme.index] : square > largest) {
      largest = std::max(square, largest);
      extreme.index = index;
    }
  }
  // What the others leave unexplained when this one is left out.
  const double others = baseline.unexplained() - largest;
  const double degrees = baseline.degrees() - 1.0;
  const double count = static_cast<double>(kept.size());
  if (largest > 0.0 && !(others > 1e-14 * largest)) {
    extreme.p_value = p_value_min;
  } else if (largest > 0.0) {
    extreme.p_value = p_value(
        std::min(1.0, count * student_two_sided(std::sqrt(largest * degrees / others), degrees)));
  }
  return extreme;
}

struct Search {
  std::size_t count_max = 0;
  double alpha = 0.0;
  Baseline::Design design;
};

// Generalized ESD: the most extreme values one after the other, cut after the last significant one.
std::vector<Outlier> find_outliers(std::span<const double> values, std::span<const double> doubt,
                                   const Search& search) {
  std::vector<std::size_t> kept(values.size());
  std::iota(kept.begin(), kept.end(), std::size_t{0});
  double level = 0.0;
  for (const double value : values) level = std::max(level, std::abs(value));
  std::vector<Extreme> found;
  std::size_t significant = 0;
  while (found.size() < search.count_max) {
    const Baseline baseline(values, kept, search.design);
    const double rounding = 1e-13 * level;
    if (baseline.degrees() < 3.0 || !std::isfinite(baseline.unexplained()) ||
        baseline.unexplained() <= rounding * rounding) {
      break;
    }
    found.push_back(most_extreme(values, kept, baseline, doubt));
    std::erase(kept, found.back().index);
    if (found.back().p_value <= search.alpha) significant = found.size();
  }
  found.resize(significant);
  // A value masked by a later one is as sure as that one.
  for (std::size_t i = found.size(); i > 1; --i) {
    found[i - 2].p_value = std::min(found[i - 2].p_value, found[i - 1].p_value);
  }

  std::vector<bool> wild(values.size(), false);
  for (const Extreme& extreme : found) wild[extreme.index] = true;
  kept.clear();
  for (std::size_t index = 0; index < values.size(); ++index) {
    if (!wild[index]) kept.push_back(index);
  }
  const Baseline baseline(values, kept, search.design);
  const double deviation = std::sqrt(baseline.unexplained() / std::max(1.0, baseline.degrees()));
  std::vector<Outlier> outliers;
  for (const auto& [index, p] : found) {
    Outlier outlier{.index = index, .value = values[index], .p_value = p};
    outlier.expected = baseline.knows(index) ? baseline.expected(index) : values[index];
    const double gap = outlier.value - outlier.expected;
    const double size =
        std::abs(gap) < score_limit * deviation ? std::abs(gap) / deviation : score_limit;
    outlier.score = gap == 0.0 ? 0.0 : std::copysign(size, gap);
    outliers.push_back(outlier);
  }
  return outliers;
}

bool all_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

void check(double alpha) {
  base::ensure(alpha > 0.0 && alpha < 1.0, "alpha must be inside (0, 1)");
}

}  // namespace

std::vector<Outlier> generalized_extreme_deviates(std::span<const double> values,
                                                  std::size_t count_max, double alpha) {
  check(alpha);
  if (values.size() < plain_min || !all_finite(values)) return {};
  const std::vector<double> doubt(values.size(), 0.0);
  return find_outliers(values, doubt, {.count_max = count_max, .alpha = alpha, .design = {}});
}

std::vector<Outlier> period_outliers(std::span<const double> values, const SeasonalCycle& cycle,
                                     const OutlierOptions& options) {
  check(options.alpha);
  base::ensure(options.share_max >= 0.0 && options.share_max <= 0.5,
               "share_max must be in [0, 0.5]");
  if (values.size() < series_min) return {};
  const auto robust = seasonal_expectation(values, cycle);
  if (!robust) return {};
  std::vector<double> doubt(values.begin(), values.end());
  for (std::size_t i = 0; i < doubt.size(); ++i)
    doubt[i] = std::abs(doubt[i] - robust->expected[i]);
  const auto share =
      static_cast<std::size_t>(static_cast<double>(values.size()) * options.share_max);
  Search search{.count_max = std::max<std::size_t>(1, share), .alpha = options.alpha, .design = {}};
  search.design.sloped = true;
  if (values.size() >= 2 * cycle.length) search.design.cycle = cycle;
  std::vector<Outlier> outliers = find_outliers(values, doubt, search);
  std::erase_if(outliers, [&](const Outlier& o) { return std::abs(o.score) < options.score_min; });
  std::ranges::stable_sort(outliers, std::greater{},
                           [](const Outlier& o) { return std::abs(o.score); });
  return outliers;
}

}  // namespace insights::stats
