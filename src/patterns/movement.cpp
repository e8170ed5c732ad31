#include "patterns/movement.h"

#include <algorithm>
#include <cmath>

namespace insights::patterns {

namespace {

double ratio_over(std::span<const double> numerator, std::span<const double> denominator,
                  std::size_t begin, std::size_t end) {
  double top = 0, bottom = 0;
  for (std::size_t i = begin; i < end; ++i) {
    top += numerator[i];
    bottom += denominator[i];
  }
  return bottom > 0 ? top / bottom : 0;
}

Stretches stretches_of(const stats::ShapeFit& fit, std::size_t count) {
  const std::size_t quarter = std::max<std::size_t>(2, count / 4);
  switch (fit.shape) {
    case stats::Shape::step:
      return {0, fit.position, fit.position, count};
    case stats::Shape::hinge: {
      const std::size_t moving = count - fit.position - 1;
      const std::size_t last = std::clamp<std::size_t>(moving / 3, 1, 6);
      return {0, fit.position + 1, count - last, count};
    }
    case stats::Shape::line:
      break;
  }
  return {0, quarter, count - quarter, count};
}

void add_row(PairOfSeries& series, bool of_value, std::uint16_t period, double numerator,
             double denominator) {
  if (of_value && !std::isnan(numerator)) series.numerator[period] += numerator;
  if (!std::isnan(denominator)) series.denominator[period] += denominator;
}

}  // namespace

std::optional<std::vector<double>> ratios_of(std::span<const double> numerator,
                                             std::span<const double> denominator) {
  std::vector<double> ratios(numerator.size());
  for (std::size_t i = 0; i < ratios.size(); ++i) {
    if (!(denominator[i] > 0)) return std::nullopt;
    ratios[i] = numerator[i] / denominator[i];
  }
  return ratios;
}

std::optional<Movement> movement_of(std::span<const double> numerator,
                                    std::span<const double> denominator) {
  const auto ratios = ratios_of(numerator, denominator);
  if (!ratios) return std::nullopt;
  auto fit = stats::best_shape(*ratios);
  return fit ? movement_along(*std::move(fit), numerator, denominator) : std::nullopt;
}

std::optional<Movement> movement_along(stats::ShapeFit fit, std::span<const double> numerator,
                                       std::span<const double> denominator) {
  Movement movement;
  movement.stretches = stretches_of(fit, numerator.size());
  const auto& at = movement.stretches;
  movement.before = ratio_over(numerator, denominator, at.before_begin, at.before_end);
  movement.after = ratio_over(numerator, denominator, at.after_begin, at.after_end);
  if (!(movement.before > 0)) return std::nullopt;
  movement.relative = movement.after / movement.before - 1;
  movement.fit = std::move(fit);
  return movement;
}

bool agrees_with_last_year(const Movement& movement, std::span<const double> numerator,
                           std::span<const double> denominator, const Periods& periods) {
  const auto year = static_cast<std::size_t>(std::lround(periods.per_year()));
  const auto& at = movement.stretches;
  const std::size_t length = std::min(at.after_end - at.after_begin, year / 2);
  if (at.after_end < length + year) return true;
  const double now = ratio_over(numerator, denominator, at.after_end - length, at.after_end);
  const double then =
      ratio_over(numerator, denominator, at.after_end - length - year, at.after_end - year);
  return then <= 0 || (now >= then) == (movement.relative >= 0) || std::fabs(now / then - 1) < 0.02;
}

PairOfSeries share_series(const Workspace& workspace, std::size_t column, std::uint32_t value,
                          std::size_t measure, const frame::Mask& kept) {
  const auto& periods = workspace.periods;
  PairOfSeries series{std::vector<double>(periods.count), std::vector<double>(periods.count)};
  const auto* numbers = measure == no_column ? nullptr : &workspace.subject.numbers(measure);
  workspace.subject.codes(column).codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < periods.of_row.size(); ++row) {
      if (periods.of_row[row] == no_period || (!kept.empty() && kept[row] == 0)) continue;
      const double amount = numbers == nullptr ? 1 : (*numbers)[row];
      add_row(series, codes[row] == value, periods.of_row[row], amount, amount);
    }
  });
  return series;
}

PairOfSeries ratio_series(const Workspace& workspace, std::size_t column, std::uint32_t value,
                          std::size_t numerator, std::size_t denominator, const frame::Mask& kept) {
  const auto& periods = workspace.periods;
  PairOfSeries series{std::vector<double>(periods.count), std::vector<double>(periods.count)};
  const auto& top = workspace.subject.numbers(numerator);
  const auto& bottom = workspace.subject.numbers(denominator);
  workspace.subject.codes(column).codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < periods.of_row.size(); ++row) {
      if (codes[row] != value || periods.of_row[row] == no_period ||
          (!kept.empty() && kept[row] == 0))
        continue;
      add_row(series, true, periods.of_row[row], top[row], bottom[row]);
    }
  });
  return series;
}

}  // namespace insights::patterns
