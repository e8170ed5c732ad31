// The strongest quarter of a short history: three months in a row that bring half as much again as
// the others.
//
// Whether that is a season, growth or chance cannot be told from less than two years, so it is a
// fact and says so; with two years or more the tests of season and trend speak instead. It has to
// hold without its largest order.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "patterns/all.h"
#include "patterns/facts.h"
#include "patterns/large_orders.h"
#include "stats/robust.h"

namespace insights::patterns {

namespace {

using findings::Format;

constexpr std::size_t length = 3;
constexpr std::size_t months_max = 24;
constexpr double ratio_min = 1.5;
constexpr double each_ratio_min = 1.2;  // each of the three against the middle one of the others

constexpr double rows_min = 20;  // a month, on average

struct Peak {
  std::size_t first = 0;
  double inside = 0, outside = 0;  // a month
  double ratio() const { return outside > 0 ? inside / outside : 0; }
};

Peak at(const std::vector<double>& series, std::size_t first) {
  Peak peak{first, 0, 0};
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (i >= first && i < first + length)
      peak.inside += series[i] / static_cast<double>(length);
    else
      peak.outside += series[i] / static_cast<double>(series.size() - length);
  }
  return peak;
}

bool stands_out(const std::vector<double>& series, const Peak& peak) {
  if (peak.ratio() < ratio_min) return false;
  std::vector<double> others;
  double lowest = series[peak.first];
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (i >= peak.first && i < peak.first + length)
      lowest = std::min(lowest, series[i]);
    else
      others.push_back(series[i]);
  }
  const auto middle = stats::median(others);
  return middle && lowest >= each_ratio_min * *middle;
}

std::optional<Peak> peak_of(const std::vector<double>& series) {
  if (series.size() < 9 || std::ranges::any_of(series, [](double value) { return !(value >= 0); }))
    return std::nullopt;
  Peak best;
  for (std::size_t first = 0; first + length <= series.size(); ++first) {
    const auto peak = at(series, first);
    if (peak.ratio() > best.ratio()) best = peak;
  }
  if (!stands_out(series, best)) return std::nullopt;
  return best;
}

void add_evidence(findings::Claim& claim, const Workspace& workspace, const Peak& peak) {
  const auto& subject = workspace.subject;
  const auto& starts = workspace.periods.starts;
  const Amount amount(workspace);
  claim.columns.push_back(subject.columns[*subject.time].name);
  claim.scope.from = starts[peak.first];
  claim.scope.to = base::Day{starts[peak.first + length].since_epoch - 1};
  const auto inside = between_sql(subject, starts[peak.first], starts[peak.first + length]);
  const auto all = between_sql(subject, starts.front(), starts.back());
  claim.evidence.push_back(
      {"a",
       fmt::format(
           "SELECT {} AS peak, {} AS total, {} AS first_month, {} AS last_month FROM {} WHERE {}",
           amount.sum_where_sql(inside), amount.sum_sql(), day_sql(starts[peak.first]),
           day_sql(starts[peak.first + length - 1]), subject.from_sql, all)});
  claim.evidence.push_back(
      {"b",
       fmt::format(
           "SELECT {0} AS period, {1} AS amount FROM {2} WHERE {3} GROUP BY {0} ORDER BY period",
           period_sql(subject, Grain::month), amount.sum_sql(), subject.from_sql, all)});
}

findings::Claim state(const Workspace& workspace, const Peak& peak) {
  const Amount amount(workspace);
  auto claim = claim_about_all(workspace, "peak_months", "peak_months", amount.name());
  add_evidence(claim, workspace, peak);
  findings::Values values;
  values.constant("peak_length", static_cast<double>(length))
      .constant("other_length", static_cast<double>(workspace.periods.count - length));
  values.cell("peak", "a", 0, "peak").cell("total", "a", 0, "total");
  values.cell("first_month", "a", 0, "first_month", Format::month)
      .cell("last_month", "a", 0, "last_month", Format::month);
  values.formula("inside", "peak / peak_length", amount.format(), amount.unit())
      .formula("outside", "(total - peak) / other_length", amount.format(), amount.unit());
  values.formula("ratio", "inside / outside", Format::multiple)
      .formula("share", "peak / total", Format::percent);
  const auto what = amount.phrase(values);
  claim.title = fmt::format(
      "{{first_month}} to {{last_month}} bring {{inside}} of {} a month, the other months "
      "{{outside}}",
      what);
  if (!amount.is_money())
    claim.title = fmt::format(
        "{{first_month}} to {{last_month}} hold {{inside}} {} a month, the other months "
        "{{outside}}",
        what);
  claim.summary =
      "That is {ratio} as much: these three months make up {share} of the complete months. With "
      "less than two years of data it may be a season or growth; only the next year tells.";
  claim.action = workspace.customers() ? "Plan stock, people and cash for a peak of this size, and "
                                         "ask the largest customers early what they will need."
                                       : "Find out what made these months so strong, and plan "
                                         "people and means for the next ones.";
  claim.values = values.bindings();
  claim.test.effect_name = "times the other months";
  claim.chart = {findings::Chart::Mark::bar,
                 capitalized(what) + " by month",
                 "b",
                 {"period", "", findings::Chart::Axis::Kind::temporal, ""},
                 amount.axis("amount"),
                 "",
                 "",
                 "",
                 ""};
  claim.guards = usual_guards(workspace);
  claim.guards.push_back(partial_period_guard(workspace));
  claim.guards.push_back({"season", findings::GuardStatus::downgraded,
                          "less than two years of data: it may be a season"});
  claim.guards.push_back(
      {"offsetting_rows", findings::GuardStatus::passed, "it holds without its largest order"});
  return claim;
}

}  // namespace

std::vector<Candidate> examine_peak_months(const Workspace& workspace) {
  const auto& periods = workspace.periods;
  if (workspace.total.rows_total(0) < rows_min * static_cast<double>(periods.count)) return {};
  if (workspace.small || periods.grain != Grain::month || periods.count < 9 ||
      periods.count >= months_max)
    return {};
  const Amount amount(workspace);
  std::vector<double> series;
  for (std::size_t period = 0; period < periods.count; ++period)
    series.push_back(amount.in_period(workspace.total, 0, period));
  auto peak = peak_of(series);
  if (peak && amount.is_money()) {
    auto without = series;
    for (std::size_t i = 0; i < length; ++i)
      without[peak->first + i] -= largest_order(workspace, peak->first + i, no_column, 0, true);
    const auto again = at(without, peak->first);
    if (!stands_out(without, again)) peak.reset();
  }
  auto candidate = fact_candidate("peak_months", "peak_months", peak ? peak->ratio() - 1 : 0);
  candidate.material = peak.has_value();
  if (peak) {
    candidate.impact = amount.is_money() ? (peak->inside - peak->outside) / 4 : 0;
    candidate.surprise = 0.7;
    candidate.claim = [&workspace, found = *peak] { return state(workspace, found); };
  }
  return {std::move(candidate)};
}

}  // namespace insights::patterns
