// Customers of last year that did not come back, against the new ones: what the two sides brought.
//
// The last twelve complete months against the twelve before, so that no season is in it. A fact,
// told with both sides: where customers come and go by themselves both are large, and the
// difference is what counts.

#include <fmt/format.h>

#include <cmath>

#include "patterns/all.h"
#include "patterns/facts.h"

namespace insights::patterns {

namespace {

using findings::Format;

constexpr std::size_t year = 12;
constexpr double customers_min = 20;
constexpr double lost_share_min = 0.05;

struct Turnover {
  double customers = 0, lost_customers = 0;
  double before = 0, lost = 0, kept_before = 0, kept_after = 0;
};

Turnover turnover_of(const Workspace& workspace, const Amount& amount, std::size_t column) {
  const auto& cube = *workspace.cube(column);
  const std::size_t end = cube.periods, middle = end - year, start = middle - year;
  const auto& dictionary = workspace.subject.codes(column).dictionary;
  Turnover turnover;
  for (std::uint32_t value = 1; value < cube.values; ++value) {
    if (says_missing(dictionary[value])) continue;
    double rows_before = 0, rows_after = 0, before = 0, after = 0;
    for (std::size_t period = start; period < end; ++period) {
      (period < middle ? rows_before : rows_after) += cube.row_series(value)[period];
      (period < middle ? before : after) += amount.in_period(cube, value, period);
    }
    if (rows_before == 0) continue;
    ++turnover.customers;
    turnover.before += before;
    if (rows_after == 0) {
      ++turnover.lost_customers;
      turnover.lost += before;
    } else {
      turnover.kept_before += before;
      turnover.kept_after += after;
    }
  }
  return turnover;
}

void add_evidence(findings::Claim& claim, const Workspace& workspace, std::size_t column) {
  const auto& subject = workspace.subject;
  const auto& starts = workspace.periods.starts;
  const std::size_t end = workspace.periods.count;
  const Amount amount(workspace);
  const auto before = between_sql(subject, starts[end - 2 * year], starts[end - year]);
  const auto after = between_sql(subject, starts[end - year], starts[end]);
  const auto& own = subject.columns[column].sql;
  const auto each = fmt::format(
      "SELECT {0} AS customer, {1} AS name, {2} AS before, {3} AS after, count(*) FILTER (WHERE "
      "{4}) AS rows_before, "
      "count(*) FILTER (WHERE {5}) AS rows_after FROM {6} WHERE {0} IS NOT NULL AND {7} GROUP BY "
      "{0}",
      own, group_name_sql(subject, column), amount.sum_where_sql(before),
      amount.sum_where_sql(after), before, after, subject.from_sql,
      between_sql(subject, starts[end - 2 * year], starts[end]));
  const std::string was = "rows_before > 0", lost = "rows_before > 0 AND rows_after = 0",
                    fresh = "rows_before = 0", kept = "rows_before > 0 AND rows_after > 0";
  const auto sum = [](std::string_view what, std::string_view where) {
    return fmt::format("coalesce(sum({}) FILTER (WHERE {}), 0)", what, where);
  };
  claim.evidence.push_back(
      {"a", fmt::format("SELECT count(*) FILTER (WHERE {0}) AS customers, count(*) FILTER (WHERE "
                        "{1}) AS lost_customers, count(*) FILTER (WHERE {2}) AS new_customers, "
                        "{3} AS total_before, {4} AS lost, {5} AS fresh, {6} AS kept_before, {7} "
                        "AS kept_after, {8} AS until FROM ({9}) AS each_customer",
                        was, lost, fresh, sum("before", was), sum("before", lost),
                        sum("after", fresh), sum("before", kept), sum("after", kept),
                        day_sql(workspace.periods.last_day()), each)});
  claim.evidence.push_back(
      {"b", fmt::format("SELECT name, before AS amount FROM ({}) AS each_customer WHERE {} ORDER "
                        "BY before DESC, customer LIMIT 9",
                        each, lost)});
}

findings::Claim state(const Workspace& workspace, std::size_t column, const Turnover& turnover) {
  const auto& subject = workspace.subject;
  const auto& own = subject.columns[column];
  const Amount amount(workspace);
  auto claim = claim_about_all(workspace, "new_and_lost", "new_and_lost", amount.name());
  claim.columns.insert(claim.columns.begin(), own.name);
  claim.topics.push_back(own.kind);
  add_evidence(claim, workspace, column);
  findings::Values values;
  for (const auto* count : {"customers", "lost_customers", "new_customers"})
    values.cell(count, "a", 0, count, Format::integer);
  for (const auto* sum : {"total_before", "lost", "fresh"})
    values.cell(sum, "a", 0, sum, amount.format(), amount.unit());
  values.cell("kept_before", "a", 0, "kept_before")
      .cell("kept_after", "a", 0, "kept_after")
      .cell("until", "a", 0, "until", Format::month);
  values.cell("who", "b", 0, "name")
      .cell("largest", "b", 0, "amount", amount.format(), amount.unit());
  values.formula("share", "lost / total_before", Format::percent);
  const auto nouns = nouns_of(own), what = amount.phrase(values);
  claim.title = fmt::format(
      "{{lost_customers}} of {{customers}} {} did not come back in the year to {{until}}: they had "
      "brought {{lost}}, {{share}} of {}",
      nouns, what);
  claim.summary = fmt::format(
      "The largest of them was {{who}} with {{largest}}. In their place {{new_customers}} new {} "
      "brought {{fresh}}",
      nouns);
  if (turnover.kept_before > 0 && turnover.kept_after > 0) {
    values.formula("change", "abs(kept_after / kept_before - 1)", Format::percent);
    claim.summary += fmt::format("; those who stayed bought {{change}} {}",
                                 turnover.kept_after >= turnover.kept_before ? "more" : "less");
  }
  claim.summary += ".";
  claim.action =
      "Call the largest of the lost ones and ask why; find out what brought the new ones, and do "
      "more of it.";
  claim.impact.account = findings::Account::lost;
  claim.impact.amount = claim.impact.low = claim.impact.high = values.expression("lost");
  claim.impact.is_money = amount.is_money();
  claim.impact.unit = amount.is_money() ? amount.unit() : subject.nouns;
  claim.impact.per = "year";
  claim.impact.of = amount.is_money() ? what : "";
  claim.impact.method =
      "what they had brought in the year before; what the new ones bring is not set off";
  claim.values = values.bindings();
  claim.test.effect_name = "share of the year before";
  claim.chart = {findings::Chart::Mark::bar,
                 "The largest that did not come back",
                 "b",
                 {"name", own.label, findings::Chart::Axis::Kind::nominal, ""},
                 amount.axis("amount"),
                 "",
                 "",
                 "",
                 ""};
  claim.guards = usual_guards(workspace);
  claim.guards.push_back(partial_period_guard(workspace));
  claim.guards.push_back(
      {"season", findings::GuardStatus::passed, "twelve months against the twelve before"});
  return claim;
}

}  // namespace

std::vector<Candidate> examine_new_and_lost(const Workspace& workspace) {
  const auto column = workspace.customers();
  const bool two_years =
      workspace.periods.grain == Grain::month && workspace.periods.count >= 2 * year;
  if (!column || !two_years || workspace.small || workspace.cube(*column) == nullptr) return {};
  const Amount amount(workspace);
  const auto turnover = turnover_of(workspace, amount, *column);
  const double share = turnover.before > 0 ? turnover.lost / turnover.before : 0;
  auto candidate = fact_candidate("new_and_lost", "new_and_lost", share);
  candidate.material = turnover.customers >= customers_min && turnover.lost_customers > 1 &&
                       share >= lost_share_min && share < 1;
  candidate.impact = amount.is_money() ? turnover.lost / static_cast<double>(year) : 0;
  candidate.surprise = std::min(1.0, 3 * share);
  if (candidate.material)
    candidate.claim = [&workspace, column = *column, turnover] {
      return state(workspace, column, turnover);
    };
  return {std::move(candidate)};
}

}  // namespace insights::patterns
