// DuckDB's own files: all their tables and views, read where they are.

#include <fmt/format.h>

#include <array>
#include <map>

#include "source/load.h"
#include "sql/dialect.h"

namespace insights::source {

namespace {

std::unexpected<base::Error> cannot_attach(const DataFile& file, const engine::Failure& failure,
                                           const Staging& staging) {
  auto error = load_error(file, failure, staging);
  error.hint.clear();
  if (failure.message.find("lock") != std::string::npos) {
    error = {base::ErrorKind::unavailable,
             fmt::format("{} is open in another program that writes to it", file.path.string()),
             "Close that program, or copy the file and name the copy."};
  } else if (failure.message.find("newer version") != std::string::npos ||
             failure.message.find("storage version") != std::string::npos) {
    error.hint = fmt::format("This program reads files up to DuckDB {}.", duckdb_library_version());
  }
  return std::unexpected(std::move(error));
}

struct Named {
  std::string schema;
  std::string table;
  std::string comment;
  bool is_view = false;
};

base::Result<std::vector<Named>> tables_of(const std::string& database, Staging& staging) {
  const auto rows = TRY(staging.run_or_error(fmt::format(
      "SELECT schema_name, name, coalesce(comment, ''), is_view FROM ("
      "SELECT database_name, schema_name, table_name AS name, comment, internal, false AS is_view "
      "FROM duckdb_tables() UNION ALL SELECT database_name, schema_name, view_name, comment, "
      "internal, true FROM duckdb_views()) "
      "WHERE database_name = {} AND NOT internal ORDER BY schema_name <> 'main', schema_name, name",
      sql::quote_text(database))));
  std::vector<Named> tables;
  tables.reserve(rows.rows.size());
  for (const auto& row : rows.rows)
    tables.push_back(
        {text_of(row.at(0)), text_of(row.at(1)), text_of(row.at(2)), row.at(3) == Cell(true)});
  return tables;
}

// By schema, table and column.
using Comments = std::map<std::array<std::string, 3>, std::string>;

Comments comments_of(const std::string& database, Staging& staging) {
  Comments comments;
  const auto rows = staging.run(
      fmt::format("SELECT schema_name, table_name, column_name, comment FROM duckdb_columns() "
                  "WHERE database_name = {} AND comment IS NOT NULL",
                  sql::quote_text(database)));
  if (!rows) return comments;  // they are a help, and no more
  for (const auto& row : rows->rows) {
    comments[{text_of(row.at(0)), text_of(row.at(1)), text_of(row.at(2))}] = text_of(row.at(3));
  }
  return comments;
}

std::string name_of(const std::string& schema, const std::string& table) {
  return schema == "main" ? table : schema + "_" + table;
}

struct Keys {
  std::vector<std::string> primary;
  std::vector<ForeignKey> foreign;
};

// By schema and table.
std::map<std::pair<std::string, std::string>, Keys> keys_of(const std::string& database,
                                                            Staging& staging) {
  std::map<std::pair<std::string, std::string>, Keys> keys;
  const auto rows = staging.run(
      fmt::format("SELECT schema_name, table_name, constraint_type, constraint_index, "
                  "coalesce(referenced_table, ''), unnest(constraint_column_names), "
                  "unnest(referenced_column_names) FROM duckdb_constraints() WHERE database_name = "
                  "{} AND constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY')",
                  sql::quote_text(database)));
  if (!rows) return keys;  // they are a help, and no more
  std::string last;
  for (const auto& row : rows->rows) {
    const auto schema = text_of(row.at(0)), table = text_of(row.at(1));
    auto& of_table = keys[{schema, table}];
    if (text_of(row.at(2)) == "PRIMARY KEY") {
      of_table.primary.push_back(text_of(row.at(5)));
      continue;
    }
    const auto constraint = fmt::format("{}.{}.{}", schema, table, text_of(row.at(3)));
    if (constraint != last)
      of_table.foreign.push_back({{}, name_of(schema, text_of(row.at(4))), {}});
    last = constraint;
    of_table.foreign.back().columns.push_back(text_of(row.at(5)));
    of_table.foreign.back().to_columns.push_back(text_of(row.at(6)));
  }
  return keys;
}

}  // namespace

base::Status load_database(const DataFile& file, Staging& staging, Loaded& loaded) {
  const auto database = fmt::format("insights_file_{}", loaded.databases.size() + 1);
  std::error_code error;
  const auto path = std::filesystem::absolute(file.path, error).string();
  const Staging::Attached attached{path, database};
  if (const auto done = staging.run(attach_statement(attached)); !done)
    return cannot_attach(file, done.error(), staging);
  loaded.databases.push_back(attached);
  const auto tables = TRY(tables_of(database, staging));
  if (tables.empty()) {
    return base::fail(base::ErrorKind::invalid_input,
                      fmt::format("{} holds no table", file.path.string()));
  }
  const auto comments = comments_of(database, staging);
  auto keys = keys_of(database, staging);
  for (const auto& table : tables) {
    const auto relation = fmt::format("{}.{}.{}", database, sql::quote_identifier(table.schema),
                                      sql::quote_identifier(table.table));
    auto columns = describe(staging, relation);
    if (!columns) {
      TRY(staging.stopped());
      loaded.notes.push_back(fmt::format("{}: {} was left out: {}", file.path.string(), table.table,
                                         engine::first_line(columns.error().message)));
      continue;
    }
    for (auto& column : *columns) {
      const auto comment = comments.find({table.schema, table.table, column.name});
      if (comment != comments.end()) column.comment = comment->second;
    }
    auto& of_table = keys[{table.schema, table.table}];
    loaded.parts.push_back({file, name_of(table.schema, table.table), "", relation,
                            *std::move(columns), table.comment, std::move(of_table.primary),
                            std::move(of_table.foreign), table.is_view});
  }
  return {};
}

}  // namespace insights::source
