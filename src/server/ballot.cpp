#include "server/ballot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/json.h"

namespace insights::server {

using base::ErrorKind;
using base::fail;
using base::Result;
using findings::RuleScope;
using store::Database;
using store::FindingRow;

namespace {

constexpr std::int64_t marked_max = 1000;  // findings; the next run marks whatever is left

Result<FindingRow> row_of(Database& database, std::int64_t number) {
  auto row = TRY(store::find_finding(database, number));
  if (!row) return fail(ErrorKind::not_found, fmt::format("there is no finding {}", number));
  return *std::move(row);
}

base::Status set_entity(findings::Rule& rule, const Ballot& ballot, const findings::Marks& marks) {
  if (marks.entities.empty())
    return fail(ErrorKind::invalid_input,
                "the finding is about no single customer, product or "
                "the like",
                "Choose another scope: finding, pattern or threshold.");
  const auto wanted = ballot.entity.value_or(marks.entities.front());
  if (std::ranges::find(marks.entities, wanted) == marks.entities.end())
    return fail(ErrorKind::invalid_input,
                fmt::format("the finding is not about {} = {}", wanted.first, wanted.second),
                fmt::format("It is about {} = {}.", marks.entities.front().first,
                            marks.entities.front().second));
  rule.column = wanted.first;
  rule.value = wanted.second;
  return {};
}

base::Status set_threshold(findings::Rule& rule, const Ballot& ballot,
                           const findings::Marks& marks) {
  if (!marks.amount)
    return fail(ErrorKind::invalid_input, "the finding states no amount that could be too small",
                "Choose another scope: finding, entity or pattern.");
  if (!ballot.below) return fail(ErrorKind::invalid_input, "a threshold needs the amount: below");
  if (std::abs(*marks.amount) >= *ballot.below)
    return fail(ErrorKind::invalid_input, fmt::format("the finding's amount, {}, is not below {}",
                                                      *marks.amount, *ballot.below));
  rule.pattern = marks.pattern;
  rule.below = *ballot.below;
  rule.unit = marks.unit;
  rule.per = marks.per;
  return {};
}

base::Status set_target(findings::Rule& rule, const Ballot& ballot, const FindingRow& finding,
                        Database& database) {
  if (!ballot.duplicate_of) {
    if (ballot.reason != findings::Reason::duplicate) return {};
    return fail(ErrorKind::invalid_input,
                "the reason duplicate needs the finding that this one repeats: duplicate_of");
  }
  if (ballot.scope != RuleScope::finding || ballot.reason != findings::Reason::duplicate)
    return fail(ErrorKind::invalid_input,
                "duplicate_of goes with the reason duplicate and the scope finding");
  const auto target = TRY(row_of(database, *ballot.duplicate_of));
  if (target.number == finding.number || target.subject != finding.subject)
    return fail(ErrorKind::invalid_input, "a finding repeats another one of the same data");
  if (target.merged_into)
    return fail(ErrorKind::invalid_input,
                fmt::format("finding {} is told under finding {} itself", target.number,
                            *target.merged_into),
                "Name that one.");
  rule.into = target.fingerprint;
  return {};
}

Result<findings::Marks> marks_in(const FindingRow& row) {
  return findings::marks_of(TRY(report::read_finding(row.body)));
}

Result<findings::Rule> rule_for(Database& database, const Ballot& ballot, const FindingRow& row) {
  findings::Rule rule{.id = "", .scope = ballot.scope, .reason = ballot.reason};
  rule.note = ballot.note;
  const auto marks = TRY(marks_in(row));
  TRY(set_target(rule, ballot, row, database));
  switch (ballot.scope) {
    case RuleScope::finding:
      rule.fingerprint = row.fingerprint;
      break;
    case RuleScope::entity:
      TRY(set_entity(rule, ballot, marks));
      break;
    case RuleScope::pattern:
      rule.pattern = row.pattern;
      break;
    case RuleScope::threshold:
      TRY(set_threshold(rule, ballot, marks));
      break;
  }
  return rule;
}

Result<std::vector<FindingRow>> told_last(Database& database, const std::string& subject,
                                          std::int64_t most) {
  store::FindingFilter filter;
  filter.subject = subject;
  filter.suppressed = false;
  filter.last_seen_first = true;
  filter.limit = most;
  return store::list_findings(database, filter);
}

Result<std::vector<FindingRow>> hidden_of(const std::vector<FindingRow>& rows,
                                          const std::optional<findings::Rule>& rule) {
  std::vector<FindingRow> hidden;
  if (!rule) return hidden;
  for (const auto& row : rows)
    if (findings::hides(*rule, TRY(marks_in(row)))) hidden.push_back(row);
  return hidden;
}

}  // namespace

Result<Prospect> prospect(Database& database, const Ballot& ballot) {
  const auto row = TRY(row_of(database, ballot.finding));
  Prospect result;
  if (!ballot.is_up) result.rule = TRY(rule_for(database, ballot, row));
  result.last = TRY(told_last(database, row.subject, last_findings));
  result.hidden = TRY(hidden_of(result.last, result.rule));
  return result;
}

std::string text_of(const Prospect& prospect) {
  return fmt::format("would have hidden {} of the last {} findings", prospect.hidden.size(),
                     prospect.last.size());
}

Result<store::Voted> cast(Database& database, const Ballot& ballot, base::Moment at) {
  const auto row = TRY(row_of(database, ballot.finding));
  store::NewVote vote{.finding = row.number, .is_up = ballot.is_up, .reason = ""};
  vote.note = ballot.note;
  vote.who = ballot.who;
  vote.at = at;
  if (ballot.is_up) return store::add_vote(database, vote, {});
  const auto rule = TRY(rule_for(database, ballot, row));
  vote.reason = findings::name(ballot.reason);
  vote.weighs = findings::weighs(ballot.reason);
  store::NewRule made{.subject = row.subject, .terms = {}, .hides = {row.number}};
  made.terms = {std::string(findings::name(rule.scope)),
                rule.fingerprint,
                rule.into,
                rule.column,
                rule.value,
                rule.pattern,
                rule.below,
                rule.unit,
                rule.per};
  made.merged_into = ballot.duplicate_of;
  const auto all = TRY(told_last(database, row.subject, marked_max));
  for (const auto& hidden : TRY(hidden_of(all, rule))) made.hides.push_back(hidden.number);
  return store::add_vote(database, vote, made);
}

findings::Rule rule_of(const store::RuleRow& row) {
  const auto& terms = row.terms;
  return {.id = store::rule_id(row.number),
          .scope = findings::rule_scope_named(terms.scope).value_or(RuleScope::finding),
          .fingerprint = terms.fingerprint,
          .into = terms.target,
          .column = terms.column,
          .value = terms.value,
          .pattern = terms.pattern,
          .below = terms.below,
          .unit = terms.unit,
          .per = terms.per,
          .reason = findings::reason_named(row.reason).value_or(findings::Reason::wrong),
          .note = row.note};
}

Result<findings::Feedback> feedback_of(Database& database, const std::string& subject) {
  findings::Feedback feedback;
  for (const auto& row : TRY(store::list_rules(database, subject, false)))
    feedback.rules.push_back(rule_of(row));
  for (const auto& tally : TRY(store::tallies(database, subject))) {
    auto& votes = tally.column.empty() ? feedback.patterns[tally.pattern]
                                       : feedback.entities[{tally.column, tally.value}];
    votes = {.up = tally.up, .down = tally.down};
  }
  return feedback;
}

}  // namespace insights::server
