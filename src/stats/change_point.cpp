#include "stats/change_point.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/ensure.h"

namespace insights::stats {
namespace {

constexpr std::size_t positions_max = 5000;

// Regression of each value on 1, its index and the value before it, over any stretch, from running
// sums.
class StretchRegression {
 public:
  explicit StretchRegression(std::span<const double> values) : sums_(values.size() + 1, Sums{}) {
    const double n = static_cast<double>(values.size());
    for (std::size_t t = 0; t < values.size(); ++t) {
      sums_[t + 1] = sums_[t];
      if (t == 0) continue;  // nothing is known before the first value
      // Index about the middle, so that products stay small.
      const std::array<double, 4> row{1.0, (static_cast<double>(t) - 0.5 * n) / n, values[t - 1],
                                      values[t]};
      std::size_t cell = 0;
      for (std::size_t i = 0; i < row.size(); ++i) {
        for (std::size_t j = i; j < row.size(); ++j) sums_[t + 1][cell++] += row[i] * row[j];
      }
    }
  }

  // Squares left unexplained in [begin, end) by level and memory, and by level, memory and slope.
  struct Unexplained {
    double level = 0.0;
    double sloped = 0.0;
  };
  [[nodiscard]] Unexplained unexplained(std::size_t begin, std::size_t end) const {
    Sums s = sums_[end];
    for (std::size_t cell = 0; cell < s.size(); ++cell) s[cell] -= sums_[begin][cell];
    // Order of cells: 11 1t 1l 1y tt tl ty ll ly yy. Sweep out the constant, then the value before,
    // then the index.
    const auto about_mean = [&](double product, double a, double b) {
      return s[0] > 0.0 ? product - a * b / s[0] : 0.0;
    };
    const double tt = about_mean(s[4], s[1], s[1]);
    const double tl = about_mean(s[5], s[1], s[2]);
    const double ty = about_mean(s[6], s[1], s[3]);
    const double ll = about_mean(s[7], s[2], s[2]);
    const double ly = about_mean(s[8], s[2], s[3]);
    const double yy = std::max(0.0, about_mean(s[9], s[3], s[3]));
    const bool remembers = ll > negligible * s[7];
    const double memory = remembers ? ly / ll : 0.0;
    Unexplained result;
    result.level = std::max(0.0, yy - memory * ly);
    const double left_t = remembers ? tt - tl * tl / ll : tt;
    const double left_ty = ty - memory * tl;
    const bool slopes = left_t > negligible * s[4];
    result.sloped =
        slopes ? std::max(0.0, result.level - left_ty * left_ty / left_t) : result.level;
    return result;
  }

 private:
  using Sums = std::array<double, 10>;
  static constexpr double negligible = 1e-10;
  std::vector<Sums> sums_;
};

// To mean 0 and standard deviation 1; empty when there is no spread or a value is not finite.
std::vector<double> standardized(std::span<const double> values) {
  double largest = 0.0;
  for (const double value : values) {
    if (!std::isfinite(value)) return {};
    largest = std::max(largest, std::abs(value));
  }
  if (!(largest > 0.0)) return {};
  std::vector<double> scaled(values.begin(), values.end());
  const double n = static_cast<double>(values.size());
  double mean = 0.0;
  for (double& value : scaled) mean += (value /= largest) / n;
  double variance = 0.0;
  for (const double value : scaled) variance += (value - mean) * (value - mean) / n;
  if (!(variance > 1e-24)) return {};
  for (double& value : scaled) value = (value - mean) / std::sqrt(variance);
  return scaled;
}

struct Criterion {
  const StretchRegression& regression;
  double noise_variance = 1.0;
  double log_n = 0.0;

  // Of one segment; 2 or 3 coefficients and its place.
  [[nodiscard]] double operator()(std::size_t begin, std::size_t end) const {
    const auto [level, sloped] = regression.unexplained(begin, end);
    return std::min(level / noise_variance + 3.0 * log_n, sloped / noise_variance + 4.0 * log_n);
  }
};

// A place where the last segment may begin, and the last end for which that can still be the
// cheapest choice.
struct Start {
  std::size_t at = 0;
  std::size_t usable_to = std::numeric_limits<std::size_t>::max();
};

// For each end of the series' beginnings, where the last segment of the cheapest segmentation
// begins (PELT).
std::vector<std::size_t> cheapest(const Criterion& criterion, std::size_t n,
                                  std::size_t segment_min) {
  // Cutting a segment in two adds at most the price of one segment. So a start which is behind by
  // more than that at one end loses to a cut there, once the stretch after the cut is long enough
  // to be a segment.
  const double slack = 4.0 * criterion.log_n;
  const std::size_t stride = 1 + (n - 1) / positions_max;
  std::vector<double> best(n + 1, std::numeric_limits<double>::infinity());
  std::vector<std::size_t> previous(n + 1, 0);
  best[0] = 0.0;
  std::vector<Start> starts{{.at = 0}};
  std::vector<double> totals;
  for (std::size_t end = segment_min; end <= n; ++end) {
    if (end % stride != 0 && end != n) continue;
    totals.clear();
    for (const Start& start : starts) {
      const bool long_enough = start.at + segment_min <= end;
      totals.push_back(long_enough ? best[start.at] + criterion(start.at, end) : best[end]);
      if (totals.back() < best[end]) {
        best[end] = totals.back();
        previous[end] = start.at;
      }
    }
    for (std::size_t i = 0; i < starts.size(); ++i) {
      if (starts[i].at + segment_min > end) continue;
      if (totals[i] > best[end] + slack) {
        starts[i].usable_to = std::min(starts[i].usable_to, end + segment_min);
      }
    }
    std::erase_if(starts, [&](const Start& start) { return start.usable_to <= end; });
    starts.push_back({.at = end});
  }
  return previous;
}

}  // namespace

std::vector<std::size_t> change_points(std::span<const double> values,
                                       const ChangePointOptions& options) {
  base::ensure(options.segment_min >= 4, "a segment needs 4 values or more");
  const std::size_t n = values.size();
  if (n < 2 * options.segment_min) return {};
  const std::vector<double> scaled = standardized(values);
  if (scaled.empty()) return {};
  const StretchRegression regression(scaled);
  const double noise_variance =
      regression.unexplained(0, n).sloped / (static_cast<double>(n) - 3.0);
  if (!(noise_variance > 1e-12)) return {};
  const Criterion criterion{regression, noise_variance, std::log(static_cast<double>(n))};
  const std::vector<std::size_t> previous = cheapest(criterion, n, options.segment_min);
  std::vector<std::size_t> points;
  for (std::size_t at = previous[n]; at > 0; at = previous[at]) points.push_back(at);
  std::ranges::reverse(points);
  return points;
}

}  // namespace insights::stats
