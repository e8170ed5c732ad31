#include "store/events.h"

namespace insights::store {

base::Status add_events(Database& database, std::string_view run, const Happened& happened) {
  return database.transaction([&] { return put_events(database, run, happened); });
}

base::Status put_events(Database& database, std::string_view run, const Happened& happened) {
  for (const auto& [sequence, at, kind, body] : happened.events)
    TRY(database.execute(
        "INSERT INTO events (run, sequence, at, kind, body) VALUES (?, ?, ?, ?, ?)",
        {std::string(run), sequence, at.microseconds, kind, body}));
  for (const auto& [sequence, at, sql, rows, milliseconds, error] : happened.queries)
    TRY(database.execute(
        "INSERT INTO queries (run, sequence, at, sql, rows, milliseconds, error) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        {std::string(run), sequence, at.microseconds, sql, rows, milliseconds, error}));
  return {};
}

base::Result<Counted> counted(Database& database, std::string_view run) {
  auto row =
      TRY(database.prepare("SELECT (SELECT coalesce(max(sequence), 0) FROM events WHERE run = ?1), "
                           "(SELECT coalesce(max(sequence), 0) FROM queries WHERE run = ?1)",
                           {std::string(run)}));
  TRY(row.next());
  return Counted{row.integer(0), row.integer(1)};
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
      "SELECT sequence, at, sql, rows, milliseconds, error FROM queries WHERE run = ? AND sequence "
      "> ? ORDER BY sequence LIMIT ?",
      {std::string(run), sequence, limit}));
  std::vector<QueryRow> queries;
  while (TRY(rows.next()))
    queries.push_back({rows.integer(0),
                       {rows.integer(1)},
                       rows.text(2),
                       rows.integer(3),
                       rows.integer(4),
                       rows.text(5)});
  return queries;
}

}  // namespace insights::store
