#include "source/open.h"

#include <fmt/format.h>

#include "source/duckdb_source.h"
#include "source/files.h"
#include "source/load.h"
#include "source/parts.h"
#include "source/staging.h"
#include "sql/dialect.h"

namespace insights::source {

namespace {

// Makes the view that a run sees.
base::Result<Table> make_table(const TablePlan& plan, Staging& staging) {
  const auto view = sql::quote_identifier(plan.name);
  TRY(staging.run_or_error(fmt::format("CREATE VIEW {} AS SELECT * FROM {}", view, relation_of(plan))));
  auto columns = describe(staging, view);
  if (!columns) return std::unexpected(engine::error_of(columns.error()));
  Table table{.name = plan.name, .origin = "", .columns = *std::move(columns), .comment = plan.parts.front().comment};
  for (const auto& part : plan.parts) {
    table.origin += table.origin.empty() ? "" : ", ";
    table.origin += part.file.path.string();
  }
  return table;
}

}  // namespace

base::Result<std::unique_ptr<Source>> open(const OpenOptions& options, std::stop_token stop) {
  auto found = TRY(find_files(options.locations));
  auto staging = TRY(Staging::create({options.threads, options.memory_max_bytes}, stop));
  Loaded loaded;
  for (const auto& file : found.files) TRY(load_file(file, staging, loaded));
  auto plans = plan_tables(std::move(loaded.parts));
  DuckDbContents contents;
  for (const auto& plan : plans.tables) contents.tables.push_back(TRY(make_table(plan, staging)));
  contents.notes = std::move(found.notes);
  contents.notes.insert(contents.notes.end(), loaded.notes.begin(), loaded.notes.end());
  contents.notes.insert(contents.notes.end(), plans.notes.begin(), plans.notes.end());
  contents.files = std::move(found.files);
  contents.databases = std::move(loaded.databases);
  return DuckDbSource::open(TRY(std::move(staging).close()), std::move(contents));
}

}  // namespace insights::source
