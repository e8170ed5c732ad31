#include "store/model_runs.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"

namespace insights::store {

base::Status save_model_run(Database& database, const ModelRun& run) {
  return database.execute(
      "INSERT OR REPLACE INTO model_runs (run, started_at, locations, focus, model, privacy, "
      "state, "
      "reason, usd, findings) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {run.run, run.started_at.microseconds, run.locations, run.focus, run.model, run.privacy,
       run.state, run.reason, run.usd, run.findings});
}

base::Result<std::vector<ModelRun>> model_runs(Database& database) {
  auto rows = TRY(database.prepare(
      "SELECT run, started_at, locations, focus, model, privacy, state, reason, usd, findings FROM "
      "model_runs ORDER BY started_at DESC, run DESC"));
  std::vector<ModelRun> runs;
  while (TRY(rows.next())) {
    runs.push_back({rows.text(0), base::Moment{rows.integer(1)}, rows.text(2), rows.text(3),
                    rows.text(4), rows.text(5), rows.text(6), rows.text(7), rows.number(8),
                    rows.integer(9)});
  }
  return runs;
}

base::Result<ModelRun> model_run(Database& database, const std::string& run) {
  auto runs = TRY(model_runs(database));
  const auto found = std::ranges::find(runs, run, &ModelRun::run);
  if (found != runs.end()) return std::move(*found);
  std::vector<std::string> names;
  for (const auto& known : runs) names.push_back(known.run);
  if (names.size() > 5) names.resize(5);
  return base::fail(
      base::ErrorKind::not_found, fmt::format("there is no run {}", run),
      names.empty() ? "No run of a language model is kept here." : base::did_you_mean(run, names));
}

base::Status add_egress(Database& database, const std::string& run, const Egress& egress) {
  return database.execute(
      "INSERT INTO egress (run, number, at, url, bytes, privacy, columns) VALUES (?1, (SELECT "
      "coalesce(max(number), 0) + 1 FROM egress WHERE run = ?1), ?2, ?3, ?4, ?5, ?6)",
      {run, egress.at.microseconds, egress.url, egress.bytes, egress.privacy,
       fmt::format("{}", fmt::join(egress.columns, "\n"))});
}

base::Result<std::vector<Egress>> egress_of(Database& database, const std::string& run) {
  auto rows = TRY(database.prepare(
      "SELECT at, url, bytes, privacy, columns FROM egress WHERE run = ? ORDER BY number", {run}));
  std::vector<Egress> sent;
  while (TRY(rows.next())) {
    Egress one{base::Moment{rows.integer(0)}, rows.text(1), rows.integer(2), rows.text(3), {}};
    const auto columns = rows.text(4);
    for (std::size_t at = 0; at < columns.size();) {
      const auto end = std::min(columns.find('\n', at), columns.size());
      one.columns.push_back(columns.substr(at, end - at));
      at = end + 1;
    }
    sent.push_back(std::move(one));
  }
  return sent;
}

}  // namespace insights::store
