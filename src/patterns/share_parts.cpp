#include "patterns/share_parts.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace insights::patterns {

namespace {

constexpr double positive_min = 0.8;  // of a value's rows
constexpr double units_agree = 0.05;
constexpr double part_carried_min = 0.5;  // of the change of the share, on the logarithm

double mean_over(std::span<const double> values, std::size_t begin, std::size_t end) {
  double sum = 0;
  for (std::size_t i = begin; i < end; ++i) sum += values[i];
  return sum / static_cast<double>(end - begin);
}

// Does a change of the logarithm go the way of the share, and carry most of it?
bool carries_change(double change, const Movement& share) {
  if (!(share.before > 0) || !(share.after > 0)) return false;
  const double all = std::log(share.after / share.before);
  return change * all > 0 && std::fabs(change) >= part_carried_min * std::fabs(all);
}

bool carries(std::span<const double> part, const Movement& share) {
  const auto& at = share.stretches;
  const double before = mean_over(part, at.before_begin, at.before_end),
               after = mean_over(part, at.after_begin, at.after_end);
  return before > 0 && after > 0 && carries_change(std::log(after / before), share);
}

bool carries(double growth, const Movement& share) {
  const auto& at = share.stretches;
  const double periods = 0.5 * static_cast<double>(at.after_begin + at.after_end) -
                         0.5 * static_cast<double>(at.before_begin + at.before_end);
  return carries_change(growth * periods, share);
}

}  // namespace

std::vector<float> logarithms_of(const catalog::Subject& subject, std::size_t measure) {
  const auto& amounts = subject.numbers(measure);
  std::vector<float> logarithms(amounts.size());
  for (std::size_t row = 0; row < amounts.size(); ++row)
    logarithms[row] = amounts[row] > 0 ? static_cast<float>(std::log(amounts[row]))
                                       : std::numeric_limits<float>::quiet_NaN();
  return logarithms;
}

RelativeSizes::RelativeSizes(const catalog::Subject& subject, std::size_t column,
                             std::span<const float> logarithms, const Periods& periods,
                             const frame::Mask& kept)
    : periods_(periods.count),
      cells_(subject.codes(column).values() * periods.count),
      all_(periods.count) {
  subject.codes(column).codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < logarithms.size(); ++row) {
      const auto period = periods.of_row[row];
      if (period == no_period || codes[row] == 0 || (!kept.empty() && kept[row] == 0)) continue;
      auto& cell = cells_[codes[row] * periods_ + period];
      cell.rows += 1;
      if (std::isnan(logarithms[row])) continue;
      cell.counted += 1;
      cell.logarithms += logarithms[row];
    }
  });
  for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
    all_[cell % periods_].counted += cells_[cell].counted;
    all_[cell % periods_].logarithms += cells_[cell].logarithms;
  }
}

std::optional<std::vector<double>> RelativeSizes::of(std::uint32_t value) const {
  std::vector<double> ratios;
  double counted = 0, rows = 0;
  for (std::size_t t = 0; t < periods_; ++t) {
    const auto& own = cells_[value * periods_ + t];
    const double others = all_[t].counted - own.counted;
    if (own.counted < 1 || others < 1) return std::nullopt;
    ratios.push_back(
        std::exp(own.logarithms / own.counted - (all_[t].logarithms - own.logarithms) / others));
    counted += own.counted;
    rows += own.rows;
  }
  if (counted < positive_min * rows) return std::nullopt;
  return ratios;
}

std::optional<Movement> share_movement_of(const ShareSeries& series) {
  auto best = movement_of(series.amounts, series.all_amounts);
  if (!best) return std::nullopt;
  const double scatter = best->fit.residual_standard_deviation;
  double asked = 1;
  const auto ask = [&](const std::optional<std::vector<double>>& part) {
    if (!part) return;
    asked += 1;
    auto fit = stats::best_shape(*part);
    if (!fit || fit->p_value >= best->fit.p_value) return;
    auto movement = movement_along(*std::move(fit), series.amounts, series.all_amounts);
    if (movement && carries(*part, *movement)) best = std::move(movement);
  };
  if (!series.rows.empty()) ask(ratios_of(series.rows, series.all_rows));
  ask(series.sizes);
  double p = asked * best->fit.p_value;
  if (!series.units.empty()) {
    double of_units = 1;
    for (const auto& units : series.units) {
      if (carries(units.growth, *best)) of_units = std::min(of_units, units.p);
    }
    // Months alone do not say whether many moved or few, so they count where the units agree.
    const double of_months = of_units <= units_agree ? p : 1;
    p = 2 * std::min(static_cast<double>(series.units.size()) * of_units, of_months);
  }
  best->fit.p_value = std::min(1.0, p);
  best->fit.residual_standard_deviation = scatter;
  return best;
}

std::vector<UnitMovement> asked_of_units(const UnitMovements& units, std::uint32_t value) {
  std::vector<UnitMovement> asked;
  if (const auto sizes = units.sizes(value)) asked.push_back(*sizes);
  if (const auto rows = units.rows(value)) asked.push_back(*rows);
  return asked;
}

ShareSeries share_series_where(const Workspace& workspace, std::size_t column, std::uint32_t value,
                               std::size_t measure, const Periods& periods,
                               const frame::Mask& kept) {
  const auto& subject = workspace.subject;
  ShareSeries series;
  series.amounts.resize(periods.count);
  series.all_amounts.resize(periods.count);
  series.rows.resize(periods.count);
  series.all_rows.resize(periods.count);
  const auto* numbers = measure == no_column ? nullptr : &subject.numbers(measure);
  subject.codes(column).codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < periods.of_row.size(); ++row) {
      const auto period = periods.of_row[row];
      if (period == no_period || (!kept.empty() && kept[row] == 0)) continue;
      const double amount = numbers == nullptr ? 1 : (*numbers)[row];
      const double counted = std::isnan(amount) ? 0 : amount;
      series.all_amounts[period] += counted;
      series.all_rows[period] += 1;
      if (codes[row] != value) continue;
      series.amounts[period] += counted;
      series.rows[period] += 1;
    }
  });
  if (measure == no_column) {  // the rows are the amounts
    series.rows.clear();
    series.all_rows.clear();
  } else {
    const auto logarithms = logarithms_of(subject, measure);
    series.sizes = RelativeSizes(subject, column, logarithms, periods, kept).of(value);
  }
  return series;
}

}  // namespace insights::patterns
