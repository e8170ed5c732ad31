#include "patterns/forecast.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "patterns/wording.h"
#include "stats/distributions.h"
#include "stats/trend.h"

namespace insights::patterns {

namespace {

constexpr std::size_t periods_min = 9, moving_min = 6;
constexpr double reach_max = 0.5;  // of the value; wider is no forecast

// Index of a row's period, counted from the first of the series.
std::string position_sql(const Workspace& workspace, std::size_t first) {
  const auto& subject = workspace.subject;
  const auto start = workspace.periods.starts[first];
  if (workspace.periods.grain == Grain::month) {
    const auto date = base::split(start);
    return fmt::format("(extract(year FROM {0}) - {1}) * 12 + extract(month FROM {0}) - {2}",
                       subject.columns[*subject.time].sql, date.year, date.month);
  }
  return fmt::format("floor(({} - {}) / 7.0)", time_sql(subject), day_sql(start));
}

}  // namespace

std::optional<Projection> projection_of(std::span<const double> values, const stats::ShapeFit& fit,
                                        std::size_t unseen) {
  const std::size_t n = values.size();
  if (fit.shape == stats::Shape::step || n < periods_min) return std::nullopt;
  const bool hinge = fit.shape == stats::Shape::hinge;
  const std::size_t knot = hinge ? fit.position : 0;
  const std::size_t moving = n - 1 - knot;
  if (moving < moving_min) return std::nullopt;
  const auto at = [&](std::size_t i) { return i > knot ? static_cast<double>(i - knot) : 0.0; };
  const auto count = static_cast<double>(n);
  double middle = 0, mean = 0, squares = 0, products = 0;
  for (std::size_t i = 0; i < n; ++i) {
    middle += at(i) / count;
    mean += values[i] / count;
  }
  for (std::size_t i = 0; i < n; ++i) {
    squares += (at(i) - middle) * (at(i) - middle);
    products += (at(i) - middle) * (values[i] - mean);
  }
  const double slope = products / squares;
  std::vector<double> residuals(n);
  double rest = 0;
  for (std::size_t i = 0; i < n; ++i) {
    residuals[i] = values[i] - mean - slope * (at(i) - middle);
    rest += residuals[i] * residuals[i];
  }
  const double memory =
      std::clamp(stats::lag_one_autocorrelation(residuals).value_or(0.0), 0.0, 0.8);
  const double inflation = (1 + memory) / (1 - memory);
  const double fitted = hinge ? 3 : 2;  // the hinge's place was searched for
  const double freedom = std::max(2.0, count / inflation - fitted);
  const double variance = rest / std::max(1.0, count - fitted * inflation);
  const std::size_t ahead = std::clamp<std::size_t>(std::min(n, 2 * moving) / 4, 1, 12);
  Projection projection{knot, unseen + ahead, 0, 0};
  const double distance = at(n - 1 + projection.steps) - middle;
  projection.value = mean + slope * distance;
  projection.reach =
      stats::student_quantile(0.975, freedom) *
      std::sqrt(variance * (1 + inflation * (1 / count + distance * distance / squares)));
  if (!(projection.value > 0) || projection.reach > reach_max * projection.value)
    return std::nullopt;
  return projection;
}

std::string add_forecast(findings::Claim& claim, findings::Values& values,
                         const Workspace& workspace, const Projection& projection,
                         const ForecastSql& sql, findings::Format format, std::string_view unit,
                         std::string_view per) {
  const auto& subject = workspace.subject;
  const auto& periods = workspace.periods;
  const std::size_t target = sql.end - sql.first - 1 + projection.steps;
  base::Day until{periods.starts[sql.end - 1].since_epoch +
                  7 * static_cast<std::int32_t>(projection.steps)};
  if (periods.grain == Grain::month) {
    const auto month = base::month_of(periods.starts[sql.end - 1]);
    until =
        base::first_day(base::Month{month.since_year_zero + static_cast<int>(projection.steps)});
  }
  const auto place = fmt::format("greatest(place - {}, 0)", projection.knot);
  claim.evidence.push_back(
      {"forecast",
       fmt::format(
           "SELECT regr_intercept(amount, {0}) + regr_slope(amount, {0}) * {1} AS projected, {2} "
           "AS until FROM (SELECT {3} AS place, CAST({4} AS DOUBLE PRECISION) AS amount FROM {5} "
           "WHERE {6}{7} GROUP BY {3}) AS series",
           place, target - projection.knot, day_sql(until), position_sql(workspace, sql.first),
           sql.amount, subject.from_sql,
           between_sql(subject, periods.starts[sql.first], periods.starts[sql.end]),
           sql.condition.empty() ? "" : " AND " + sql.condition)});
  const bool share = format == findings::Format::percent;
  values.constant("reach", projection.reach);
  values.cell("projected", "forecast", 0, "projected", format, unit);
  values.cell("until", "forecast", 0, "until",
              periods.grain == Grain::month ? findings::Format::month : findings::Format::date);
  values.formula("projected_low", "max(0, projected - reach)", format, unit);
  values.formula("projected_high", share ? "min(1, projected + reach)" : "projected + reach",
                 format, unit);
  return fmt::format(
      " If the trend continues, expect about {{projected}}{}{} by {{until}} (between "
      "{{projected_low}} and {{projected_high}}).",
      per.empty() && !share ? " on average"
      : per.empty()         ? ""
                            : " ",
      per);
}

}  // namespace insights::patterns
