// The price of a product, changed: money per unit by period, best of line, step and hinge.
//
// Gross money where there is a chain (so that a discount is no price change), over quantity. For
// products only: elsewhere money per unit moves with the mix.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "patterns/all.h"
#include "patterns/movement.h"
#include "patterns/one_entity.h"
#include "patterns/wording.h"

namespace insights::patterns {

namespace {

using findings::Format;

constexpr std::string_view family = "price over time";
constexpr double relative_min = 0.05;
constexpr double echo_p_max = 0.01;
constexpr double rows_a_period_min = 3;

// Prices jump at a day; a fit that explains little of the series is scatter with a tilt.
constexpr double explained_min = 0.3;

struct Columns {
  std::size_t money, quantity;
};

std::optional<Columns> columns_of(const catalog::Subject& subject) {
  if (!subject.quantity || !subject.money) return std::nullopt;
  const std::size_t money = subject.chain ? subject.chain->columns.front() : *subject.money;
  return Columns{money, *subject.quantity};
}

bool is_material(const Movement& movement) {
  return std::fabs(movement.relative) >= relative_min && movement.fit.r_squared >= explained_min;
}

// Does the price move over the kept rows as well?
bool stands(const Workspace& workspace, std::size_t column, std::uint32_t value, Columns used,
            const frame::Mask& kept) {
  const auto pair = ratio_series(workspace, column, value, used.money, used.quantity, kept);
  const auto movement = movement_of(pair.numerator, pair.denominator);
  return movement && movement->fit.p_value <= echo_p_max && is_material(*movement);
}

findings::Claim state(const Workspace& workspace, std::size_t column, std::uint32_t value,
                      Columns used, const Movement& movement) {
  const auto& subject = workspace.subject;
  const auto& starts = workspace.periods.starts;
  const auto& at = movement.stretches;
  const bool falls = movement.relative < 0;
  const auto& money = subject.columns[used.money];
  auto claim = claim_about(workspace, "price_change", family, column, value, money.name);
  claim.columns.push_back(subject.columns[used.quantity].name);
  claim.columns.push_back(subject.columns[*subject.time].name);
  const auto who = equals_sql(subject, column, value);
  const auto before =
      who + " AND " + between_sql(subject, starts[at.before_begin], starts[at.before_end]);
  const auto after =
      who + " AND " + between_sql(subject, starts[at.after_begin], starts[at.after_end]);
  claim.evidence.push_back(
      {"a",
       fmt::format("SELECT {} AS who, {} AS money_before, {} AS units_before, {} AS money_after, "
                   "{} AS units_after, {} AS changed FROM {} WHERE {}",
                   label_sql(subject, column, value), sum_where_sql(subject, used.money, before),
                   sum_where_sql(subject, used.quantity, before),
                   sum_where_sql(subject, used.money, after),
                   sum_where_sql(subject, used.quantity, after), day_sql(starts[at.after_begin]),
                   subject.from_sql, who)});
  const auto period = period_sql(subject, workspace.periods.grain);
  claim.evidence.push_back(
      {"b",
       fmt::format("SELECT {0} AS period, CAST({1} AS DOUBLE PRECISION) / nullif({2}, 0) AS price "
                   "FROM {3} WHERE {4} AND {5} GROUP BY {0} ORDER BY period",
                   period, sum_sql(subject, used.money), sum_sql(subject, used.quantity),
                   subject.from_sql, who, between_sql(subject, starts.front(), starts.back()))});
  findings::Values values;
  values.cell("who", "a", 0, "who");
  values.cell("money_before", "a", 0, "money_before");
  values.cell("units_before", "a", 0, "units_before");
  values.cell("money_after", "a", 0, "money_after");
  values.cell("units_after", "a", 0, "units_after");
  values.cell("changed", "a", 0, "changed", Format::month);
  values.formula("before", "money_before / units_before", amount_format(money), money.unit);
  values.formula("after", "money_after / units_after", amount_format(money), money.unit);
  values.formula("change", "abs(money_after / units_after / (money_before / units_before) - 1)",
                 Format::percent);
  values.constant("periods_after", static_cast<double>(at.after_end - at.after_begin));
  values.constant("noise",
                  movement.fit.residual_standard_deviation *
                      std::sqrt(1.0 / static_cast<double>(at.after_end - at.after_begin) +
                                1.0 / static_cast<double>(at.before_end - at.before_begin)));
  values.constant("direction", falls ? -1 : 1);
  const bool step = movement.fit.shape == stats::Shape::step;
  claim.title = fmt::format("{}: price per unit {} by {{change}}, from {{before}} to {{after}}",
                            subject_phrase(subject, column, value), falls ? "fell" : "rose");
  claim.summary = step ? "The price changed in {changed} and has stayed there."
                       : "The price moved little by little; {after} is the price since {changed}.";
  claim.action =
      falls ? "Check that the lower price of {who} was meant, and that it sells enough more."
            : "Check that the higher price of {who} was meant, and what it did to the volume.";
  claim.impact.account = falls ? findings::Account::lost : findings::Account::none;
  claim.impact.amount = values.expression(
      "direction * (money_after - money_before / units_before * units_after) / periods_after");
  claim.impact.low = values.expression(
      "max(0, direction * (money_after - money_before / units_before * units_after) / "
      "periods_after - 1.96 * noise * units_after / periods_after)");
  claim.impact.high = values.expression(
      "direction * (money_after - money_before / units_before * units_after) / periods_after + "
      "1.96 * noise * units_after / periods_after");
  claim.impact.unit = money.unit;
  claim.impact.is_money = money.money;
  claim.impact.per = workspace.periods.noun();
  claim.impact.of = measure_phrase(values, money);
  claim.impact.method =
      "the change of the price times the units sold since; range: the scatter of the price around "
      "its course";
  claim.values = values.bindings();
  claim.test.name = "best of line, step and hinge";
  claim.test.effect_name = "relative change of the price";
  claim.chart = {findings::Chart::Mark::line,
                 "Price per unit of {who}",
                 "b",
                 {"period", "", findings::Chart::Axis::Kind::temporal, ""},
                 {"price", "price per unit", findings::Chart::Axis::Kind::quantitative, money.unit},
                 "",
                 "",
                 "",
                 ""};
  claim.guards = usual_guards(workspace);
  claim.guards.push_back(partial_period_guard(workspace));
  claim.guards.push_back(one_entity_guard(
      workspace, column, value, used.money,
      [&](const frame::Mask& kept) { return stands(workspace, column, value, used, kept); }));
  return claim;
}

}  // namespace

std::vector<Candidate> examine_price_change(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  const auto& subject = workspace.subject;
  const auto used = columns_of(subject);
  if (!used || workspace.periods.count == 0 || workspace.small) return candidates;
  for (const std::size_t column : workspace.groupings) {
    const auto* cube = workspace.cube(column);
    if (cube == nullptr || subject.columns[column].kind != "product" || workspace.is_decoy(column))
      continue;
    const std::size_t money = cube->place(used->money), quantity = cube->place(used->quantity);
    for (std::uint32_t value = 1; value < cube->values; ++value) {
      if (cube->rows_total(value) < rows_a_period_min * static_cast<double>(cube->periods))
        continue;
      auto movement = movement_of(cube->series(money, value), cube->series(quantity, value));
      if (!movement) continue;
      Candidate candidate;
      candidate.entry.family = family;
      candidate.entry.pattern = "price_change";
      candidate.entry.fingerprint = fmt::format("price_change/{}={}", subject.columns[column].name,
                                                subject.codes(column).dictionary[value]);
      candidate.entry.statistic = movement->fit.r_squared;
      candidate.entry.p = movement->fit.p_value;
      candidate.entry.effect = movement->relative;
      candidate.column = column;
      candidate.value = value;
      candidate.rank =
          11;  // a price step shows as a step of the share of money too, and is its cause
      candidate.measure = "price";
      candidate.material = is_material(*movement);
      candidate.impact =
          std::fabs(movement->relative) * cube->total(money, value) / workspace.months;
      candidate.material = candidate.material && workspace.is_worth_telling(candidate.impact);
      candidate.surprise = std::min(1.0, 4 * std::fabs(movement->relative));
      candidate.survives = [&workspace, column, value, used = *used](const frame::Mask& kept) {
        return stands(workspace, column, value, used, kept);
      };
      candidate.claim = [&workspace, column, value, used = *used, movement = *std::move(movement)] {
        return state(workspace, column, value, used, movement);
      };
      candidates.push_back(std::move(candidate));
    }
  }
  return candidates;
}

}  // namespace insights::patterns
