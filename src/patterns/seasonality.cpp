// A product, customer or region (or everything together) that sells far more in one month of the
// year than in others.
//
// Series: a value's share of the total by month, so that a season all share is told once, for the
// total. Test: the months of the year on the detrended series, or one smooth wave a year, whichever
// is the surer (stats/seasonality.h), over three full years or more;
// the yearly profiles must also look alike (one lump in one June is no season), and the amount
// itself must swing, not the share alone.

#include "patterns/seasonality.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>

#include "findings/fingerprint.h"
#include "patterns/all.h"
#include "patterns/survival.h"
#include "patterns/wording.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

constexpr std::size_t months_min = 36;
constexpr double swing_min = 0.3;      // of the strongest month above the average
constexpr double own_swing_min = 0.2;  // the same of the amount itself
constexpr double likeness_min = 0.5;   // of the yearly profiles
constexpr double rows_min = 72;        // two a month over three years
constexpr double active_min = 0.67;    // share of the months in which the value has rows
constexpr double p_max = 1e-4;         // "every year" is said of what leaves no doubt
constexpr int random_orders = 10'000;  // 1 / p_max
constexpr std::uint64_t random_seed = 12;
constexpr std::size_t rare_max = 20;
constexpr std::size_t days_a_month_min =
    2;  // with rows: one large order every second month gives any pattern by itself

// And what they accept must also come out ahead of every one of many random orders of the same
// months: of three lumps, one order in six hundred puts them into one month.
bool beats_random_orders(std::vector<double> series, const Periods& months, double p) {
  stats::Random random(random_seed);
  for (int round = 0; round < random_orders; ++round) {
    for (std::size_t i = series.size(); i > 1; --i)
      std::swap(series[i - 1], series[random.below(i)]);
    const auto season = stats::seasonality(series, {months_a_year, months.season(0)});
    if (!season || season->either_p_value() > p) continue;  // ranks can only make it larger
    if (season_of(series, months)->either_p_value() <= p) return false;
  }
  return true;
}

bool is_material(const SurestSeason& season, const std::vector<double>& own,
                 const Periods& months) {
  const std::size_t highest = season.found.highest_phase;
  return season.found.effects[highest] >= swing_min && season.likeness >= likeness_min &&
         swing_of_amount(own, months, highest) >= own_swing_min;
}

// Different days with rows, of one value: does it sell all along, or now and then?
bool sells_often(const Workspace& workspace, std::size_t column, std::uint32_t value,
                 const Periods& months) {
  const auto& days = workspace.subject.frame.columns[*workspace.subject.time].days()->days;
  std::vector<std::uint8_t> seen(static_cast<std::size_t>(months.starts.back().since_epoch -
                                                          months.starts.front().since_epoch),
                                 0);
  workspace.subject.codes(column).codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < days.size(); ++row) {
      if (codes[row] == value && months.of_row[row] != no_period)
        seen[static_cast<std::size_t>(days[row] - months.starts.front().since_epoch)] = 1;
    }
  });
  return static_cast<std::size_t>(std::accumulate(seen.begin(), seen.end(), 0)) >=
         days_a_month_min * months.count;
}

// A customer that orders every second month seems to have a season, and lends it to its region:
// such regions are dropped.
void drop_what_rare_orders_make(const Workspace& workspace,
                                const std::vector<std::pair<std::size_t, std::uint32_t>>& rare,
                                std::vector<Candidate>& candidates) {
  for (const auto& [column, value] : rare) {
    const auto without = mask_without(workspace.subject, column, value);
    for (auto& candidate : candidates) {
      if (candidate.material && candidate.survives && candidate.column != column &&
          !candidate.survives(without))
        candidate.material = false;
    }
  }
}

// What comes and goes (a batch, a campaign) has no three years to compare.
bool sells_all_along(const Cube& cube, std::uint32_t value) {
  const auto rows = cube.row_series(value);
  const auto active = std::ranges::count_if(rows, [](double count) { return count > 0; });
  return static_cast<double>(active) >= active_min * static_cast<double>(rows.size());
}

// Products by their units, all else by money.
std::size_t measure_for(const Workspace& workspace, std::size_t column) {
  const auto& subject = workspace.subject;
  const auto has = [&](std::optional<std::size_t> measure) {
    return measure && std::ranges::find(workspace.measures, *measure) != workspace.measures.end();
  };
  if (is_goods(workspace, column) && has(subject.quantity)) return *subject.quantity;
  return has(subject.money) ? *subject.money : no_column;
}

Candidate candidate_of(const Workspace& workspace, const std::shared_ptr<const Periods>& months,
                       const Season& season, bool material, double monthly_money) {
  const auto& subject = workspace.subject;
  Candidate candidate;
  candidate.entry.family = season_family;
  candidate.entry.pattern = "seasonality";
  const std::string measure =
      season.measure == no_column ? "" : subject.columns[season.measure].name;
  std::vector<findings::Entity> entities;
  if (season.column != no_column) {
    entities.push_back({subject.columns[season.column].name,
                        subject.codes(season.column).dictionary[season.value], ""});
    const auto* kind = workspace.vocabulary.kind_named(subject.columns[season.column].kind);
    candidate.rank = kind == nullptr ? 0 : kind->rank;
  }
  candidate.entry.fingerprint = findings::fingerprint("seasonality", measure, entities);
  candidate.entry.statistic = season.found.f;
  candidate.entry.p = season.p;
  candidate.entry.effect = season.found.effects[season.found.highest_phase];
  candidate.material = material;
  candidate.column = season.column;
  candidate.value = season.value;
  candidate.measure = "season";
  candidate.surprise = std::clamp(candidate.entry.effect / 1.5, 0.2, 1.0);
  if (!material) return candidate;
  candidate.impact = candidate.entry.effect * monthly_money / static_cast<double>(months_a_year);
  candidate.claim = [&workspace, months, season] {
    return state_season(workspace, season, *months);
  };
  if (season.column != no_column) {
    candidate.survives = [&workspace, months, season](const frame::Mask& kept) {
      return season_stands(workspace, season, *months, kept);
    };
  }
  return candidate;
}

}  // namespace

bool is_goods(const Workspace& workspace, std::size_t column) {
  const auto* kind = column == no_column
                         ? nullptr
                         : workspace.vocabulary.kind_named(workspace.subject.columns[column].kind);
  return kind != nullptr && kind->entity && !kind->orders && kind->name != "person" &&
         kind->name != "store";
}

bool season_stands(const Workspace& workspace, const Season& season, const Periods& months,
                   const frame::Mask& kept) {
  const auto series =
      share_series_where(workspace, season.column, season.value, season.measure, months, kept);
  const auto again = surest_season(series, months);
  const std::size_t highest = season.found.highest_phase;
  return again && is_material(*again, series.amounts, months) &&
         still_stands(again->p, again->found.effects[highest], season.found.effects[highest]);
}

std::vector<Candidate> examine_seasonality(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  if (workspace.small || workspace.periods.count + 2 < months_min) return candidates;
  const auto found = nearly_complete_months(workspace);
  if (found.all.count < months_min) return candidates;
  const auto months = std::make_shared<const Periods>(found.all);
  const auto& subject = workspace.subject;
  const auto whole = measure_for(workspace, no_column);
  const auto all_series = SeriesByValue(subject, workspace.total, found, no_column, whole).of(0);
  const std::vector<double> ones(all_series.size(), 1);
  if (const auto season = surest_season({all_series, ones, {}, {}, {}, {}}, *months)) {
    candidates.push_back(
        candidate_of(workspace, months, {no_column, 0, whole, season->found, season->p},
                     is_material(*season, all_series, *months) && season->p <= p_max &&
                         beats_random_orders(season->series, *months, season->p_alone),
                     workspace.money_per_month));
  }
  const auto all_rows = SeriesByValue(subject, workspace.total, found, no_column, no_column).of(0);
  std::map<std::size_t, std::vector<float>> logarithms;  // by measure, made when needed
  std::vector<std::pair<std::size_t, std::uint32_t>> rare;
  for (const std::size_t column : workspace.groupings) {
    const auto* cube = workspace.cube(column);
    if (cube == nullptr || subject.columns[column].kind == "calendar") continue;
    const auto measure = measure_for(workspace, column);
    const auto all = SeriesByValue(subject, workspace.total, found, no_column, measure).of(0);
    const SeriesByValue series(subject, *cube, found, column, measure),
        row_series(subject, *cube, found, column, no_column);
    std::optional<RelativeSizes> sizes;
    for (std::uint32_t value = 1; value < cube->values; ++value) {
      if (cube->rows_total(value) < rows_min || !sells_all_along(*cube, value)) continue;
      ShareSeries own{series.of(value), all, {}, {}, {}, {}};
      if (measure != no_column) {
        own.rows = row_series.of(value);
        own.all_rows = all_rows;
        auto& of_measure = logarithms[measure];
        if (of_measure.empty()) of_measure = logarithms_of(subject, measure);
        if (!sizes) sizes.emplace(subject, column, of_measure, *months);
        own.sizes = sizes->of(value);
      }
      const auto season = surest_season(own, *months);
      if (!season) continue;
      const double money = subject.money ? cube->total(cube->place(*subject.money), value) /
                                               static_cast<double>(workspace.periods.count)
                                         : 0;
      bool material = is_material(*season, own.amounts, *months) && season->p <= p_max;
      if (material && !(sells_often(workspace, column, value, *months) &&
                        beats_random_orders(season->series, *months, season->p_alone))) {
        material = false;
        if (rare.size() < rare_max && !workspace.is_decoy(column)) rare.emplace_back(column, value);
      }
      candidates.push_back(candidate_of(
          workspace, months, {column, value, measure, season->found, season->p}, material, money));
    }
  }
  drop_what_rare_orders_make(workspace, rare, candidates);
  return candidates;
}

}  // namespace insights::patterns
