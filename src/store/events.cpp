#include "store/events.h"

#include <fmt/format.h>

namespace insights::store {

namespace {

constexpr std::string_view query_columns =
    "sequence, at, sql, rows, milliseconds, error, asker, verdict, queries.reason, bytes, cached";

QueryRow query_at(const Statement& row) {
  return {.sequence = row.integer(0),
          .at = {row.integer(1)},
          .sql = row.text(2),
          .rows = row.integer(3),
          .milliseconds = row.integer(4),
          .error = row.text(5),
          .asker = row.text(6),
          .verdict = row.text(7),
          .reason = row.text(8),
          .bytes = row.integer(9),
          .cached = row.integer(10) != 0};
}

}  // namespace

base::Status add_events(Database& database, std::string_view run, const Happened& happened) {
  return database.transaction([&] { return put_events(database, run, happened); });
}

base::Status put_events(Database& database, std::string_view run, const Happened& happened) {
  for (const auto& [sequence, at, kind, body] : happened.events)
    TRY(database.execute(
        "INSERT INTO events (run, sequence, at, kind, body) VALUES (?, ?, ?, ?, ?)",
        {std::string(run), sequence, at.microseconds, kind, body}));
  for (const auto& query : happened.queries)
    TRY(database.execute(
        "INSERT INTO queries (run, sequence, at, sql, rows, milliseconds, error, asker, verdict, "
        "reason, bytes, cached) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {std::string(run), query.sequence, query.at.microseconds, query.sql, query.rows,
         query.milliseconds, query.error, query.asker, query.verdict, query.reason, query.bytes,
         std::int64_t{query.cached ? 1 : 0}}));
  return {};
}

base::Result<Counted> counted(Database& database, std::string_view run) {
  auto row =
      TRY(database.prepare("SELECT (SELECT coalesce(max(sequence), 0) FROM events WHERE run = ?1), "
                           "(SELECT coalesce(max(sequence), 0) FROM queries WHERE run = ?1), "
                           "(SELECT count(*) FROM sightings WHERE run = ?1)",
                           {std::string(run)}));
  TRY(row.next());
  return Counted{row.integer(0), row.integer(1), row.integer(2)};
}

base::Result<std::vector<EventRow>> events_after(Database& database, std::string_view run,
                                                 std::int64_t sequence, std::int64_t limit) {
  auto rows =
      TRY(database.prepare("SELECT sequence, at, kind, body FROM events WHERE run = ? AND sequence "
                           "> ? ORDER BY sequence "
                           "LIMIT ?",
                           {std::string(run), sequence, limit}));
  std::vector<EventRow> events;
  while (TRY(rows.next()))
    events.push_back({rows.integer(0), {rows.integer(1)}, rows.text(2), rows.text(3)});
  return events;
}

base::Result<std::vector<QueryRow>> queries_after(Database& database, std::string_view run,
                                                  std::int64_t sequence, std::int64_t limit) {
  auto rows = TRY(database.prepare(
      fmt::format("SELECT {} FROM queries WHERE run = ? AND sequence > ? ORDER BY sequence LIMIT ?",
                  query_columns),
      {std::string(run), sequence, limit}));
  std::vector<QueryRow> queries;
  while (TRY(rows.next())) queries.push_back(query_at(rows));
  return queries;
}

base::Result<std::vector<AskedQuery>> list_queries(Database& database, const QueryFilter& filter) {
  const auto& before = filter.before;
  auto rows = TRY(database.prepare(
      fmt::format(
          "SELECT {}, queries.run, runs.owner FROM queries JOIN runs ON runs.id = queries.run "
          "WHERE (?1 IS NULL OR queries.run = ?1) AND (?2 IS NULL OR verdict = ?2) AND "
          "(?3 IS NULL OR at >= ?3) AND (?4 IS NULL OR milliseconds >= ?4) AND "
          "(?5 IS NULL OR (at, queries.run, sequence) < (?5, ?6, ?7)) "
          "ORDER BY at DESC, queries.run DESC, sequence DESC LIMIT ?8",
          query_columns),
      {or_null(filter.run), or_null(filter.verdict),
       filter.since ? Value(filter.since->microseconds) : Value(), or_null(filter.milliseconds_min),
       before ? Value(before->at.microseconds) : Value(), before ? Value(before->run) : Value(),
       before ? Value(before->sequence) : Value(), filter.limit}));
  std::vector<AskedQuery> queries;
  while (TRY(rows.next())) {
    auto query = query_at(rows);
    queries.push_back({std::move(query), rows.text(11), rows.text(12)});
  }
  return queries;
}

}  // namespace insights::store
