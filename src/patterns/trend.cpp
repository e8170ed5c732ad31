// The share of the total that a customer, product, region ... has, rising, falling or changed for
// good.
//
// A share and not an amount: it removes what happens to everybody (growth, season). Best of line,
// step and hinge with its honest p-value (stats/series_shape.h), of the share or of what it is made
// of (patterns/share_parts.h). A movement that the same periods of last year contradict is a
// season.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "patterns/all.h"
#include "patterns/changing_units.h"
#include "patterns/count_over_time.h"
#include "patterns/movement.h"
#include "patterns/one_entity.h"
#include "patterns/share_parts.h"
#include "patterns/survival.h"
#include "patterns/wording.h"

namespace insights::patterns {

namespace {

using findings::Format;

// A family a column: what holds of six regions is not held against two hundred customers. The level
// across families is corrected besides (findings/control_false_discovery.h).
std::string family_of(const catalog::Subject& subject, std::size_t column) {
  return "share over time by " + subject.columns[column].name;
}

// Above it no movement is told, and what else could have made it need not be asked.
constexpr double p_in_question = 0.2;
constexpr double share_min = 0.005;  // of the total; smaller ones are noise and immaterial
constexpr double active_min = 0.67;  // share of the periods in which the value has rows
constexpr double relative_trend_min = 0.20;
constexpr double relative_step_min = 0.15;
constexpr std::size_t values_max = 200;  // a grouping

bool is_material(const Movement& movement) {
  const double least =
      movement.fit.shape == stats::Shape::step ? relative_step_min : relative_trend_min;
  return std::fabs(movement.relative) >= least;
}

// Does the share move over the kept rows as well, as it did (`before`) over all?
bool stands(const Workspace& workspace, std::size_t column, std::uint32_t value,
            std::size_t measure, double before, const frame::Mask& kept) {
  auto series = share_series_where(workspace, column, value, measure, workspace.periods, kept);
  if (const auto unit = workspace.unit_of(column); unit && measure != no_column) {
    const auto logarithms = logarithms_of(workspace.subject, measure);
    const UnitMovements units(workspace.subject, *unit, column, logarithms, workspace.periods,
                              kept);
    series.units = asked_of_units(units, value);
  }
  const auto movement = share_movement_of(series);
  return movement && is_material(*movement) &&
         still_stands(movement->fit.p_value, movement->relative, before);
}

std::string amount_sql(const catalog::Subject& subject, std::size_t measure) {
  return measure == no_column ? "count(*)" : sum_sql(subject, measure);
}

std::string amount_where_sql(const catalog::Subject& subject, std::size_t measure,
                             const std::string& condition) {
  return measure == no_column ? fmt::format("count(*) FILTER (WHERE {})", condition)
                              : sum_where_sql(subject, measure, condition);
}

void add_evidence(findings::Claim& claim, const Workspace& workspace, std::size_t column,
                  std::uint32_t value, std::size_t measure, const Movement& movement) {
  const auto& subject = workspace.subject;
  const auto& starts = workspace.periods.starts;
  const auto& at = movement.stretches;
  const auto who = equals_sql(subject, column, value);
  const auto before = between_sql(subject, starts[at.before_begin], starts[at.before_end]);
  const auto after = between_sql(subject, starts[at.after_begin], starts[at.after_end]);
  claim.evidence.push_back(
      {"a",
       fmt::format("SELECT {} AS who, {} AS before, {} AS before_all, {} AS after, {} AS "
                   "after_all, {} AS after_from, {} AS before_end FROM {}",
                   label_sql(subject, column, value),
                   amount_where_sql(subject, measure, who + " AND " + before),
                   amount_where_sql(subject, measure, before),
                   amount_where_sql(subject, measure, who + " AND " + after),
                   amount_where_sql(subject, measure, after), day_sql(starts[at.after_begin]),
                   day_sql(base::Day{starts[at.before_end].since_epoch - 1}), subject.from_sql)});
  const auto period = period_sql(subject, workspace.periods.grain);
  claim.evidence.push_back(
      {"b",
       fmt::format("SELECT {0} AS period, CAST({1} AS DOUBLE PRECISION) / nullif({2}, 0) AS share "
                   "FROM {3} WHERE {4} GROUP BY {0} ORDER BY period",
                   period, amount_where_sql(subject, measure, who), amount_sql(subject, measure),
                   subject.from_sql, between_sql(subject, starts.front(), starts.back()))});
}

findings::Claim state(const Workspace& workspace, std::size_t column, std::uint32_t value,
                      std::size_t measure, const Movement& movement) {
  const auto& subject = workspace.subject;
  const bool falls = movement.relative < 0;
  const auto& at = movement.stretches;
  const bool step = movement.fit.shape == stats::Shape::step;
  auto claim = claim_about(workspace, "trend", family_of(subject, column), column, value,
                           measure == no_column ? "" : subject.columns[measure].name);
  claim.columns.push_back(subject.columns[*subject.time].name);
  add_evidence(claim, workspace, column, value, measure, movement);
  findings::Values values;
  values.cell("who", "a", 0, "who");
  values.cell("before_sum", "a", 0, "before");
  values.cell("before_all", "a", 0, "before_all");
  values.cell("after_sum", "a", 0, "after");
  values.cell("after_all", "a", 0, "after_all");
  values.cell("after_from", "a", 0, "after_from", Format::month);
  values.cell("before_end", "a", 0, "before_end", Format::month);
  values.formula("before", "before_sum / before_all", Format::percent);
  values.formula("after", "after_sum / after_all", Format::percent);
  values.formula("change", "abs(after_sum / after_all / (before_sum / before_all) - 1)",
                 Format::percent);
  const std::string what =
      measure == no_column ? subject.nouns : measure_phrase(values, subject.columns[measure]);
  const std::string verb = falls ? "fell" : "rose";
  claim.title = fmt::format("{}: share of {} {} by {{change}}, from {{before}} to {{after}}",
                            subject_phrase(subject, column, value), what, verb);
  claim.summary = step ? fmt::format(
                             "It has been {{after}} of all {} since {{after_from}}, against "
                             "{{before}} before; the change came at once and stayed.",
                             what)
                       : fmt::format(
                             "It was {{before}} of all {} until {{before_end}} and is {{after}} "
                             "since {{after_from}}; it went {} steadily.",
                             what, falls ? "down" : "up");
  claim.action =
      falls ? "Find out what changed for {who}: lost accounts, a competitor, supply or prices; "
              "decide whether to win the share back."
            : "Find out what {who} does differently, and whether it can be repeated elsewhere.";
  if (measure != no_column) {
    const auto& column_of_measure = subject.columns[measure];
    values.constant("periods_after", static_cast<double>(at.after_end - at.after_begin));
    values.constant("noise",
                    movement.fit.residual_standard_deviation *
                        std::sqrt(1.0 / static_cast<double>(at.after_end - at.after_begin) +
                                  1.0 / static_cast<double>(at.before_end - at.before_begin)));
    values.constant("direction", falls ? 1 : -1);
    claim.impact.account = falls ? findings::Account::lost : findings::Account::none;
    claim.impact.amount = values.expression(
        "direction * (before_sum / before_all - after_sum / after_all) * after_all / "
        "periods_after");
    claim.impact.low = values.expression(
        "max(0, (direction * (before_sum / before_all - after_sum / after_all) - 1.96 * noise) * "
        "after_all / periods_after)");
    claim.impact.high = values.expression(
        "(direction * (before_sum / before_all - after_sum / after_all) + 1.96 * noise) * "
        "after_all / periods_after");
    claim.impact.unit = column_of_measure.unit;
    claim.impact.is_money = column_of_measure.money;
    claim.impact.per = workspace.periods.noun();
    claim.impact.of = measure_phrase(values, column_of_measure);
    claim.impact.method =
        "the change of its share, applied to the total of the later periods; range: the scatter of "
        "the share around its course";
  }
  claim.values = values.bindings();
  claim.test.name = "best of line, step and hinge";
  claim.test.effect_name = "relative change of the share";
  claim.chart = {findings::Chart::Mark::line,
                 "Share of {who} by period",
                 "b",
                 {"period", "", findings::Chart::Axis::Kind::temporal, ""},
                 {"share", "share", findings::Chart::Axis::Kind::quantitative, "%"},
                 "",
                 "",
                 "",
                 ""};
  claim.guards = usual_guards(workspace);
  claim.guards.push_back(partial_period_guard(workspace));
  claim.guards.push_back(
      one_entity_guard(workspace, column, value, measure, [&](const frame::Mask& kept) {
        return stands(workspace, column, value, measure, movement.relative, kept);
      }));
  claim.guards.push_back(
      {"season", findings::GuardStatus::passed,
       "the same periods of the year before do not contradict it, where there are any"});
  return claim;
}

struct Tested {
  std::uint32_t value;
  Movement movement;
  double share;
};

std::vector<Tested> test_column(const Workspace& workspace, std::size_t column, const Cube& cube,
                                std::size_t measure, std::span<const float> logarithms) {
  const bool by_rows = measure == no_column;
  const std::size_t place = by_rows ? 0 : cube.place(measure);
  const auto total = by_rows ? workspace.total.row_series(0) : workspace.total.series(place, 0);
  double all = 0;
  for (const double amount : total) all += amount;
  std::vector<std::pair<double, std::uint32_t>> largest;
  for (std::uint32_t value = 1; value < cube.values; ++value) {
    const double amount = by_rows ? cube.rows_total(value) : cube.total(place, value);
    if (all > 0 && amount >= share_min * all && amount < 0.98 * all)
      largest.emplace_back(amount, value);
  }
  std::ranges::sort(largest, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  if (largest.size() > values_max) largest.resize(values_max);
  std::vector<Tested> tested;
  if (largest.empty()) return tested;
  std::optional<RelativeSizes> sizes;
  if (!by_rows) sizes.emplace(workspace.subject, column, logarithms, workspace.periods);
  std::optional<UnitMovements> units;
  if (const auto unit = workspace.unit_of(column); unit && !by_rows)
    units.emplace(workspace.subject, *unit, column, logarithms, workspace.periods);
  const auto all_rows = workspace.total.row_series(0);
  for (const auto& [amount, value] : largest) {
    const auto rows = cube.row_series(value);
    const auto active =
        static_cast<double>(std::ranges::count_if(rows, [](double count) { return count > 0; }));
    if (active < active_min * static_cast<double>(rows.size())) continue;
    const auto amounts = by_rows ? rows : cube.series(place, value);
    ShareSeries series{
        {amounts.begin(), amounts.end()}, {total.begin(), total.end()}, {}, {}, {}, {}};
    if (!by_rows) {
      series.rows.assign(rows.begin(), rows.end());
      series.all_rows.assign(all_rows.begin(), all_rows.end());
      series.sizes = sizes->of(value);
      if (units) series.units = asked_of_units(*units, value);
    }
    auto movement = share_movement_of(series);
    if (!movement) continue;
    tested.push_back({value, *std::move(movement), amount / all});
  }
  return tested;
}

void examine_column(const Workspace& workspace, std::size_t column, std::size_t measure,
                    std::span<const float> logarithms, std::vector<Candidate>& candidates) {
  const auto* cube = workspace.cube(column);
  const auto& subject = workspace.subject;
  if (cube == nullptr) return;
  const bool by_rows = measure == no_column;
  const std::size_t place = by_rows ? 0 : cube->place(measure);
  const auto total = by_rows ? workspace.total.row_series(0) : workspace.total.series(place, 0);
  const auto* kind = workspace.vocabulary.kind_named(subject.columns[column].kind);
  for (auto& tested : test_column(workspace, column, *cube, measure, logarithms)) {
    Candidate candidate;
    const auto series =
        by_rows ? cube->row_series(tested.value) : cube->series(place, tested.value);
    candidate.entry.family = family_of(subject, column);
    candidate.entry.pattern = "trend";
    candidate.entry.fingerprint = fmt::format("trend/{}={}", subject.columns[column].name,
                                              subject.codes(column).dictionary[tested.value]);
    candidate.entry.statistic = tested.movement.fit.r_squared;
    candidate.entry.p = tested.movement.fit.p_value;
    if (candidate.entry.p <= p_in_question)
      candidate.entry.p =
          std::max(candidate.entry.p,
                   chance_of_new_units(workspace, column, tested.value, tested.movement.stretches));
    candidate.entry.effect = tested.movement.relative;
    candidate.column = column;
    candidate.value = tested.value;
    candidate.rank = kind == nullptr ? 1 : kind->rank;
    candidate.measure = by_rows ? "rows" : subject.columns[measure].name;
    candidate.material = is_material(tested.movement) &&
                         agrees_with_last_year(tested.movement, series, total, workspace.periods);
    candidate.impact =
        std::fabs(tested.movement.before - tested.movement.after) * workspace.money_per_month;
    candidate.material = candidate.material && workspace.is_worth_telling(candidate.impact);
    // A count that moved by itself is told as a count.
    if (by_rows && candidate.material)
      candidate.material = !count_tells(workspace, column, tested.value);
    candidate.surprise = std::min(1.0, std::fabs(tested.movement.relative));
    candidate.of_total = true;
    candidate.survives = [&workspace, column, value = tested.value, measure,
                          before = tested.movement.relative](const frame::Mask& kept) {
      return stands(workspace, column, value, measure, before, kept);
    };
    candidate.claim = [&workspace, column, value = tested.value, measure,
                       movement = std::move(tested.movement)] {
      return state(workspace, column, value, measure, movement);
    };
    candidates.push_back(std::move(candidate));
  }
}

}  // namespace

std::vector<Candidate> examine_trend(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  if (workspace.periods.count == 0 || workspace.small) return candidates;
  const std::size_t measure = workspace.subject.money.value_or(no_column);
  const auto logarithms =
      measure == no_column ? std::vector<float>() : logarithms_of(workspace.subject, measure);
  for (const std::size_t column : workspace.groupings) {
    // What has become of a row depends on how old it is: late ones are still open.
    if (workspace.subject.columns[column].kind == "status") continue;
    examine_column(workspace, column, measure, logarithms, candidates);
  }
  return candidates;
}

}  // namespace insights::patterns
