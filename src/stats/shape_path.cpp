#include "stats/shape_path.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/ensure.h"
#include "stats/distributions.h"

namespace insights::stats {

double ShapeCandidate::regressor(std::size_t index) const {
  if (!is_ramp()) return index >= position ? 1.0 : 0.0;
  return index > position ? static_cast<double>(index - position) : 0.0;
}

std::vector<ShapeCandidate> shape_path(std::size_t length) {
  base::ensure(length >= 8, "shapes need a series of 8 values or more");
  const std::size_t part = length < 12 ? 2 : 3;
  std::vector<ShapeCandidate> path{{Shape::line, 0}};
  for (std::size_t knot = part; knot + part + 1 <= length; ++knot) {
    path.push_back({Shape::hinge, knot});
  }
  // A ramp of one value is a step of one value: that is where the two families meet.
  for (std::size_t first = length - part; first >= part; --first) {
    path.push_back({Shape::step, first});
  }
  return path;
}

WhitenedPath::WhitenedPath(std::span<const ShapeCandidate> path, std::size_t length,
                           double autocorrelation)
    : path_(path),
      length_(static_cast<double>(length)),
      phi_(autocorrelation),
      d_(1.0 - autocorrelation),
      constant_square_(1.0 - phi_ * phi_ + d_ * d_ * (length_ - 1.0)) {
  base::ensure(autocorrelation >= 0.0 && autocorrelation < 1.0,
               "autocorrelation must be in [0, 1)");
  for (const ShapeCandidate& candidate : path_) {
    constants_.push_back(with_constant(candidate));
    squares_.push_back(product(candidate, candidate) -
                       constants_.back() * constants_.back() / constant_square_);
  }
  for (std::size_t i = 0; i + 1 < path_.size(); ++i) {
    const double common =
        product(path_[i], path_[i + 1]) - constants_[i] * constants_[i + 1] / constant_square_;
    const double cosine = common / std::sqrt(squares_[i] * squares_[i + 1]);
    arcs_.push_back(std::acos(std::clamp(cosine, -1.0, 1.0)));
  }
}

double WhitenedPath::log_determinant_factor() const {
  return 0.5 * std::log1p(-phi_ * phi_) - 0.5 * std::log(constant_square_);
}

WhitenedPath::Explained WhitenedPath::explained(std::span<const double> values) const {
  const std::size_t n = values.size();
  const double first_scale = std::sqrt(1.0 - phi_ * phi_);
  const double first = first_scale * values[0];
  std::vector<double> white(n, 0.0);     // every candidate is 0 at the first value
  std::vector<double> tail(n + 1, 0.0);  // sums of `white` from here on
  std::vector<double> moment(n + 1, 0.0);
  double squares = first * first;
  for (std::size_t t = n - 1; t >= 1; --t) {
    white[t] = values[t] - phi_ * values[t - 1];
    tail[t] = tail[t + 1] + white[t];
    moment[t] = moment[t + 1] + static_cast<double>(t) * white[t];
    squares += white[t] * white[t];
  }
  const double level = (first_scale * first + d_ * tail[1]) / constant_square_;
  Explained result;
  result.spread = std::max(0.0, squares - level * level * constant_square_);
  result.shares.reserve(path_.size());
  for (std::size_t i = 0; i < path_.size(); ++i) {
    const std::size_t at = path_[i].position;
    const double common =
        path_[i].is_ramp()
            ? d_ * moment[at + 1] + (phi_ - d_ * static_cast<double>(at)) * tail[at + 1]
            : white[at] + d_ * tail[at + 1];
    const double centered = common - constants_[i] * level;
    const double scale = squares_[i] * result.spread;
    result.shares.push_back(scale > 0.0 ? std::clamp(centered * centered / scale, 0.0, 1.0) : 0.0);
  }
  return result;
}

// Naiman's formula, summed piece by piece: one point of the path, and for each arc the chance to be
// near the arc but not near its start, which is at most the chance to be near its end. Both signs.
double WhitenedPath::chance_to_explain(double share) const {
  if (share >= 1.0) return 0.0;
  const double degrees = length_ - 2.0;
  const double point = f_upper_tail(degrees * share / (1.0 - share), 1.0, degrees);
  const double ring = std::exp(0.5 * (degrees - 1.0) * std::log1p(-share)) / std::numbers::pi;
  double total = point;
  for (const double arc : arcs_) total += std::min(point, arc * ring);
  return std::min(1.0, total);
}

double WhitenedPath::with_constant(const ShapeCandidate& a) const {
  return a.is_ramp() ? d_ * ramp_sum(after(a)) : d_ * (1.0 + d_ * after(a));
}

// Of neighbours on a path, or of a candidate with itself: a step never comes before a ramp.
double WhitenedPath::product(const ShapeCandidate& a, const ShapeCandidate& b) const {
  const ShapeCandidate& early = a.position <= b.position ? a : b;
  const ShapeCandidate& late = a.position <= b.position ? b : a;
  const double lag = static_cast<double>(late.position - early.position);
  const double left = after(late);
  if (early.is_ramp() && late.is_ramp()) return ramp_squares(left) + d_ * lag * ramp_sum(left);
  if (early.is_ramp()) return d_ * lag + phi_ + d_ * (ramp_sum(left + lag) - ramp_sum(lag));
  return (lag == 0.0 ? 1.0 : d_) + d_ * d_ * left;
}

double WhitenedPath::after(const ShapeCandidate& a) const {
  return length_ - 1.0 - static_cast<double>(a.position);
}

// Sums over j = 1 .. terms of (d j + phi), and of its square.
double WhitenedPath::ramp_sum(double terms) const {
  return d_ * terms * (terms + 1.0) / 2.0 + phi_ * terms;
}

double WhitenedPath::ramp_squares(double terms) const {
  return d_ * d_ * terms * (terms + 1.0) * (2.0 * terms + 1.0) / 6.0 +
         d_ * phi_ * terms * (terms + 1.0) + phi_ * phi_ * terms;
}

}  // namespace insights::stats
