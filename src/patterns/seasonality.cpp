// A product, customer or region (or everything together) that sells far more in one month of the year than in others.
//
// Series: a value's share of the total by month, so that a season all share is told once, for the total. Test: F of the
// months of the year on the detrended series, over three full years or more; the yearly profiles must also look alike
// (one lump in one June is no season), and the amount itself must swing, not the share alone.

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include <fmt/format.h>

#include "findings/fingerprint.h"
#include "patterns/all.h"
#include "patterns/survival.h"
#include "patterns/wording.h"
#include "stats/seasonality.h"

namespace insights::patterns {

namespace {

using findings::Account;
using findings::Format;
using findings::Guard;
using findings::GuardStatus;

constexpr std::string_view family = "seasonality";
constexpr std::size_t year = 12, months_min = 36;
constexpr double swing_min = 0.3;          // of the strongest month above the average
constexpr double own_swing_min = 0.2;      // the same of the amount itself
constexpr double likeness_min = 0.5;       // of the yearly profiles
constexpr double rows_min = 72;            // two a month over three years
constexpr double p_max = 1e-4;             // "every year" is said of what leaves no doubt
constexpr std::size_t rare_max = 20;
constexpr std::size_t days_a_month_min = 2;  // with rows: one large order every second month gives any pattern by itself
constexpr int days_missing_max = 6;        // of a first or last month that is counted in all the same

struct Season {
  std::size_t column = no_column;  // no_column: everything
  std::uint32_t value = 0;
  std::size_t measure = no_column; // no_column: rows
  stats::Seasonality found;
};

// The months of the workspace, and those before and after that lack a few days only: three years of data often lack one
// at an end. The rows of these are known by place, so that no cube has to be made again.
struct Months {
  Periods all;
  std::vector<std::uint32_t> front_rows, back_rows;
};

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

Months nearly_complete_months(const Workspace& workspace) {
  Months months{workspace.periods, {}, {}};
  auto& all = months.all;
  if (all.count == 0 || all.grain != Grain::month) return {};
  const auto& days = workspace.subject.frame.columns[*workspace.subject.time].days()->days;
  const auto before = base::Month{base::month_of(all.starts.front()).since_year_zero - 1}, after = base::month_of(all.starts.back());
  if (all.first_left_out) months.front_rows = rows_of_month(days, before);
  if (all.last_left_out) months.back_rows = rows_of_month(days, after);
  if (!months.front_rows.empty()) {
    all.starts.insert(all.starts.begin(), base::first_day(before));
    for (auto& period : all.of_row) period = period == no_period ? period : static_cast<std::uint16_t>(period + 1);
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

// Sums of a measure (or rows) over some rows, by value of a column.
std::vector<double> sums_of_rows(const catalog::Subject& subject, std::size_t column, std::size_t measure, const std::vector<std::uint32_t>& rows) {
  const bool whole = column == no_column;
  std::vector<double> sums(whole ? 1 : subject.codes(column).values(), 0);
  for (const auto row : rows) {
    const double number = measure == no_column ? 1 : subject.numbers(measure)[row];
    if (!std::isnan(number)) sums[whole ? 0 : subject.codes(column).codes[row]] += number;
  }
  return sums;
}

// Series of every value of a column over all months.
class SeriesByValue {
 public:
  SeriesByValue(const catalog::Subject& subject, const Cube& cube, const Months& months, std::size_t column, std::size_t measure)
      : cube_(cube), measure_(measure), has_front_(!months.front_rows.empty()), has_back_(!months.back_rows.empty()) {
    if (has_front_) front_ = sums_of_rows(subject, column, measure, months.front_rows);
    if (has_back_) back_ = sums_of_rows(subject, column, measure, months.back_rows);
  }
  std::vector<double> of(std::uint32_t value) const {
    std::vector<double> series;
    if (has_front_) series.push_back(front_[value]);
    const auto inner = measure_ == no_column ? cube_.row_series(value) : cube_.series(cube_.place(measure_), value);
    series.insert(series.end(), inner.begin(), inner.end());
    if (has_back_) series.push_back(back_[value]);
    return series;
  }

 private:
  const Cube& cube_;
  std::size_t measure_;
  bool has_front_, has_back_;
  std::vector<double> front_, back_;
};

std::vector<double> series_of(const Cube& cube, std::size_t measure, std::uint32_t value) {
  const auto series = measure == no_column ? cube.row_series(value) : cube.series(cube.place(measure), value);
  return {series.begin(), series.end()};
}

// Divided by its mean, so that an effect of 0.8 is 80 % of the average. Nothing when it is not above 0 all in all.
std::optional<stats::Seasonality> season_of(std::vector<double> series, const Periods& months) {
  const double mean = std::accumulate(series.begin(), series.end(), 0.0) / static_cast<double>(series.size());
  if (!(mean > 0)) return std::nullopt;
  for (auto& one : series) one /= mean;
  return stats::seasonality(series, {year, months.season(0)});
}

std::optional<std::vector<double>> share_of(const std::vector<double>& own, const std::vector<double>& all) {
  std::vector<double> shares;
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (!(all[i] > 0)) return std::nullopt;
    shares.push_back(own[i] / all[i]);
  }
  return shares;
}

// The full years at the end of the series: each month of the year counts equally often.
std::size_t first_of_full_years(std::size_t months) { return months % year; }

// Mean of one month of the year over the mean of all, less 1.
double swing_of_amount(const std::vector<double>& series, const Periods& months, std::size_t phase) {
  double of_phase = 0, all = 0;
  for (std::size_t i = first_of_full_years(series.size()); i < series.size(); ++i) {
    all += series[i];
    if (months.season(i) == phase) of_phase += series[i];
  }
  return all > 0 ? of_phase * static_cast<double>(year) / all - 1 : 0;
}

bool is_material(const stats::Seasonality& season, const std::vector<double>& own, const Periods& months) {
  return season.effects[season.highest_phase] >= swing_min && season.profile_correlation >= likeness_min &&
         swing_of_amount(own, months, season.highest_phase) >= own_swing_min;
}

// Different days with rows, of one value: does it sell all along, or now and then?
bool sells_often(const Workspace& workspace, std::size_t column, std::uint32_t value, const Periods& months) {
  const auto& days = workspace.subject.frame.columns[*workspace.subject.time].days()->days;
  std::vector<std::uint8_t> seen(static_cast<std::size_t>(months.starts.back().since_epoch - months.starts.front().since_epoch), 0);
  workspace.subject.codes(column).codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < days.size(); ++row) {
      if (codes[row] == value && months.of_row[row] != no_period) seen[static_cast<std::size_t>(days[row] - months.starts.front().since_epoch)] = 1;
    }
  });
  return static_cast<std::size_t>(std::accumulate(seen.begin(), seen.end(), 0)) >= days_a_month_min * months.count;
}

std::string month_word(std::size_t phase) { return std::string(base::month_name(static_cast<int>(phase) + 1)); }

Guard one_entity(const Workspace& workspace, const Season& season, const Periods& months);

// Goods of some kind, that are told in units and kept in stock.
bool is_thing(const Workspace& workspace, std::size_t column) {
  const auto* kind = column == no_column ? nullptr : workspace.vocabulary.kind_named(workspace.subject.columns[column].kind);
  return kind != nullptr && kind->entity && !kind->orders && kind->name != "person" && kind->name != "store";
}

class Statement {
 public:
  Statement(const Workspace& workspace, const Season& season, const Periods& months)
      : workspace_(workspace), subject_(workspace.subject), season_(season), months_(months), is_whole_(season.column == no_column),
        own_(is_whole_ ? "" : equals_sql(subject_, season.column, season.value)), measure_(season.measure == no_column ? nullptr : &subject_.columns[season.measure]) {
    const std::string name = measure_ == nullptr ? "" : measure_->name;
    claim_ = is_whole_ ? claim_about_all(workspace, "seasonality", family, name) : claim_about(workspace, "seasonality", family, season.column, season.value, name);
    claim_.columns.push_back(subject_.columns[*subject_.time].name);
  }

  findings::Claim made() {
    const std::size_t count = months_.count, first = first_of_full_years(count);
    const auto span = between_sql(subject_, months_.starts[first], months_.starts[count]);
    const auto rows = is_whole_ ? span : fmt::format("{} AND {}", own_, span);
    const auto time = subject_.columns[*subject_.time].sql;
    const auto in = [&](std::size_t phase) { return fmt::format("{} AND extract(month FROM {}) = {}", rows, time, phase + 1); };
    const auto who = is_whole_ ? std::string() : label_sql(subject_, season_.column, season_.value) + " AS who, ";
    claim_.evidence.push_back({"a", fmt::format("SELECT {}{} AS peak, {} AS trough, {} AS all_months FROM {}", who, sum_where(in(season_.found.highest_phase)),
                                                sum_where(in(season_.found.lowest_phase)), sum_where(rows), subject_.from_sql)});
    claim_.evidence.push_back({"c", fmt::format("SELECT min(peak) AS weakest, max(peak) AS strongest FROM (SELECT extract(year FROM {}) AS year, {} AS peak FROM {} WHERE {} GROUP BY year) AS years",
                                                time, sum_all(), subject_.from_sql, in(season_.found.highest_phase))});
    if (!is_whole_) values_.cell("who", "a", 0, "who");
    for (const auto* name : {"peak", "trough", "all_months"}) values_.cell(name, "a", 0, name, format(), unit());
    values_.cell("weakest", "c", 0, "weakest").cell("strongest", "c", 0, "strongest");
    values_.constant("years", static_cast<double>((count - first) / year)).constant("months", static_cast<double>(year));
    values_.formula("usual", "all_months / years / months", format(), unit());
    values_.formula("above", "peak / years / usual - 1", Format::percent).formula("below", "1 - trough / years / usual", Format::percent);
    values_.formula("at_peak", "peak / years", format(), unit());
    const auto phrase = is_whole_ ? "All together" : subject_phrase(subject_, season_.column, season_.value);
    const auto peak = month_word(season_.found.highest_phase), trough = month_word(season_.found.lowest_phase);
    const auto verb = is_whole_ || measure_ == nullptr || !is_thing(workspace_, season_.column) ? "is" : "sells";
    claim_.title = fmt::format("{} {} {{above}} above its average in {}, every year", phrase, verb, peak);
    const auto of = measure_ == nullptr ? subject_.nouns : !measure_->money ? "units" : measure_phrase(values_, *measure_);
    claim_.summary = fmt::format("{{at_peak}}{} {} in a {} against {{usual}} in the average month; {} is the weakest, {{below}} below.", measure_ != nullptr && measure_->money ? " of" : "", of, peak, trough);
    claim_.action = is_thing(workspace_, season_.column) ? fmt::format("Have stock of {{who}} ready before {}, and plan campaigns, prices and capacity by it.", peak)
                               : fmt::format("Plan stock, people and cash for {}, and do not read the fall after it as a loss.", peak);
    claim_.impact.account = Account::none;
    claim_.impact.amount = values_.expression("at_peak - usual");
    claim_.impact.low = values_.expression("weakest - usual");
    claim_.impact.high = values_.expression("strongest - usual");
    claim_.impact.unit = measure_ == nullptr ? subject_.nouns : measure_->money ? measure_->unit : "units";
    claim_.impact.is_money = measure_ != nullptr && measure_->money;
    claim_.impact.per = "year";
    claim_.impact.of = measure_ == nullptr || !measure_->money ? "" : of;
    claim_.impact.method = "what the strongest month brings beyond the average one; range: its weakest and its strongest year";
    claim_.test.name = "months of the year, F test";
    claim_.test.effect_name = "strongest month above the average";
    draw(rows, of);
    guard();
    claim_.values = values_.bindings();
    return std::move(claim_);
  }

 private:
  Format format() const { return measure_ == nullptr ? Format::integer : amount_format(*measure_); }
  std::string unit() const { return measure_ == nullptr || !measure_->money ? "" : measure_->unit; }
  std::string sum_all() const { return measure_ == nullptr ? "count(*)" : sum_sql(subject_, season_.measure); }
  std::string sum_where(const std::string& condition) const {
    return measure_ == nullptr ? fmt::format("count(*) FILTER (WHERE {})", condition) : sum_where_sql(subject_, season_.measure, condition);
  }

  void draw(const std::string& rows, const std::string& of) {
    claim_.evidence.push_back({"b", fmt::format("SELECT {} AS period, {} AS amount FROM {} WHERE {} GROUP BY period ORDER BY period", period_sql(subject_, Grain::month), sum_all(), subject_.from_sql, rows)});
    claim_.chart = {findings::Chart::Mark::line, is_whole_ ? "By month" : "{who} by month", "b",
                    {"period", "", findings::Chart::Axis::Kind::temporal, ""},
                    {"amount", of, findings::Chart::Axis::Kind::quantitative, unit()},
                    "", "", "", ""};
  }

  void guard() {
    claim_.guards = usual_guards(workspace_);
    const bool added = months_.count > workspace_.periods.count;
    claim_.guards.push_back(added ? Guard{"partial_period", GuardStatus::passed, "a first or last month that lacks a few days is counted as it is"} : partial_period_guard(workspace_));
    claim_.guards.push_back(one_entity(workspace_, season_, months_));
    claim_.guards.push_back({"season", GuardStatus::passed, "the years look alike: no single year makes the peak"});
    claim_.guards.push_back({"offsetting_rows", GuardStatus::passed, "amounts and what takes them back are added up together"});
  }

  const Workspace& workspace_;
  const catalog::Subject& subject_;
  const Season& season_;
  const Periods& months_;
  bool is_whole_;
  std::string own_;
  const catalog::Column* measure_;
  findings::Claim claim_;
  findings::Values values_;
};

bool stands(const Workspace& workspace, const Season& season, const Periods& months, const frame::Mask& kept) {
  std::vector<std::size_t> measures;
  if (season.measure != no_column) measures.push_back(season.measure);
  auto own_mask = mask_only(workspace.subject, season.column, season.value);
  for (std::size_t row = 0; row < kept.size(); ++row) own_mask[row] = own_mask[row] != 0 && kept[row] != 0 ? 1 : 0;
  const auto own = series_of(total_cube(workspace.subject, months, measures, own_mask), season.measure, 0);
  const auto all = series_of(total_cube(workspace.subject, months, measures, kept), season.measure, 0);
  const auto shares = share_of(own, all);
  const auto again = shares ? season_of(*shares, months) : std::nullopt;
  return again && is_material(*again, own, months) &&
         still_stands(again->p_value, again->effects[season.found.highest_phase], season.found.effects[season.found.highest_phase]);
}

// The largest customer of the value left out.
Guard one_entity(const Workspace& workspace, const Season& season, const Periods& months) {
  const auto customers = workspace.customers();
  const auto& subject = workspace.subject;
  if (!customers || season.column == no_column || *customers == season.column || subject.has_dependency(season.column, *customers)) {
    return {"one_entity", GuardStatus::not_applicable, "its rows belong to nothing that could carry the season alone"};
  }
  std::vector<double> rows(subject.codes(*customers).values(), 0);
  const auto &own = subject.codes(season.column).codes, &customer = subject.codes(*customers).codes;
  for (std::size_t row = 0; row < subject.frame.rows; ++row) {
    if (own[row] == season.value && customer[row] != 0) rows[customer[row]] += 1;
  }
  const auto largest = static_cast<std::uint32_t>(std::ranges::max_element(rows) - rows.begin());
  const auto noun = noun_of(subject.columns[*customers]);
  if (stands(workspace, season, months, mask_without(subject, *customers, largest))) return {"one_entity", GuardStatus::passed, fmt::format("it has the season without its largest {} as well", noun)};
  return {"one_entity", GuardStatus::downgraded, fmt::format("without its largest {} the season would not stand out", noun)};
}

// A customer that orders every second month seems to have a season, and lends it to its region: such regions are dropped.
void drop_what_rare_orders_make(const Workspace& workspace, const std::vector<std::pair<std::size_t, std::uint32_t>>& rare, std::vector<Candidate>& candidates) {
  for (const auto& [column, value] : rare) {
    const auto without = mask_without(workspace.subject, column, value);
    for (auto& candidate : candidates) {
      if (candidate.material && candidate.survives && candidate.column != column && !candidate.survives(without)) candidate.material = false;
    }
  }
}

// Products by their units, all else by money.
std::size_t measure_for(const Workspace& workspace, std::size_t column) {
  const auto& subject = workspace.subject;
  const auto has = [&](std::optional<std::size_t> measure) { return measure && std::ranges::find(workspace.measures, *measure) != workspace.measures.end(); };
  if (is_thing(workspace, column) && has(subject.quantity)) return *subject.quantity;
  return has(subject.money) ? *subject.money : no_column;
}

Candidate candidate_of(const Workspace& workspace, const std::shared_ptr<const Periods>& months, const Season& season, bool material, double monthly_money) {
  const auto& subject = workspace.subject;
  Candidate candidate;
  candidate.entry.family = family;
  candidate.entry.pattern = "seasonality";
  const std::string measure = season.measure == no_column ? "" : subject.columns[season.measure].name;
  std::vector<findings::Entity> entities;
  if (season.column != no_column) {
    entities.push_back({subject.columns[season.column].name, subject.codes(season.column).dictionary[season.value], ""});
    const auto* kind = workspace.vocabulary.kind_named(subject.columns[season.column].kind);
    candidate.rank = kind == nullptr ? 0 : kind->rank;
  }
  candidate.entry.fingerprint = findings::fingerprint("seasonality", measure, entities);
  candidate.entry.statistic = season.found.f;
  candidate.entry.p = season.found.p_value;
  candidate.entry.effect = season.found.effects[season.found.highest_phase];
  candidate.material = material;
  candidate.column = season.column;
  candidate.value = season.value;
  candidate.measure = "season";
  candidate.surprise = std::clamp(candidate.entry.effect / 1.5, 0.2, 1.0);
  if (!material) return candidate;
  candidate.impact = candidate.entry.effect * monthly_money / static_cast<double>(year);
  candidate.claim = [&workspace, months, season] { return Statement(workspace, season, *months).made(); };
  if (season.column != no_column) {
    candidate.survives = [&workspace, months, season](const frame::Mask& kept) { return stands(workspace, season, *months, kept); };
  }
  return candidate;
}

}  // namespace

std::vector<Candidate> examine_seasonality(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  if (workspace.small || workspace.periods.count + 2 < months_min) return candidates;
  const auto found = nearly_complete_months(workspace);
  if (found.all.count < months_min) return candidates;
  const auto months = std::make_shared<const Periods>(found.all);
  const auto& subject = workspace.subject;
  const auto whole = measure_for(workspace, no_column);
  const auto all_series = SeriesByValue(subject, workspace.total, found, no_column, whole).of(0);
  if (const auto season = season_of(all_series, *months)) {
    candidates.push_back(candidate_of(workspace, months, {no_column, 0, whole, *season}, is_material(*season, all_series, *months) && season->p_value <= p_max, workspace.money_per_month));
  }
  std::vector<std::pair<std::size_t, std::uint32_t>> rare;
  for (const std::size_t column : workspace.groupings) {
    const auto* cube = workspace.cube(column);
    if (cube == nullptr || subject.columns[column].kind == "calendar") continue;
    const auto measure = measure_for(workspace, column);
    const auto all = SeriesByValue(subject, workspace.total, found, no_column, measure).of(0);
    const SeriesByValue series(subject, *cube, found, column, measure);
    for (std::uint32_t value = 1; value < cube->values; ++value) {
      if (cube->rows_total(value) < rows_min) continue;
      const auto own = series.of(value);
      const auto shares = share_of(own, all);
      const auto season = shares ? season_of(*shares, *months) : std::nullopt;
      if (!season) continue;
      const double money = subject.money ? cube->total(cube->place(*subject.money), value) / static_cast<double>(workspace.periods.count) : 0;
      bool material = is_material(*season, own, *months) && season->p_value <= p_max;
      if (material && !sells_often(workspace, column, value, *months)) {
        material = false;
        if (rare.size() < rare_max && !workspace.is_decoy(column)) rare.emplace_back(column, value);
      }
      candidates.push_back(candidate_of(workspace, months, {column, value, measure, *season}, material, money));
    }
  }
  drop_what_rare_orders_make(workspace, rare, candidates);
  return candidates;
}

}  // namespace insights::patterns
