// Findings read back: lists, one, and the differences of two runs.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "store/findings.h"

namespace insights::store {

using base::ErrorKind;
using base::fail;
using base::Moment;

namespace {

constexpr std::string_view columns =
    "findings.number, findings.subject, fingerprint, iif(merged_into IS NULL, findings.state, "
    "'merged'), first_run, last_run, "
    "first_seen_at, last_seen_at, changed_at, snoozed_until, findings.focus, position, pattern, "
    "title, severity, account, amount, amount_low, amount_high, body, suppressed_by, "
    "merged_into";

Stake stake_in(const Statement& row, int first) {
  const auto number = [&](int column) {
    return row.is_null(column) ? std::nullopt : std::optional(row.number(column));
  };
  return {row.text(first), row.text(first + 1), number(first + 2), number(first + 3),
          number(first + 4)};
}

FindingRow finding_in(const Statement& row) {
  FindingRow finding;
  finding.number = row.integer(0);
  finding.subject = row.text(1);
  finding.fingerprint = row.text(2);
  finding.state = finding_state_named(row.text(3)).value();
  finding.first_run = row.text(4);
  finding.last_run = row.text(5);
  finding.first_seen_at = {row.integer(6)};
  finding.last_seen_at = {row.integer(7)};
  finding.changed_at = {row.integer(8)};
  if (!row.is_null(9)) finding.snoozed_until = Moment{row.integer(9)};
  finding.focus = row.text(10);
  finding.published = !row.is_null(11);
  finding.pattern = row.text(12);
  finding.title = row.text(13);
  finding.stake = stake_in(row, 14);
  finding.body = row.text(19);
  finding.suppressed_by = row.text(20);
  finding.merged_into = row.optional_integer(21);
  return finding;
}

struct Condition {
  std::string where = "TRUE";
  std::vector<Value> values;

  void add(std::string_view text, Value value) {
    where += fmt::format(" AND {}", text);
    values.push_back(std::move(value));
  }
};

Condition condition_of(const FindingFilter& filter) {
  Condition condition;
  if (filter.state)
    condition.add("iif(merged_into IS NULL, findings.state, 'merged') = ?",
                  std::string(name(*filter.state)));
  else if (!filter.merged_into)
    condition.where += " AND merged_into IS NULL";
  if (filter.merged_into) condition.add("merged_into = ?", *filter.merged_into);
  if (filter.subject) condition.add("findings.subject = ?", *filter.subject);
  if (filter.suppressed)
    condition.where +=
        *filter.suppressed ? " AND suppressed_by IS NOT NULL" : " AND suppressed_by IS NULL";
  if (filter.severity) condition.add("severity = ?", *filter.severity);
  if (filter.pattern) condition.add("pattern = ?", *filter.pattern);
  if (filter.focus) condition.add("findings.focus = ?", *filter.focus);
  if (filter.run) condition.add("last_run = ?", *filter.run);
  if (filter.entity)
    condition.add("findings.number IN (SELECT finding FROM entities WHERE value = ?)",
                  *filter.entity);
  if (filter.changed_since) condition.add("changed_at >= ?", filter.changed_since->microseconds);
  if (filter.awake_at)
    condition.add("(snoozed_until IS NULL OR snoozed_until <= ?)", filter.awake_at->microseconds);
  if (!filter.with_unreported)
    condition.where +=
        " AND (position IS NOT NULL OR suppressed_by IS NOT NULL OR hidden_by IS NOT NULL OR run "
        "IN (SELECT id FROM runs WHERE report IS NULL))";
  if (filter.before) condition.add("findings.number < ?", *filter.before);
  return condition;
}

constexpr std::string_view joined =
    "findings JOIN sightings ON finding = findings.number AND run = last_run";

struct Published {
  std::string fingerprint, title;
  Stake stake;
};

// By number of the finding, and their order.
struct Report {
  std::map<std::int64_t, Published> findings;
  std::vector<std::int64_t> order;
};

// With `with_untold`, what the run proved and did not tell is among the findings, but not in order.
base::Result<Report> report_of(Database& database, const std::string& run, bool with_untold) {
  auto rows = TRY(database.prepare(
      "SELECT finding, fingerprint, title, severity, account, amount, amount_low, amount_high, "
      "position FROM sightings JOIN findings ON findings.number = finding WHERE run = ? AND (? OR "
      "position IS NOT NULL) ORDER BY position",
      {run, std::int64_t{with_untold}}));
  Report report;
  while (TRY(rows.next())) {
    if (!rows.is_null(8)) report.order.push_back(rows.integer(0));
    report.findings[rows.integer(0)] = {rows.text(1), rows.text(2), stake_in(rows, 3)};
  }
  return report;
}

base::Result<RunRow> run_named(Database& database, std::string_view id) {
  auto run = TRY(find_run(database, id));
  if (!run) return fail(ErrorKind::not_found, fmt::format("the store has no run '{}'", id));
  return *std::move(run);
}

std::vector<std::string> notes_on(const RunRow& earlier, const RunRow& later) {
  std::vector<std::string> notes;
  if (later.state != RunState::done)
    notes.push_back(fmt::format("{} is {}: what is gone may only not have been reached", later.id,
                                name(later.state)));
  if (earlier.focus != later.focus)
    notes.push_back("the runs had different focus areas: what is new or gone may be so for that");
  return notes;
}

}  // namespace

base::Result<std::vector<FindingRow>> list_findings(Database& database,
                                                    const FindingFilter& filter) {
  auto condition = condition_of(filter);
  condition.values.emplace_back(filter.limit);
  auto rows = TRY(database.prepare(
      fmt::format("SELECT {} FROM {} WHERE {} ORDER BY {}findings.number DESC LIMIT ?", columns,
                  joined, condition.where, filter.last_seen_first ? "last_seen_at DESC, " : ""),
      condition.values));
  std::vector<FindingRow> findings;
  while (TRY(rows.next())) findings.push_back(finding_in(rows));
  return findings;
}

base::Result<std::optional<FindingRow>> find_finding(Database& database, std::int64_t number) {
  auto rows = TRY(database.prepare(
      fmt::format("SELECT {} FROM {} WHERE findings.number = ?", columns, joined), {number}));
  if (!TRY(rows.next())) return std::optional<FindingRow>();
  return std::optional(finding_in(rows));
}

base::Result<std::vector<std::string>> published_bodies(Database& database, std::string_view run) {
  auto rows = TRY(database.prepare(
      "SELECT body FROM sightings WHERE run = ? AND position IS NOT NULL ORDER BY position",
      {std::string(run)}));
  std::vector<std::string> bodies;
  while (TRY(rows.next())) bodies.push_back(rows.text(0));
  return bodies;
}

base::Result<std::optional<std::string>> last_report_of(Database& database, std::int64_t number) {
  auto rows =
      TRY(database.prepare("SELECT report FROM runs JOIN sightings ON run = id WHERE finding = ? "
                           "AND position IS NOT NULL "
                           "AND report IS NOT NULL ORDER BY runs.number DESC LIMIT 1",
                           {number}));
  if (!TRY(rows.next())) return std::optional<std::string>();
  return rows.optional_text(0);
}

base::Result<bool> snooze(Database& database, std::int64_t number, std::optional<Moment> until) {
  const auto moment = until ? std::optional(until->microseconds) : std::nullopt;
  TRY(database.execute("UPDATE findings SET snoozed_until = ? WHERE number = ?",
                       {or_null(moment), number}));
  return database.changes() == 1;
}

base::Result<Differences> diff(Database& database, std::string_view earlier,
                               std::string_view later) {
  const auto first = TRY(run_named(database, earlier));
  const auto second = TRY(run_named(database, later));
  if (first.subject != second.subject)
    return fail(
        ErrorKind::invalid_input,
        fmt::format("the runs are about different data: {} and {}", first.subject, second.subject));
  const auto before = TRY(report_of(database, first.id, true));
  const auto after = TRY(report_of(database, second.id, false));
  Differences differences;
  differences.notes = notes_on(first, second);
  for (const auto number : after.order) {
    const auto& now = after.findings.at(number);
    const auto known = before.findings.find(number);
    const bool is_new = known == before.findings.end();
    differences.list.push_back(
        {number, now.fingerprint, now.title,
         std::string(is_new ? "new" : name(compared(known->second.stake, now.stake))),
         is_new ? std::nullopt : std::optional(known->second.stake), now.stake});
  }
  for (const auto number : before.order) {
    if (after.findings.contains(number)) continue;
    const auto& then = before.findings.at(number);
    const auto hidden =
        TRY(database.integer("SELECT count(*) FROM sightings WHERE run = ? AND finding = ? AND "
                             "hidden_by IS NOT NULL",
                             {second.id, number}));
    differences.list.push_back({number, then.fingerprint, then.title,
                                hidden > 0 ? "suppressed" : "gone", then.stake, std::nullopt});
  }
  return differences;
}

}  // namespace insights::store
