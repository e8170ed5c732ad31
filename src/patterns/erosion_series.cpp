#include "patterns/erosion_series.h"

#include <algorithm>
#include <cmath>

#include "stats/distributions.h"
#include "stats/moments.h"
#include "stats/trend.h"

namespace insights::patterns {

namespace {

constexpr double usual_share_min = 0.1;
constexpr std::size_t periods_min_level = 8;
constexpr std::size_t periods_min_change = 9;
constexpr double thirds_apart_min = 0.008;
constexpr double thirds_noise_min =
    2.5;  // in their own standard error; a change that passes the test has far more

bool has(const std::vector<std::size_t>& measures, std::size_t column) {
  return std::ranges::find(measures, column) != measures.end();
}

double mean_of(std::span<const double> values) { return stats::moments_of(values).mean; }

// How many independent values a series with this memory is worth.
double effective_count(std::span<const double> values) {
  const double memory = std::max(0.0, stats::lag_one_autocorrelation(values).value_or(0));
  return std::max(2.0, static_cast<double>(values.size()) * (1 - memory) / (1 + memory));
}

// Noise from one period to the next, whatever the level does.
double jitter(std::span<const double> series) {
  double squares = 0;
  for (std::size_t i = 1; i < series.size(); ++i)
    squares += (series[i] - series[i - 1]) * (series[i] - series[i - 1]);
  return std::sqrt(squares / (2 * static_cast<double>(series.size() - 1)));
}

bool may_have_changed(std::span<const double> series) {
  const std::size_t third = series.size() / 3;
  const double noise = jitter(series) / std::sqrt(static_cast<double>(third));
  const double first = mean_of(series.first(third)),
               middle = mean_of(series.subspan(third, series.size() - 2 * third)),
               last = mean_of(series.last(third));
  const double apart = std::max({first, middle, last}) - std::min({first, middle, last});
  return apart >= thirds_apart_min && apart >= thirds_noise_min * noise;
}

std::optional<LossChange> change_in(std::span<const double> series,
                                    const std::vector<std::size_t>& periods) {
  if (series.size() < periods_min_change || !may_have_changed(series)) return std::nullopt;
  const auto fit = stats::best_shape(series);
  if (!fit) return std::nullopt;
  const std::size_t n = series.size();
  LossChange change;
  change.fit = *fit;
  change.change = fit->level_after - fit->level_before;
  std::size_t before = fit->position, now = fit->position;  // places: [0, before) against [now, n)
  switch (fit->shape) {
    case stats::Shape::step:
      break;
    case stats::Shape::hinge:
      before = fit->position + 1;
      now = n - std::max<std::size_t>(3, (n - before) / 3);
      break;
    case stats::Shape::line:
      before = std::max<std::size_t>(3, n / 4);
      now = n - before;
      break;
  }
  before = std::clamp<std::size_t>(before, 1, n - 1);
  now = std::clamp(now, before, n - 1);
  change.since = periods[fit->shape == stats::Shape::line ? 0 : std::min(before, n - 1)];
  change.before_begin = periods.front();
  change.before_end = periods[before - 1] + 1;
  change.now_begin = periods[now];
  change.now_end = periods.back() + 1;
  const double memory = std::clamp(fit->autocorrelation, 0.0, 0.9);
  const double spread = fit->residual_standard_deviation * std::sqrt((1 + memory) / (1 - memory));
  change.margin = 1.96 * spread *
                  std::sqrt(1.0 / static_cast<double>(before) + 1.0 / static_cast<double>(n - now));
  return change;
}

Amounts collect(const Workspace& workspace, const ErosionStep& step, const frame::Mask& kept,
                auto is_own) {
  Amounts amounts{std::vector<double>(workspace.periods.count),
                  std::vector<double>(workspace.periods.count)};
  const auto &from = workspace.subject.numbers(step.from), &to = workspace.subject.numbers(step.to);
  const auto& periods = workspace.periods.of_row;
  for (std::size_t row = 0; row < periods.size(); ++row) {
    if (!is_own(row) || periods[row] == no_period || (!kept.empty() && kept[row] == 0)) continue;
    if (!std::isnan(from[row])) amounts.from[periods[row]] += from[row];
    if (!std::isnan(to[row])) amounts.to[periods[row]] += to[row];
  }
  return amounts;
}

}  // namespace

std::vector<ErosionStep> erosion_steps(const Workspace& workspace) {
  const auto& subject = workspace.subject;
  std::vector<ErosionStep> steps;
  if (subject.chain && subject.chain->columns.size() >= 2) {
    const auto& chain = subject.chain->columns;
    steps.push_back({chain.front(), chain.back(), false});
    for (std::size_t i = 1; i < chain.size() && chain.size() > 2; ++i)
      steps.push_back({chain[i - 1], chain[i], false});
  }
  if (subject.money) {
    for (const std::size_t column : workspace.measures) {
      const auto& measure = subject.columns[column];
      if (measure.kind == "margin" && measure.additive && column != *subject.money)
        steps.push_back({*subject.money, column, true});
    }
  }
  std::erase_if(steps, [&](const ErosionStep& step) {
    return !has(workspace.measures, step.from) || !has(workspace.measures, step.to);
  });
  return steps;
}

Amounts amounts_of(const Cube& cube, const ErosionStep& step, std::uint32_t value) {
  const auto from = cube.series(cube.place(step.from), value),
             to = cube.series(cube.place(step.to), value);
  return {{from.begin(), from.end()}, {to.begin(), to.end()}};
}

Amounts amounts_where(const Workspace& workspace, const ErosionStep& step, std::size_t column,
                      std::uint32_t value, const frame::Mask& kept) {
  return workspace.subject.codes(column).codes.visit([&](const auto* codes) {
    return collect(workspace, step, kept, [&](std::size_t row) { return codes[row] == value; });
  });
}

Amounts total_where(const Workspace& workspace, const ErosionStep& step, const frame::Mask& kept) {
  return collect(workspace, step, kept, [](std::size_t) { return true; });
}

Amounts difference(const Amounts& all, const Amounts& part) {
  Amounts rest = all;
  for (std::size_t i = 0; i < rest.from.size(); ++i) {
    rest.from[i] -= part.from[i];
    rest.to[i] -= part.to[i];
  }
  return rest;
}

LossSeries losses_of(const Amounts& own, const Amounts& others) {
  double sold = 0, months = 0;
  for (const double from : own.from) {
    sold += std::max(0.0, from);
    months += from > 0 ? 1 : 0;
  }
  LossSeries losses;
  const double least = months > 0 ? usual_share_min * sold / months : 0;
  for (std::size_t i = 0; i < own.from.size(); ++i) {
    if (own.from[i] <= 0 || own.from[i] < least || others.from[i] <= 0) continue;
    losses.periods.push_back(i);
    losses.own.push_back(1 - own.to[i] / own.from[i]);
    losses.others.push_back(1 - others.to[i] / others.from[i]);
  }
  return losses;
}

std::optional<LossLevel> loss_level(const LossSeries& losses) {
  if (losses.own.size() < periods_min_level) return std::nullopt;
  std::vector<double> apart(losses.own.size());
  for (std::size_t i = 0; i < apart.size(); ++i) apart[i] = losses.own[i] - losses.others[i];
  const auto moments = stats::moments_of(apart);
  const double n = effective_count(apart);
  LossLevel level;
  level.difference = moments.mean;
  level.error = moments.standard_deviation() / std::sqrt(n);
  level.degrees = n - 1;
  if (level.error <= 1e-12) {  // the same every month: rounding, not chance, is all there is
    level.error = 0;
    level.p = std::fabs(moments.mean) > 1e-9 ? stats::p_value_min : 1;
    return level;
  }
  const double t = moments.mean / level.error;
  // Exact where it can matter; the rest is only counted.
  level.p = stats::p_value(t < 1.5 ? stats::normal_two_sided(t)
                                   : stats::student_two_sided(t, level.degrees));
  if (t < -1.5) level.p = std::max(level.p, 0.05);
  return level;
}

stats::Interval LossLevel::interval() const {
  const double margin = error > 0 ? stats::student_quantile(0.975, degrees) * error : 0;
  return {difference - margin, difference + margin};
}

std::optional<LossChange> loss_change(const LossSeries& losses) {
  std::vector<double> apart(losses.own.size());
  for (std::size_t i = 0; i < apart.size(); ++i) apart[i] = losses.own[i] - losses.others[i];
  return change_in(apart, losses.periods);
}

std::optional<LossChange> loss_change_alone(const LossSeries& losses) {
  return change_in(losses.own, losses.periods);
}

}  // namespace insights::patterns
