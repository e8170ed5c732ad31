#include "store/schedules.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/ensure.h"

namespace insights::store {

using base::Moment;

namespace {

constexpr std::array outcome_names{std::string_view("started"), std::string_view("skipped"),
                                   std::string_view("missed"), std::string_view("failed")};

constexpr std::string_view columns =
    "number, id, owner, name, cron, time_zone, request, jitter_seconds, missed, only_if_changed, "
    "enabled, webhook_url, webhook_secret, webhook_gone_at, created_at, changed_at, due_at, "
    "starts_at, planned_at";
constexpr std::string_view occurrence_columns =
    "occurrences.number, schedule, due_at, at, outcome, occurrences.reason, run";

std::optional<Moment> moment_in(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return Moment{row.integer(column)};
}

Value value_of(const std::optional<Moment>& moment) {
  return moment ? Value(moment->microseconds) : Value();
}

ScheduleRow schedule_in(const Statement& row) {
  return {.number = row.integer(0),
          .id = row.text(1),
          .owner = row.text(2),
          .terms = {.name = row.text(3),
                    .cron = row.text(4),
                    .time_zone = row.text(5),
                    .request = row.text(6),
                    .jitter_seconds = row.integer(7),
                    .missed = missed_named(row.text(8)).value(),
                    .only_if_changed = row.integer(9) != 0,
                    .enabled = row.integer(10) != 0,
                    .webhook_url = row.text(11),
                    .webhook_secret = row.text(12)},
          .plan = {moment_in(row, 16), moment_in(row, 17), {row.integer(18)}},
          .webhook_gone_at = moment_in(row, 13),
          .created_at = {row.integer(14)},
          .changed_at = {row.integer(15)}};
}

Outcome outcome_named(std::string_view text) {
  for (std::size_t at = 0; at < outcome_names.size(); ++at)
    if (outcome_names[at] == text) return static_cast<Outcome>(at);
  base::ensure(false, "the store has only outcomes it knows");
  std::unreachable();
}

Occurrence occurrence_in(const Statement& row) {
  return {.number = row.integer(0),
          .schedule = row.text(1),
          .due_at = moment_in(row, 2),
          .at = {row.integer(3)},
          .outcome = outcome_named(row.text(4)),
          .reason = row.text(5),
          .run = row.optional_text(6)};
}

base::Result<std::vector<ScheduleRow>> schedules_in(Statement rows) {
  std::vector<ScheduleRow> list;
  while (TRY(rows.next())) list.push_back(schedule_in(rows));
  return list;
}

base::Result<std::vector<Occurrence>> occurrences_in(Statement rows) {
  std::vector<Occurrence> list;
  while (TRY(rows.next())) list.push_back(occurrence_in(rows));
  return list;
}

// The changeable columns in the order of add_schedule and change_schedule.
std::vector<Value> values_of(const ScheduleRow& schedule) {
  const auto& terms = schedule.terms;
  return {terms.name,
          terms.cron,
          terms.time_zone,
          terms.request,
          terms.jitter_seconds,
          std::string(name(terms.missed)),
          std::int64_t{terms.only_if_changed},
          std::int64_t{terms.enabled},
          terms.webhook_url,
          terms.webhook_secret,
          value_of(schedule.webhook_gone_at),
          schedule.changed_at.microseconds,
          value_of(schedule.plan.due_at),
          value_of(schedule.plan.starts_at),
          schedule.plan.planned_at.microseconds};
}

}  // namespace

std::string_view name(Missed missed) { return missed == Missed::skip ? "skip" : "run_once"; }

std::optional<Missed> missed_named(std::string_view text) {
  for (const auto missed : {Missed::skip, Missed::run_once})
    if (name(missed) == text) return missed;
  return std::nullopt;
}

std::string_view name(Outcome outcome) { return outcome_names[static_cast<std::size_t>(outcome)]; }

base::Status add_schedule(Database& database, const ScheduleRow& schedule) {
  auto values = values_of(schedule);
  values.insert(values.end(), {Value(schedule.id), Value(schedule.owner),
                               Value(schedule.created_at.microseconds)});
  return database.execute(
      "INSERT INTO schedules (name, cron, time_zone, request, jitter_seconds, missed, "
      "only_if_changed, enabled, webhook_url, webhook_secret, webhook_gone_at, changed_at, due_at, "
      "starts_at, planned_at, id, owner, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?, ?, ?, ?, ?, ?)",
      values);
}

base::Status change_schedule(Database& database, const ScheduleRow& schedule) {
  auto values = values_of(schedule);
  values.emplace_back(schedule.id);
  return database.execute(
      "UPDATE schedules SET name = ?, cron = ?, time_zone = ?, request = ?, jitter_seconds = ?, "
      "missed = ?, only_if_changed = ?, enabled = ?, webhook_url = ?, webhook_secret = ?, "
      "webhook_gone_at = ?, changed_at = ?, due_at = ?, starts_at = ?, planned_at = ? WHERE id = ?",
      values);
}

base::Result<bool> remove_schedule(Database& database, std::string_view id) {
  TRY(database.execute("DELETE FROM schedules WHERE id = ?", {std::string(id)}));
  return database.changes() == 1;
}

base::Result<std::optional<ScheduleRow>> find_schedule(Database& database, std::string_view id) {
  auto rows = TRY(database.prepare(fmt::format("SELECT {} FROM schedules WHERE id = ?", columns),
                                   {std::string(id)}));
  if (!TRY(rows.next())) return std::optional<ScheduleRow>();
  return std::optional(schedule_in(rows));
}

base::Result<std::vector<ScheduleRow>> list_schedules(Database& database,
                                                      std::optional<std::int64_t> before,
                                                      std::int64_t limit) {
  return schedules_in(TRY(database.prepare(
      fmt::format("SELECT {} FROM schedules WHERE ?1 IS NULL OR number < ?1 ORDER BY number DESC "
                  "LIMIT ?2",
                  columns),
      {or_null(before), limit})));
}

base::Result<std::int64_t> count_schedules(Database& database) {
  return database.integer("SELECT count(*) FROM schedules");
}

base::Result<std::vector<ScheduleRow>> schedules_due(Database& database, Moment now) {
  return schedules_in(TRY(database.prepare(
      fmt::format("SELECT {} FROM schedules WHERE enabled AND (starts_at <= ?1 OR planned_at > ?1) "
                  "ORDER BY starts_at, number",
                  columns),
      {now.microseconds})));
}

base::Status add_occurrence(Database& database, const Occurrence& occurrence,
                            const std::optional<Plan>& plan) {
  return database.transaction([&]() -> base::Status {
    TRY(database.execute(
        "INSERT INTO occurrences (schedule, due_at, at, outcome, reason, run) VALUES (?, ?, ?, ?, "
        "?, ?) ON CONFLICT (schedule, due_at) DO UPDATE SET at = excluded.at, outcome = "
        "excluded.outcome, reason = excluded.reason, run = excluded.run WHERE outcome = 'missed'",
        {occurrence.schedule, value_of(occurrence.due_at), occurrence.at.microseconds,
         std::string(name(occurrence.outcome)), occurrence.reason, or_null(occurrence.run)}));
    if (plan) TRY(set_plan(database, occurrence.schedule, *plan));
    return {};
  });
}

base::Status set_plan(Database& database, std::string_view schedule, const Plan& plan) {
  return database.execute(
      "UPDATE schedules SET due_at = ?, starts_at = ?, planned_at = ? WHERE id = ?",
      {value_of(plan.due_at), value_of(plan.starts_at), plan.planned_at.microseconds,
       std::string(schedule)});
}

base::Result<bool> was_dealt_with(Database& database, std::string_view schedule, Moment due_at) {
  const auto found =
      TRY(database.integer("SELECT count(*) FROM occurrences WHERE schedule = ? AND due_at = ? AND "
                           "outcome <> 'missed'",
                           {std::string(schedule), due_at.microseconds}));
  return found > 0;
}

base::Result<std::optional<std::string>> unfinished_run(Database& database,
                                                        std::string_view schedule) {
  auto rows = TRY(database.prepare(
      "SELECT runs.id FROM occurrences JOIN runs ON runs.id = run WHERE schedule = ? AND "
      "runs.state IN ('queued', 'running') LIMIT 1",
      {std::string(schedule)}));
  if (!TRY(rows.next())) return std::optional<std::string>();
  return std::optional(rows.text(0));
}

base::Result<std::vector<Occurrence>> list_occurrences(Database& database,
                                                       std::string_view schedule,
                                                       std::optional<std::int64_t> before,
                                                       std::int64_t limit) {
  return occurrences_in(TRY(database.prepare(
      fmt::format("SELECT {} FROM occurrences WHERE schedule = ?1 AND (?2 IS NULL OR number < ?2) "
                  "ORDER BY number DESC LIMIT ?3",
                  occurrence_columns),
      {std::string(schedule), or_null(before), limit})));
}

base::Result<std::vector<Occurrence>> untold_occurrences(Database& database, std::int64_t limit) {
  return occurrences_in(TRY(database.prepare(
      fmt::format("SELECT {} FROM occurrences JOIN runs ON runs.id = run WHERE run IS NOT NULL AND "
                  "told = 0 AND runs.state NOT IN ('queued', 'running') ORDER BY "
                  "occurrences.number LIMIT ?",
                  occurrence_columns),
      {limit})));
}

base::Result<Moment> latest_moment(Database& database) {
  const auto latest = TRY(database.integer(
      "SELECT max(coalesce((SELECT max(at) FROM pulse), 0), coalesce((SELECT max(ifnull(ended_at, "
      "created_at)) FROM (SELECT * FROM runs ORDER BY number DESC LIMIT 1)), 0), coalesce((SELECT "
      "max(planned_at) FROM schedules), 0))"));
  return Moment{latest};
}

base::Status forget_occurrences(Database& database, Moment moment) {
  return database.transaction([&]() -> base::Status {
    TRY(database.execute("DELETE FROM occurrences WHERE at < ? AND (run IS NULL OR told = 1)",
                         {moment.microseconds}));
    return database.execute("DELETE FROM deliveries WHERE created_at < ? AND state <> 'waiting'",
                            {moment.microseconds});
  });
}

}  // namespace insights::store
