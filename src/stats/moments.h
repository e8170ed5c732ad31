// Count, mean and spread of values that were seen once, in a form that merges without loss.
//
// Holds the sum of squared deviations from the mean, not the sum of squares, so a mean of 1e9 with
// a spread of 1 is safe.
// Source: Welford (1962), Technometrics 4(3), 419-420 (add); Chan, Golub & LeVeque (1979), Stanford
// STAN-CS-79-773 (merge).
#pragma once

#include <cstdint>
#include <span>

namespace insights::stats {

struct Moments {
  std::int64_t n = 0;
  double mean = 0.0;
  double m2 = 0.0;  // sum of (x - mean)^2, >= 0

  // Called for every row there is, so it is inlined.
  void add(double value) {
    ++n;
    const double before = value - mean;
    mean += before / static_cast<double>(n);
    m2 += before * (value - mean);
  }
  void merge(const Moments& other);

  // Sample variance m2 / (n - 1); 0 for n < 2.
  [[nodiscard]] double variance() const;
  [[nodiscard]] double standard_deviation() const;

  bool operator==(const Moments&) const = default;
};

[[nodiscard]] Moments moments_of(std::span<const double> values);

// From what a database returns: n, sum and sum of squares. m2 is cut at 0; use only where |mean| is
// not huge against the spread (the sum of squares has lost the digits otherwise).
[[nodiscard]] Moments moments_from_sums(std::int64_t n, double sum, double sum_of_squares);

// Means and co-moments of pairs; merges like Moments.
struct CoMoments {
  std::int64_t n = 0;
  double mean_x = 0.0;
  double mean_y = 0.0;
  double m2_x = 0.0;
  double m2_y = 0.0;
  double c2 = 0.0;  // sum of (x - mean_x)(y - mean_y)

  void add(double x, double y) {
    ++n;
    const double count = static_cast<double>(n);
    const double before_x = x - mean_x;
    const double before_y = y - mean_y;
    mean_x += before_x / count;
    mean_y += before_y / count;
    m2_x += before_x * (x - mean_x);
    m2_y += before_y * (y - mean_y);
    c2 += before_x * (y - mean_y);
  }
  void merge(const CoMoments& other);

  bool operator==(const CoMoments&) const = default;
};

[[nodiscard]] CoMoments co_moments_of(std::span<const double> x, std::span<const double> y);

}  // namespace insights::stats
