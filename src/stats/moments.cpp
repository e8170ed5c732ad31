#include "stats/moments.h"

#include <algorithm>
#include <cmath>

#include "base/ensure.h"

namespace insights::stats {

void Moments::merge(const Moments& other) {
  if (other.n == 0) return;
  if (n == 0) {
    *this = other;
    return;
  }
  const double own = static_cast<double>(n);
  const double theirs = static_cast<double>(other.n);
  const double gap = other.mean - mean;
  const double share = theirs / (own + theirs);
  n += other.n;
  mean += gap * share;
  m2 += other.m2 + gap * gap * own * share;
}

double Moments::variance() const {
  return n < 2 ? 0.0 : std::max(0.0, m2 / static_cast<double>(n - 1));
}

double Moments::standard_deviation() const { return std::sqrt(variance()); }

Moments moments_of(std::span<const double> values) {
  Moments moments;
  for (const double value : values) moments.add(value);
  return moments;
}

Moments moments_from_sums(std::int64_t n, double sum, double sum_of_squares) {
  base::ensure(n >= 0, "moments_from_sums needs n >= 0");
  if (n == 0) return {};
  const double mean = sum / static_cast<double>(n);
  return {.n = n, .mean = mean, .m2 = std::max(0.0, sum_of_squares - sum * mean)};
}

void CoMoments::merge(const CoMoments& other) {
  if (other.n == 0) return;
  if (n == 0) {
    *this = other;
    return;
  }
  const double own = static_cast<double>(n);
  const double theirs = static_cast<double>(other.n);
  const double gap_x = other.mean_x - mean_x;
  const double gap_y = other.mean_y - mean_y;
  const double share = theirs / (own + theirs);
  n += other.n;
  mean_x += gap_x * share;
  mean_y += gap_y * share;
  m2_x += other.m2_x + gap_x * gap_x * own * share;
  m2_y += other.m2_y + gap_y * gap_y * own * share;
  c2 += other.c2 + gap_x * gap_y * own * share;
}

CoMoments co_moments_of(std::span<const double> x, std::span<const double> y) {
  base::ensure(x.size() == y.size(), "co-moments need pairs");
  CoMoments moments;
  for (std::size_t index = 0; index < x.size(); ++index) moments.add(x[index], y[index]);
  return moments;
}

}  // namespace insights::stats
