// The geometry behind best_shape: which shapes are looked for, and how alike they are in AR(1)
// noise. Inner parts of the room; callers want series_shape.h.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace insights::stats {

enum class Shape { line, step, hinge };

// One shape at one position, as a regressor: 0 up to the position, then 1 (step) or 1, 2, 3, ...
// (line, hinge).
struct ShapeCandidate {
  Shape shape = Shape::line;
  // Step: first index of the new level; hinge: last index of the flat part; line: 0.
  std::size_t position = 0;

  [[nodiscard]] bool is_ramp() const { return shape != Shape::step; }
  [[nodiscard]] double regressor(std::size_t index) const;
};

// All candidates for series of `length` (>= 8) in an order in which neighbours look alike: the
// line, hinges from early to late, steps from late to early. Both parts of a step or hinge have 3
// values at least (2 for length < 12).
[[nodiscard]] std::vector<ShapeCandidate> shape_path(std::size_t length);

// The candidates of a path seen through AR(1) noise of a known autocorrelation.
//
// Whitening turns value(t) into value(t) - phi value(t - 1), the first value into sqrt(1 - phi^2)
// times itself (Prais & Winsten 1954). A whitened step is 1, d, d, ... with d = 1 - phi; a whitened
// ramp is d j + phi, j = 1, 2, ...; the whitened constant is sqrt(1 - phi^2), d, d, ... So all
// inner products have closed forms, and a series is compared with the whole path in one pass.
class WhitenedPath {
 public:
  // autocorrelation in [0, 1). Borrows `path`, which must outlive this.
  WhitenedPath(std::span<const ShapeCandidate> path, std::size_t length, double autocorrelation);

  [[nodiscard]] double autocorrelation() const { return phi_; }

  // ln of the factor which the restricted likelihood of a constant in this noise has beside its sum
  // of squares.
  [[nodiscard]] double log_determinant_factor() const;

  struct Explained {
    double spread = 0.0;  // sum of squares of the whitened values about the whitened constant
    std::vector<double>
        shares;  // [path], share of that spread which each candidate explains, in [0, 1]
  };
  // values [length]
  [[nodiscard]] Explained explained(std::span<const double> values) const;

  // P(some candidate explains `share` of the spread or more), values being a constant in this
  // noise: an upper bound, close where it is small.
  [[nodiscard]] double chance_to_explain(double share) const;

 private:
  [[nodiscard]] double with_constant(const ShapeCandidate& a) const;
  [[nodiscard]] double product(const ShapeCandidate& a, const ShapeCandidate& b) const;
  [[nodiscard]] double after(const ShapeCandidate& a) const;
  [[nodiscard]] double ramp_sum(double terms) const;
  [[nodiscard]] double ramp_squares(double terms) const;

  std::span<const ShapeCandidate> path_;
  double length_;
  double phi_;
  double d_;
  double constant_square_;
  std::vector<double> constants_;  // [path], product with the constant
  std::vector<double> squares_;    // [path], square about the constant
  std::vector<double> arcs_;       // [path - 1], angle between neighbours
};

}  // namespace insights::stats
