#include "patterns/unit_movement.h"

#include <algorithm>
#include <cmath>

#include "stats/clustered_contrast.h"

namespace insights::patterns {

namespace {

// Of x, periods from the middle one on, and y, logarithms: both small, so that plain sums of
// squares lose nothing that counts, and cost no division a row.
struct Sums {
  double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;

  stats::CoMoments moments(double middle) const {
    stats::CoMoments result;
    if (n < 1) return result;
    result.n = std::llround(n);
    result.mean_x = middle + x / n;
    result.mean_y = y / n;
    result.m2_x = std::max(0.0, xx - x * x / n);
    result.m2_y = std::max(0.0, yy - y * y / n);
    result.c2 = xy - x * y / n;
    return result;
  }
};

}  // namespace

UnitMovements::UnitMovements(const catalog::Subject& subject, std::size_t unit, std::size_t column,
                             std::span<const float> logarithms, const Periods& periods,
                             const frame::Mask& kept)
    : periods_(static_cast<double>(periods.count)),
      units_(subject.codes(unit).values()),
      values_(subject.codes(unit).values(), 0) {
  const double middle = std::floor(periods_ / 2);
  std::vector<Sums> sums(units_.size());
  subject.codes(unit).codes.visit([&](const auto* units) {
    subject.codes(column).codes.visit([&](const auto* codes) {
      for (std::size_t row = 0; row < logarithms.size(); ++row) {
        const auto period = periods.of_row[row];
        if (period == no_period || units[row] == 0 || std::isnan(logarithms[row]) ||
            (!kept.empty() && kept[row] == 0))
          continue;
        auto& own = sums[units[row]];
        const double x = static_cast<double>(period) - middle, y = logarithms[row];
        own.n += 1;
        own.x += x;
        own.y += y;
        own.xx += x * x;
        own.yy += y * y;
        own.xy += x * y;
        values_[units[row]] = codes[row];
      }
    });
  });
  for (std::size_t i = 0; i < sums.size(); ++i) units_[i] = sums[i].moments(middle);
}

std::pair<std::vector<stats::CoMoments>, std::vector<stats::CoMoments>> UnitMovements::split(
    std::uint32_t value) const {
  std::pair<std::vector<stats::CoMoments>, std::vector<stats::CoMoments>> groups;
  for (std::size_t unit = 1; unit < units_.size(); ++unit) {
    if (units_[unit].n > 0 && values_[unit] != 0)
      (values_[unit] == value ? groups.first : groups.second).push_back(units_[unit]);
  }
  return groups;
}

std::optional<UnitMovement> UnitMovements::sizes(std::uint32_t value) const {
  const auto [own, others] = split(value);
  const auto test = stats::contrast_slopes(own, others);
  if (!test) return std::nullopt;
  return UnitMovement{test->p_value, test->difference};
}

std::optional<UnitMovement> UnitMovements::rows(std::uint32_t value) const {
  const auto [own, others] = split(value);
  const auto test = stats::contrast_means(own, others);
  if (!test) return std::nullopt;
  // Rows that grow by b a period over T periods come b T^2 / 12 later on average.
  return UnitMovement{test->p_value, 12 * test->difference / (periods_ * periods_)};
}

}  // namespace insights::patterns
