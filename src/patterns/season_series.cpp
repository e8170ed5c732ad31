#include "patterns/season_series.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "stats/distributions.h"
#include "stats/rank_tests.h"

namespace insights::patterns {

namespace {

constexpr double worth_ranking = 0.05;
constexpr int days_missing_max = 6;  // of a first or last month that is counted in all the same

// Rows of a month when nearly all of its days are covered; else none.
std::vector<std::uint32_t> rows_of_month(const std::vector<std::int32_t>& days, base::Month month) {
  const auto start = base::first_day(month).since_epoch;
  const int length = base::days_in(month);
  std::vector<std::uint32_t> rows;
  std::int32_t first = start + length, last = start - 1;
  for (std::size_t row = 0; row < days.size(); ++row) {
    if (days[row] < start || days[row] >= start + length) continue;
    first = std::min(first, days[row]);
    last = std::max(last, days[row]);
    rows.push_back(static_cast<std::uint32_t>(row));
  }
  if (last - first + 1 < length - days_missing_max) rows.clear();
  return rows;
}

// Sums of a measure (or rows) over some rows, by value of a column.
std::vector<double> sums_of_rows(const catalog::Subject& subject, std::size_t column,
                                 std::size_t measure, const std::vector<std::uint32_t>& rows) {
  const bool whole = column == no_column;
  std::vector<double> sums(whole ? 1 : subject.codes(column).values(), 0);
  for (const auto row : rows) {
    const double number = measure == no_column ? 1 : subject.numbers(measure)[row];
    if (!std::isnan(number)) sums[whole ? 0 : subject.codes(column).codes[row]] += number;
  }
  return sums;
}

// The month of a wave's top is not known to the month: the strongest of the three around it.
std::size_t strongest_around(std::size_t phase, const stats::Seasonality& season) {
  std::size_t strongest = phase;
  for (const std::size_t other :
       {(phase + months_a_year - 1) % months_a_year, (phase + 1) % months_a_year}) {
    if (season.effects[other] > season.effects[strongest]) strongest = other;
  }
  return strongest;
}

// The values' ranks as normal deviates (van der Waerden): no order, however large, is further away
// than the largest of so many.
std::vector<double> normal_scores(const std::vector<double>& series) {
  auto scores = stats::average_ranks(series);
  for (auto& one : scores)
    one = stats::normal_quantile(one / (static_cast<double>(series.size()) + 1));
  return scores;
}

}  // namespace

Months nearly_complete_months(const Workspace& workspace) {
  Months months{workspace.periods, {}, {}};
  auto& all = months.all;
  if (all.count == 0 || all.grain != Grain::month) return {};
  const auto& days = workspace.subject.frame.columns[*workspace.subject.time].days()->days;
  const auto before = base::Month{base::month_of(all.starts.front()).since_year_zero - 1},
             after = base::month_of(all.starts.back());
  if (all.first_left_out) months.front_rows = rows_of_month(days, before);
  if (all.last_left_out) months.back_rows = rows_of_month(days, after);
  if (!months.front_rows.empty()) {
    all.starts.insert(all.starts.begin(), base::first_day(before));
    for (auto& period : all.of_row)
      period = period == no_period ? period : static_cast<std::uint16_t>(period + 1);
    for (const auto row : months.front_rows) all.of_row[row] = 0;
    ++all.count;
  }
  if (!months.back_rows.empty()) {
    for (const auto row : months.back_rows) all.of_row[row] = static_cast<std::uint16_t>(all.count);
    all.starts.push_back(base::Day{base::first_day(after).since_epoch + base::days_in(after)});
    ++all.count;
  }
  return months;
}

SeriesByValue::SeriesByValue(const catalog::Subject& subject, const Cube& cube,
                             const Months& months, std::size_t column, std::size_t measure)
    : cube_(cube),
      measure_(measure),
      has_front_(!months.front_rows.empty()),
      has_back_(!months.back_rows.empty()) {
  if (has_front_) front_ = sums_of_rows(subject, column, measure, months.front_rows);
  if (has_back_) back_ = sums_of_rows(subject, column, measure, months.back_rows);
}

std::vector<double> SeriesByValue::of(std::uint32_t value) const {
  std::vector<double> series;
  if (has_front_) series.push_back(front_[value]);
  const auto inner =
      measure_ == no_column ? cube_.row_series(value) : cube_.series(cube_.place(measure_), value);
  series.insert(series.end(), inner.begin(), inner.end());
  if (has_back_) series.push_back(back_[value]);
  return series;
}

std::optional<stats::Seasonality> season_of(std::vector<double> series, const Periods& months) {
  const double mean =
      std::accumulate(series.begin(), series.end(), 0.0) / static_cast<double>(series.size());
  if (!(mean > 0)) return std::nullopt;
  for (auto& one : series) one /= mean;
  auto season = stats::seasonality(series, {months_a_year, months.season(0)});
  if (!season) return season;
  // Both tests take the months' noise for normal, and sums of few orders are not: their ranks have
  // to say the same.
  if (season->either_p_value() < worth_ranking) {
    const auto ranked =
        stats::seasonality(normal_scores(series), {months_a_year, months.season(0)});
    season->p_value = std::max(season->p_value, ranked->p_value);
    season->wave_p_value = std::max(season->wave_p_value, ranked->wave_p_value);
  }
  if (season->is_wave()) season->highest_phase = strongest_around(season->wave_phase, *season);
  return season;
}

std::optional<SurestSeason> surest_season(const ShareSeries& series, const Periods& months) {
  auto shares = share_of(series.amounts, series.all_amounts);
  if (!shares) return std::nullopt;
  const auto season = season_of(*shares, months);
  if (!season) return std::nullopt;
  const auto likeness_of = [](const stats::Seasonality& one) {
    return one.is_wave() ? one.wave_correlation : one.profile_correlation;
  };
  SurestSeason surest{*season, 1, season->either_p_value(), likeness_of(*season),
                      *std::move(shares)};
  double asked = 1;
  const auto ask = [&](std::optional<std::vector<double>> part) {
    if (!part) return;
    asked += 1;
    const auto own = season_of(*part, months);
    if (!own || own->either_p_value() >= surest.p_alone) return;
    surest.found.highest_phase = strongest_around(own->highest_phase, *season);
    surest.p_alone = own->either_p_value();
    surest.likeness = likeness_of(*own);
    surest.series = *std::move(part);
  };
  if (!series.rows.empty()) ask(share_of(series.rows, series.all_rows));
  ask(series.sizes);
  surest.p = std::min(1.0, asked * surest.p_alone);
  return surest;
}

std::optional<std::vector<double>> share_of(const std::vector<double>& own,
                                            const std::vector<double>& all) {
  std::vector<double> shares;
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (!(all[i] > 0)) return std::nullopt;
    shares.push_back(own[i] / all[i]);
  }
  return shares;
}

double swing_of_amount(const std::vector<double>& series, const Periods& months,
                       std::size_t phase) {
  double of_phase = 0, all = 0;
  for (std::size_t i = first_of_full_years(series.size()); i < series.size(); ++i) {
    all += series[i];
    if (months.season(i) == phase) of_phase += series[i];
  }
  return all > 0 ? of_phase * static_cast<double>(months_a_year) / all - 1 : 0;
}

}  // namespace insights::patterns
