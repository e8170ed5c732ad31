#include "store/changes.h"

#include <utility>

namespace insights::store {

using base::Moment;

namespace {

// Severity, account and amounts, from that column on.
Stake stake_in(const Statement& row, int first) {
  const auto number = [&](int column) {
    return row.is_null(column) ? std::nullopt : std::optional(row.number(column));
  };
  return {row.text(first), row.text(first + 1), number(first + 2), number(first + 3),
          number(first + 4)};
}

// The last run before this one that has ended and proved it.
base::Result<std::optional<Stake>> stake_before(Database& database, std::int64_t finding,
                                                std::int64_t run_number) {
  auto rows = TRY(database.prepare(
      "SELECT severity, account, amount, amount_low, amount_high FROM sightings JOIN runs ON "
      "runs.id = run WHERE finding = ? AND runs.number < ? AND change IS NOT NULL ORDER BY "
      "runs.number DESC LIMIT 1",
      {finding, run_number}));
  if (!TRY(rows.next())) return std::optional<Stake>();
  return std::optional(stake_in(rows, 0));
}

base::Status add_reported(Database& database, const RunRow& run, Moment awake_at,
                          std::vector<Change>& changes) {
  auto rows = TRY(database.prepare(
      "SELECT finding, change, pattern, title, severity, account, amount, amount_low, amount_high "
      "FROM sightings JOIN findings ON findings.number = finding WHERE run = ? AND position IS NOT "
      "NULL AND change <> 'persisting' AND (snoozed_until IS NULL OR snoozed_until <= ?) ORDER BY "
      "position",
      {run.id, awake_at.microseconds}));
  while (TRY(rows.next()))
    changes.push_back({rows.integer(0), finding_state_named(rows.text(1)).value(), rows.text(2),
                       rows.text(3), stake_in(rows, 4), std::nullopt});
  for (auto& change : changes)
    change.before = TRY(stake_before(database, change.finding, run.number));
  return {};
}

// Resolved in the moment this run ended; told only when the last that was told of it is a report,
// not something that was hidden or left out of one.
base::Status add_resolved(Database& database, const RunRow& run, Moment awake_at,
                          std::vector<Change>& changes) {
  auto rows = TRY(database.prepare(
      "SELECT findings.number, pattern, title, severity, account, amount, amount_low, amount_high "
      "FROM findings JOIN sightings ON finding = findings.number AND run = last_run WHERE subject "
      "= ? AND state = 'resolved' AND changed_at = ? AND position IS NOT NULL AND suppressed_by IS "
      "NULL "
      "AND merged_into IS NULL AND (snoozed_until IS NULL OR snoozed_until <= ?) ORDER BY "
      "findings.number",
      {run.subject, run.ended_at ? Value(run.ended_at->microseconds) : Value(),
       awake_at.microseconds}));
  while (TRY(rows.next()))
    changes.push_back({rows.integer(0), FindingState::resolved, rows.text(1), rows.text(2),
                       stake_in(rows, 3), std::nullopt});
  return {};
}

}  // namespace

base::Result<std::vector<Change>> changes_of(Database& database, std::string_view id,
                                             Moment awake_at) {
  const auto run = TRY(find_run(database, id));
  if (!run) return base::fail(base::ErrorKind::not_found, "the store has no such run");
  std::vector<Change> changes;
  TRY(add_reported(database, *run, awake_at, changes));
  TRY(add_resolved(database, *run, awake_at, changes));
  return changes;
}

}  // namespace insights::store
