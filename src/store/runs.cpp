#include "store/runs.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/ensure.h"

namespace insights::store {

using base::ErrorKind;
using base::fail;
using base::Moment;

namespace {

struct StateName {
  RunState state;
  std::string_view name;
};
constexpr std::array states{StateName{RunState::queued, "queued"},
                            StateName{RunState::running, "running"},
                            StateName{RunState::done, "done"},
                            StateName{RunState::partial, "partial"},
                            StateName{RunState::failed, "failed"},
                            StateName{RunState::cancelled, "cancelled"},
                            StateName{RunState::interrupted, "interrupted"}};

constexpr std::string_view columns =
    "number, id, state, owner, subject, focus, request, created_at, started_at, ended_at, reason";

std::optional<Moment> moment_in(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return Moment{row.integer(column)};
}

RunRow run_in(const Statement& row) {
  const auto state = run_state_named(row.text(2));
  base::ensure(state.has_value(), "the store has only states it knows");
  return {.number = row.integer(0),
          .id = row.text(1),
          .state = *state,
          .owner = row.text(3),
          .subject = row.text(4),
          .focus = row.text(5),
          .request = row.text(6),
          .created_at = {row.integer(7)},
          .started_at = moment_in(row, 8),
          .ended_at = moment_in(row, 9),
          .reason = row.text(10)};
}

base::Result<std::optional<Added>> find_repeat(Database& database, const NewRun& run,
                                               const Repeat& repeat) {
  auto rows = TRY(database.prepare("SELECT run, request FROM repeats WHERE owner = ? AND token = ?",
                                   {run.owner, repeat.token}));
  if (!TRY(rows.next())) return std::optional<Added>();
  if (rows.text(1) != repeat.request)
    return fail(ErrorKind::refused, "this idempotency key came with another request before",
                "Send the same request, or another key.");
  return std::optional(Added{rows.text(0), true});
}

}  // namespace

std::string_view name(RunState state) {
  for (const auto& entry : states)
    if (entry.state == state) return entry.name;
  std::unreachable();
}

std::optional<RunState> run_state_named(std::string_view name) {
  for (const auto& entry : states)
    if (entry.name == name) return entry.state;
  return std::nullopt;
}

bool has_ended(RunState state) { return state != RunState::queued && state != RunState::running; }

base::Result<Added> add_run(Database& database, const NewRun& run,
                            const std::optional<Repeat>& repeat) {
  return database.transaction([&]() -> base::Result<Added> {
    if (repeat)
      if (const auto known = TRY(find_repeat(database, run, *repeat))) return *known;
    TRY(database.execute(
        "INSERT INTO runs (id, state, owner, subject, focus, request, created_at) "
        "VALUES (?, 'queued', ?, ?, ?, ?, ?)",
        {run.id, run.owner, run.subject, run.focus, run.request, run.at.microseconds}));
    if (repeat)
      TRY(database.execute(
          "INSERT INTO repeats (owner, token, request, run, created_at) VALUES "
          "(?, ?, ?, ?, ?)",
          {run.owner, repeat->token, repeat->request, run.id, run.at.microseconds}));
    return Added{run.id};
  });
}

base::Result<bool> start_run(Database& database, std::string_view id, Moment at) {
  TRY(database.execute(
      "UPDATE runs SET state = 'running', started_at = ? WHERE id = ? AND state = 'queued'",
      {at.microseconds, std::string(id)}));
  return database.changes() == 1;
}

base::Status end_run(Database& database, std::string_view id, RunState state,
                     std::string_view reason, const Happened& last, Moment at) {
  return database.transaction([&]() -> base::Status {
    TRY(put_events(database, id, last));
    return put_end(database, id, state, reason, at);
  });
}

base::Status put_end(Database& database, std::string_view id, RunState state,
                     std::string_view reason, Moment at) {
  base::ensure(has_ended(state), "a run ends in a state of the end");
  return database.execute(
      "UPDATE runs SET state = ?, reason = ?, ended_at = ? "
      "WHERE id = ? AND state IN ('queued', 'running')",
      {std::string(name(state)), std::string(reason), at.microseconds, std::string(id)});
}

base::Result<std::int64_t> interrupt_running(Database& database, std::string_view reason,
                                             Moment at) {
  TRY(
      database.execute("UPDATE runs SET state = 'interrupted', reason = ?, ended_at = ? "
                       "WHERE state = 'running'",
                       {std::string(reason), at.microseconds}));
  return database.changes();
}

base::Result<bool> queue_again(Database& database, std::string_view id) {
  return database.transaction([&]() -> base::Result<bool> {
    TRY(database.execute(
        "UPDATE runs SET state = 'queued', reason = '', report = NULL, started_at = NULL, ended_at "
        "= NULL WHERE id = ? AND state IN ('interrupted', 'cancelled', 'failed')",
        {std::string(id)}));
    if (database.changes() == 0) return false;
    TRY(database.execute("UPDATE sightings SET position = NULL, change = NULL WHERE run = ?",
                         {std::string(id)}));
    TRY(database.execute("UPDATE occurrences SET told = 0 WHERE run = ?", {std::string(id)}));
    return true;
  });
}

base::Status beat(Database& database, Moment at) {
  return database.execute("INSERT OR REPLACE INTO pulse (one, at) VALUES (1, ?)",
                          {at.microseconds});
}

base::Result<std::optional<RunRow>> find_run(Database& database, std::string_view id) {
  auto rows = TRY(database.prepare(fmt::format("SELECT {} FROM runs WHERE id = ?", columns),
                                   {std::string(id)}));
  if (!TRY(rows.next())) return std::optional<RunRow>();
  return std::optional(run_in(rows));
}

base::Result<std::vector<RunRow>> list_runs(Database& database, const RunFilter& filter) {
  std::string where = "TRUE";
  std::vector<Value> values;
  if (filter.state) {
    where += " AND state = ?";
    values.emplace_back(std::string(name(*filter.state)));
  }
  if (filter.before) {
    where += " AND number < ?";
    values.emplace_back(*filter.before);
  }
  values.emplace_back(filter.limit);
  auto rows = TRY(database.prepare(
      fmt::format("SELECT {} FROM runs WHERE {} ORDER BY number DESC LIMIT ?", columns, where),
      values));
  std::vector<RunRow> runs;
  while (TRY(rows.next())) runs.push_back(run_in(rows));
  return runs;
}

base::Result<std::optional<std::string>> report_of(Database& database, std::string_view id) {
  auto rows = TRY(database.prepare("SELECT report FROM runs WHERE id = ?", {std::string(id)}));
  if (!TRY(rows.next())) return std::optional<std::string>();
  return rows.optional_text(0);
}

base::Result<std::int64_t> forget_runs(Database& database, Moment moment) {
  return database.transaction([&]() -> base::Result<std::int64_t> {
    // Those of the command line have no row in `runs`.
    for (const auto* table : {"journal", "egress", "model_runs"})
      TRY(database.execute(
          fmt::format(
              "DELETE FROM {} WHERE run IN (SELECT run FROM model_runs LEFT JOIN runs ON id "
              "= run WHERE coalesce(ended_at, iif(id IS NULL AND model_runs.state <> "
              "'running', model_runs.started_at, NULL)) < ?)",
              table),
          {moment.microseconds}));
    TRY(
        database.execute("DELETE FROM runs WHERE ended_at < ? AND id NOT IN "
                         "(SELECT last_run FROM findings)",
                         {moment.microseconds}));
    return database.changes();
  });
}

}  // namespace insights::store
