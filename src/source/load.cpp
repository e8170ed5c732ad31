#include "source/load.h"

#include <fmt/format.h>

#include "sql/dialect.h"

namespace insights::source {

engine::Outcome<std::vector<TableColumn>> describe(Staging& staging, const std::string& relation) {
  const auto rows = staging.run("DESCRIBE SELECT * FROM " + relation);
  if (!rows) return std::unexpected(rows.error());
  std::vector<TableColumn> columns;
  for (const auto& row : rows->rows) columns.push_back({text_of(row.at(0)), text_of(row.at(1)), ""});
  return columns;
}

base::Error not_a_table(const DataFile& file, const engine::Failure& failure) {
  return {base::ErrorKind::invalid_input,
          fmt::format("{} cannot be read as a table: {}", file.path.string(), engine::first_line(failure.message)), ""};
}

base::Status load_file(const DataFile& file, Staging& staging, Loaded& loaded) {
  TRY(staging.stopped());
  switch (file.kind) {
    case FileKind::delimited:
      return load_delimited(file, staging, loaded);
    case FileKind::json:
      return load_json(file, staging, loaded);
    case FileKind::parquet:
      return load_parquet(file, staging, loaded);
    case FileKind::database:
      return load_database(file, staging, loaded);
  }
  std::unreachable();
}

base::Status load_delimited(const DataFile& file, Staging& staging, Loaded& loaded) {
  const auto relation = fmt::format("insights_parts.part_{}", loaded.parts.size() + 1);
  const auto made = staging.run(fmt::format("CREATE TABLE {} AS SELECT * FROM read_csv({})", relation,
                                            sql::quote_text(file.path.string())));
  if (!made) return std::unexpected(not_a_table(file, made.error()));
  auto columns = describe(staging, relation);
  if (!columns) return std::unexpected(not_a_table(file, columns.error()));
  loaded.parts.push_back({file, file.stem, relation, *std::move(columns), ""});
  return {};
}

base::Status load_json(const DataFile& file, Staging& staging, Loaded& loaded) {
  const auto relation = fmt::format("insights_parts.part_{}", loaded.parts.size() + 1);
  const auto made = staging.run(fmt::format("CREATE TABLE {} AS SELECT * FROM read_json({}, maximum_depth = 1)", relation,
                                            sql::quote_text(file.path.string())));
  if (!made) return std::unexpected(not_a_table(file, made.error()));
  auto columns = describe(staging, relation);
  if (!columns) return std::unexpected(not_a_table(file, columns.error()));
  loaded.parts.push_back({file, file.stem, relation, *std::move(columns), ""});
  return {};
}

base::Status load_parquet(const DataFile& file, Staging& staging, Loaded& loaded) {
  const auto relation = fmt::format("read_parquet({})", sql::quote_text(std::filesystem::absolute(file.path).string()));
  auto columns = describe(staging, relation);
  if (!columns) return std::unexpected(not_a_table(file, columns.error()));
  loaded.parts.push_back({file, file.stem, relation, *std::move(columns), ""});
  return {};
}

base::Status load_database(const DataFile& file, Staging& staging, Loaded& loaded) {
  const auto name = fmt::format("insights_file_{}", loaded.databases.size() + 1);
  const auto path = std::filesystem::absolute(file.path).string();
  const auto attached = staging.run(fmt::format("ATTACH {} AS {} (READ_ONLY)", sql::quote_text(path), name));
  if (!attached) return std::unexpected(not_a_table(file, attached.error()));
  loaded.databases.push_back({path, name});
  const auto rows = TRY(staging.run_or_error(fmt::format(
      "SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = {} ORDER BY table_schema <> 'main', "
      "table_schema, table_name",
      sql::quote_text(name))));
  for (const auto& row : rows.rows) {
    const auto schema = text_of(row.at(0));
    const auto table = text_of(row.at(1));
    const auto relation = fmt::format("{}.{}.{}", name, sql::quote_identifier(schema), sql::quote_identifier(table));
    auto columns = describe(staging, relation);
    if (!columns) {
      loaded.notes.push_back(fmt::format("{} of {} was left out: {}", table, file.path.string(),
                                         engine::first_line(columns.error().message)));
      continue;
    }
    loaded.parts.push_back({file, schema == "main" ? table : schema + "_" + table, relation, *std::move(columns), ""});
  }
  return {};
}

}  // namespace insights::source
