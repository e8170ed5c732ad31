// What happened to a short series (months)? The best of three shapes against "nothing did".
//
//   line   grows or falls all along
//   step   one level, then another, from `position` on
//   hinge  flat, then grows or falls from `position` on
//
// The p-value is that of the best one after looking at all of them at every position, in noise that may be
// autocorrelated (AR(1)). How: in known AR(1) noise, whitening turns every shape into a direction and all shapes into one
// connected path on a sphere; the chance that a random direction comes near a path of length L is bounded by Naiman's tube
// formula, exactly and at every level, so no table and no simulation is needed. The unknown autocorrelation is averaged
// out over its posterior given the series. series_shape_test.cpp measures the error rate that results.
// Source: Naiman (1986), Annals of Statistics 14, 896-906; Knowles & Siegmund (1989), Int. Stat. Review 57, 205-220.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace insights::stats {

enum class Shape { line, step, hinge };

struct ShapeFit {
  Shape shape = Shape::line;
  std::size_t position = 0;      // first index of the new level (step), last index of the flat part (hinge); 0 for a line
  double level_before = 0.0;     // line: fitted start; step: mean before; hinge: the flat level
  double level_after = 0.0;      // line: fitted end; step: mean after; hinge: fitted end
  double slope = 0.0;            // per period; of the line, of the part after the hinge; 0 for a step
  double p_value = 1.0;          // of "one of the shapes at all", against a constant
  double r_squared = 0.0;        // share of the series' spread which the shape explains, in [0, 1]
  double residual_standard_deviation = 0.0;  // around the fit, n - 3 degrees of freedom
  double autocorrelation = 0.0;  // the posterior mean of the noise's lag-1 autocorrelation that the p-value allows for
  std::vector<double> fitted;    // [n]
};

// values [n], equally spaced, oldest first, no gaps. Nothing for n < 8 or non-finite input. All values equal: a line with
// slope 0 and p = 1. A perfect fit has p = p_value_min only for n >= 8 with a real change.
// Both parts of a step or hinge have at least 3 values (2 for n < 12). Time grows with n^2; above 400 values use
// change_points. Random walks (autocorrelation above 0.9) cannot be told from trends and will be called changes.
[[nodiscard]] std::optional<ShapeFit> best_shape(std::span<const double> values);

}  // namespace insights::stats
