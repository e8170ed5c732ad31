// How much of what was sold is taken back, or goes wrong, over all: the base rate against which one
// batch or region stands out. A fact: the rows that the catalog marks as returns, and the rows of
// each flag that tells of bad news.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "patterns/all.h"
#include "patterns/facts.h"

namespace insights::patterns {

namespace {

using findings::Account;
using findings::Format;

constexpr double rows_share_min = 0.005;
constexpr double money_share_min = 0.01;
constexpr double flag_share_max = 0.5;  // what happens to most rows is not bad news

struct Taken {
  std::size_t flag = 0;
  double rows = 0, money = 0, other_money = 0;  // of the flagged rows, and of the others
};

Taken taken_by(const Workspace& workspace, std::size_t flag) {
  Taken taken{flag};
  const auto& subject = workspace.subject;
  const auto& flags = subject.numbers(flag);
  const auto* money = subject.money ? &subject.numbers(*subject.money) : nullptr;
  for (std::size_t row = 0; row < flags.size(); ++row) {
    const bool flagged = flags[row] > 0.5;
    taken.rows += flagged ? 1 : 0;
    if (money != nullptr && !std::isnan((*money)[row]))
      (flagged ? taken.money : taken.other_money) += (*money)[row];
  }
  return taken;
}

// By period: the rate over all rows, or the money taken back against the money sold.
void add_chart(findings::Claim& claim, const Workspace& workspace, std::string_view condition,
               bool money, std::string_view what) {
  if (workspace.periods.count == 0) return;
  const auto& subject = workspace.subject;
  const Amount amount(workspace);
  const auto period = period_sql(subject, workspace.periods.grain);
  const auto share =
      money ? fmt::format("CAST(-{} AS DOUBLE PRECISION) / nullif({}, 0)",
                          amount.sum_where_sql(condition),
                          amount.sum_where_sql(fmt::format("NOT ({})", condition)))
            : fmt::format("CAST(count(*) FILTER (WHERE {}) AS DOUBLE PRECISION) / count(*)",
                          condition);
  claim.evidence.push_back(
      {"b",
       fmt::format(
           "SELECT {0} AS period, {1} AS share FROM {2} WHERE {3} GROUP BY {0} ORDER BY period",
           period, share, subject.from_sql,
           between_sql(subject, workspace.periods.starts.front(),
                       workspace.periods.starts.back()))});
  claim.chart = {findings::Chart::Mark::line,
                 fmt::format("{}, by {}", capitalized(what), workspace.periods.noun()),
                 "b",
                 {"period", "", findings::Chart::Axis::Kind::temporal, ""},
                 {"share", "share", findings::Chart::Axis::Kind::quantitative, "%"},
                 "",
                 "",
                 "",
                 ""};
}

findings::Claim state_returns(const Workspace& workspace, const Taken& taken) {
  const auto& subject = workspace.subject;
  const Amount amount(workspace);
  const auto& condition = subject.returns->sql;
  auto claim = claim_about_all(workspace, "returns_overview", "returns_overview", amount.name());
  claim.topics.emplace_back("returns");
  findings::Values values;
  values.cell("taken_rows", "a", 0, "taken_rows", Format::integer)
      .cell("row_count", "a", 0, "row_count", Format::integer);
  values.formula("row_share", "taken_rows / row_count", Format::percent);
  const auto rows =
      counted("taken_rows", taken.rows, plain_words(subject.noun), plain_words(subject.nouns));
  const bool one = taken.rows == 1;
  std::string money_columns;
  if (amount.is_money()) {
    money_columns = fmt::format(", {} AS taken, {} AS sold", amount.sum_where_sql(condition),
                                amount.sum_where_sql(fmt::format("({}) IS NOT TRUE", condition)));
    values.cell("taken", "a", 0, "taken")
        .cell("sold", "a", 0, "sold", amount.format(), amount.unit());
    values.formula("back", "0 - taken", amount.format(), amount.unit());
    values.formula("back_share", "0 - taken / sold", Format::percent);
    const auto what = amount.phrase(values);
    claim.title =
        fmt::format("{} ({{row_share}}) {} sales back: {{back}}, {{back_share}} of what was sold",
                    rows, one ? "takes" : "take");
    claim.summary =
        fmt::format("Of {{sold}} of {} sold, {{back}} was returned or cancelled.", what);
    set_counted_impact(claim, values, workspace, "0 - taken",
                       workspace.small ? Account::none : Account::lost,
                       "what was taken back, spread over the months of the data");
  } else {
    claim.title = fmt::format("{} of {{row_count}} ({{row_share}}) {} earlier ones back", rows,
                              one ? "takes" : "take");
  }
  const auto how = plain_words(subject.returns->how);
  if (!how.empty())
    claim.summary +=
        fmt::format("{}A return is recognised where {}.", claim.summary.empty() ? "" : " ", how);
  claim.action =
      "Ask for the reason of each return, and begin with the customers and products that stand for "
      "most of them.";
  claim.evidence.insert(
      claim.evidence.begin(),
      {"a", fmt::format(
                "SELECT count(*) FILTER (WHERE {}) AS taken_rows, count(*) AS row_count{} FROM {}",
                condition, money_columns, subject.from_sql)});
  add_chart(claim, workspace, condition, amount.is_money(), "share taken back");
  claim.values = values.bindings();
  claim.test.effect_name = "share taken back";
  claim.guards = usual_guards(workspace);
  claim.guards.push_back(partial_period_guard(workspace));
  claim.guards.push_back({"offsetting_rows", findings::GuardStatus::passed,
                          "returns are told apart from sales, not netted"});
  return claim;
}

findings::Claim state_flag(const Workspace& workspace, const Taken& taken) {
  const auto& subject = workspace.subject;
  const auto& flag = subject.columns[taken.flag];
  const Amount amount(workspace);
  const auto condition = fmt::format("{} = 1", flag.sql);
  auto claim = claim_about_all(workspace, "returns_overview", "returns_overview", amount.name());
  claim.fingerprint = fmt::format("returns_overview/{}", flag.name);
  claim.columns.insert(claim.columns.begin(), flag.name);
  findings::Values values;
  values.cell("flagged", "a", 0, "flagged", Format::integer)
      .cell("row_count", "a", 0, "row_count", Format::integer);
  values.formula("row_share", "flagged / row_count", Format::percent);
  const auto name = measure_phrase(values, flag, "flag");
  const auto rows =
      counted("flagged", taken.rows, plain_words(subject.noun), plain_words(subject.nouns));
  claim.title =
      fmt::format("{} ({{row_share}}) {} marked {}", rows, taken.rows == 1 ? "is" : "are", name);
  std::string money_columns;
  if (amount.is_money()) {
    money_columns = fmt::format(", {} AS amount, {} AS total", amount.sum_where_sql(condition),
                                amount.sum_sql());
    values.cell("amount", "a", 0, "amount", amount.format(), amount.unit())
        .cell("total", "a", 0, "total", amount.format(), amount.unit());
    values.formula("share", "amount / total", Format::percent);
    claim.title += fmt::format(": {{amount}}, {{share}} of {}", amount.phrase(values));
    claim.summary = "{amount} of {total} is on them.";
    set_counted_impact(claim, values, workspace, "amount", Account::none,
                       "the amounts on these rows, spread over the months of the data");
  } else {
    claim.summary = "{flagged} of {row_count} in all.";
  }
  claim.action =
      fmt::format("Agree what share may be {}, and begin with the groups that stand out.", name);
  claim.evidence.push_back(
      {"a", fmt::format("SELECT count(*) FILTER (WHERE {}) AS flagged, count(*) FILTER (WHERE {} "
                        "IS NOT NULL) AS row_count{} FROM {}",
                        condition, flag.sql, money_columns, subject.from_sql)});
  add_chart(claim, workspace, condition, false, "share of rows marked " + name);
  claim.values = values.bindings();
  claim.test.effect_name = "share of rows";
  claim.guards = usual_guards(workspace);
  claim.guards.push_back(partial_period_guard(workspace));
  return claim;
}

}  // namespace

std::vector<Candidate> examine_returns_overview(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  const auto& subject = workspace.subject;
  const auto all_rows = static_cast<double>(subject.frame.rows);
  if (subject.returns) {
    const auto taken = taken_by(workspace, subject.returns->flag_column);
    const double share = taken.other_money > 0 ? -taken.money / taken.other_money : 0;
    auto candidate = fact_candidate("returns_overview", "returns_overview",
                                    subject.money ? share : taken.rows / all_rows);
    const bool enough = taken.rows >= rows_share_min * all_rows || share >= money_share_min;
    candidate.material = taken.rows > 0 && enough && (!subject.money || share > 0);
    candidate.impact = subject.money ? -taken.money / workspace.months : 0;
    candidate.surprise = 0.5;
    candidate.claim = [&workspace, taken] { return state_returns(workspace, taken); };
    candidates.push_back(std::move(candidate));
  }
  for (std::size_t column = 0; column < subject.columns.size(); ++column) {
    const auto& own = subject.columns[column];
    if (own.role != catalog::Role::flag || own.polarity >= 0 || own.derived ||
        subject.frame.columns[column].numbers() == nullptr)
      continue;
    const auto taken = taken_by(workspace, column);
    const double share = taken.rows / all_rows;
    auto candidate =
        fact_candidate("returns_overview", fmt::format("returns_overview/{}", own.name), share);
    candidate.material = !workspace.small && share >= rows_share_min && share <= flag_share_max &&
                         (!subject.money || taken.money > 0);
    candidate.impact = subject.money ? taken.money / workspace.months : 0;
    candidate.surprise = 0.1;
    candidate.measure_column = column;
    candidate.claim = [&workspace, taken] { return state_flag(workspace, taken); };
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

}  // namespace insights::patterns
