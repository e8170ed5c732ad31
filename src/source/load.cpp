#include "source/load.h"

#include <fmt/format.h>

#include <algorithm>

#include "sql/dialect.h"

namespace insights::source {

engine::Outcome<std::vector<TableColumn>> describe(Staging& staging, const std::string& relation) {
  const auto rows = staging.run("DESCRIBE FROM " + relation);
  if (!rows) return std::unexpected(rows.error());
  std::vector<TableColumn> columns;
  for (const auto& row : rows->rows)
    columns.push_back({text_of(row.at(0)), text_of(row.at(1)), ""});
  return columns;
}

engine::Outcome<Rows> write_parquet(const std::string& select, std::size_t columns,
                                    const std::filesystem::path& path, Staging& staging) {
  // DuckDB holds a row group for each thread in memory: what is wide gets shorter ones.
  constexpr std::size_t row_group_rows = 122'880;
  constexpr std::size_t row_group_cells_max = 8'000'000;
  const auto rows = std::clamp<std::size_t>(row_group_cells_max / std::max<std::size_t>(columns, 1),
                                            2048, row_group_rows);
  return staging.run(fmt::format("COPY ({}) TO {} (FORMAT parquet, ROW_GROUP_SIZE {})", select,
                                 sql::quote_text(path.string()), rows));
}

base::Error load_error(const DataFile& file, const engine::Failure& failure,
                       const Staging& staging) {
  if (auto stopped = staging.stopped(); !stopped) return std::move(stopped).error();
  auto error = engine::error_of(failure);
  if (failure.type == DUCKDB_ERROR_OUT_OF_MEMORY) {
    return {base::ErrorKind::unavailable,
            fmt::format("{} could not be loaded: {}", file.path.string(), error.message),
            "Give the engine more memory, or save the data as Parquet."};
  }
  if (failure.type == DUCKDB_ERROR_IO &&
      failure.message.find("No space left") != std::string::npos) {
    return {base::ErrorKind::unavailable,
            fmt::format("{} could not be loaded: the disk is full", file.path.string()),
            "Set TMPDIR to a directory with room for the data."};
  }
  return {base::ErrorKind::invalid_input,
          fmt::format("{} cannot be read as a table: {}", file.path.string(), error.message),
          "Open the file in a text editor, and compare the line with the others."};
}

base::Status load_file(const DataFile& file, const TextForm& form, Staging& staging,
                       Loaded& loaded) {
  TRY(staging.stopped());
  switch (file.kind) {
    case FileKind::delimited:
      return load_delimited(file, form, staging, loaded);
    case FileKind::json:
      return load_json(file, form, staging, loaded);
    case FileKind::parquet:
      return load_parquet(file, staging, loaded);
    case FileKind::database:
      return load_database(file, staging, loaded);
  }
  std::unreachable();
}

base::Status load_parquet(const DataFile& file, Staging& staging, Loaded& loaded) {
  std::error_code error;
  const auto path = std::filesystem::absolute(file.path, error);
  auto columns = describe(staging, fmt::format("read_parquet({})", sql::quote_text(path.string())));
  if (!columns) {
    auto failed = load_error(file, columns.error(), staging);
    failed.hint.clear();
    return std::unexpected(std::move(failed));
  }
  loaded.parts.push_back({file, file.stem, path, "", *std::move(columns), ""});
  return {};
}

}  // namespace insights::source
