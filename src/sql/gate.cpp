#include "sql/gate.h"

#include <duckdb.h>
#include <fmt/format.h>
#include <pg_query.h>

#include <cstdint>
#include <string>

#include "sql/utf8.h"

namespace insights::sql {

namespace {

using base::ErrorKind;

constexpr std::size_t text_bytes_max = std::size_t{64} << 10;
constexpr int nesting_max = 200;

struct Disconnect {
  void operator()(_duckdb_connection* handle) const { duckdb_disconnect(&handle); }
};
struct CloseDatabase {
  void operator()(_duckdb_database* handle) const { duckdb_close(&handle); }
};
struct DestroyStatement {
  void operator()(_duckdb_prepared_statement* handle) const { duckdb_destroy_prepare(&handle); }
};
struct DestroyExtracted {
  void operator()(_duckdb_extracted_statements* handle) const { duckdb_destroy_extracted(&handle); }
};

std::unexpected<base::Error> refused(std::string message, std::string hint) {
  return base::fail(ErrorKind::refused, std::move(message), std::move(hint));
}

base::Status check_characters(std::string_view text) {
  while (!text.empty()) {
    if (text.front() == '\0') return refused("the query holds a NUL character", "Remove it.");
    const auto bytes = utf8_character_bytes(text);
    if (bytes == 0) return refused("the query is not valid UTF-8", "Write it in UTF-8.");
    text.remove_prefix(bytes);
  }
  return {};
}

// Counts the brackets of literals and comments too: a parser that recurses is not to be trusted
// with telling them apart.
base::Status check_nesting(std::string_view text) {
  int depth = 0;
  for (const char character : text) {
    if (character == '(' || character == '[' || character == '{') ++depth;
    if (character == ')' || character == ']' || character == '}') --depth;
    if (depth > nesting_max) {
      return refused(fmt::format("the query is nested deeper than {} brackets", nesting_max),
                     "Write it with fewer brackets inside each other.");
    }
  }
  return {};
}

std::string first_line(const char* message) {
  if (message == nullptr) return "no reason given";
  std::string_view line(message);
  line = line.substr(0, line.find('\n'));
  return std::string(line);
}

}  // namespace

struct Gate::Parser {
  Dialect dialect = Dialect::duckdb;
  std::unique_ptr<_duckdb_database, CloseDatabase> database;
  std::unique_ptr<_duckdb_connection, Disconnect> connection;
  // SELECT json_serialize_sql(...): DuckDB's own word on what is a SELECT.
  std::unique_ptr<_duckdb_prepared_statement, DestroyStatement> serialize;

  base::Status check_one_statement(const std::string& text) const;
  base::Status check_select(const std::string& text) const;
};

base::Status Gate::Parser::check_one_statement(const std::string& text) const {
  duckdb_extracted_statements made = nullptr;
  const idx_t count = duckdb_extract_statements(connection.get(), text.c_str(), &made);
  const std::unique_ptr<_duckdb_extracted_statements, DestroyExtracted> statements(made);
  if (count == 1) return {};
  if (count > 1) {
    return refused(fmt::format("the query holds {} statements", count),
                   "Send one SELECT. A PIVOT must name its values: PIVOT ... ON column IN (...).");
  }
  const char* words = duckdb_extract_statements_error(statements.get());
  if (words == nullptr) return refused("the query is empty", "Write one SELECT.");
  return refused("the query cannot be parsed: " + first_line(words),
                 "Write one SELECT in DuckDB's SQL.");
}

base::Status Gate::Parser::check_select(const std::string& text) const {
  const auto refusal = [] {
    return refused("the statement is not a SELECT", "Only reading is allowed: write one SELECT.");
  };
  if (duckdb_bind_varchar_length(serialize.get(), 1, text.data(), text.size()) != DuckDBSuccess)
    return refusal();
  duckdb_result result;
  std::string verdict;
  if (duckdb_execute_prepared(serialize.get(), &result) == DuckDBSuccess) {
    char* value = duckdb_value_varchar(&result, 0, 0);
    verdict = value == nullptr ? "" : value;
    duckdb_free(value);
  }
  duckdb_destroy_result(&result);
  if (verdict == "false") return {};
  return refusal();
}

// STAND-IN until the gate's own branch is merged.
static base::Result<std::string> postgres_text(const std::string& text) {
  const auto json = pg_query_parse(text.c_str());
  std::string error = json.error != nullptr ? json.error->message : "";
  const std::string tree = json.parse_tree != nullptr ? json.parse_tree : "";
  pg_query_free_parse_result(json);
  if (!error.empty()) return refused("the query cannot be parsed: " + error, "Write one SELECT.");
  const auto first = tree.find("\"stmt\":{\"");
  const bool one = first != std::string::npos &&
                   tree.find("\"stmt_len\"") == tree.rfind("\"stmt_len\"") &&
                   tree.compare(first + 9, 10, "SelectStmt") == 0;
  if (!one || tree.find("intoClause") != std::string::npos)
    return refused("the statement is not a SELECT", "Only reading is allowed: write one SELECT.");
  const auto parsed = pg_query_parse_protobuf(text.c_str());
  const auto deparsed = pg_query_deparse_protobuf(parsed.parse_tree);
  std::string result = deparsed.query != nullptr ? deparsed.query : "";
  pg_query_free_deparse_result(deparsed);
  pg_query_free_protobuf_parse_result(parsed);
  if (result.empty()) return refused("the query cannot be parsed", "Write one SELECT.");
  return result;
}

base::Result<Gate> Gate::open(Dialect dialect) {
  if (dialect == Dialect::postgres) {
    auto parser = std::make_unique<Parser>();
    parser->dialect = dialect;
    return Gate(std::move(parser));
  }
  const auto failed = [] {
    return base::fail(ErrorKind::unavailable, "the SQL parser did not start",
                      "Is the DuckDB library the one of setup.sh?");
  };
  auto parser = std::make_unique<Parser>();
  duckdb_config config = nullptr;
  if (duckdb_create_config(&config) != DuckDBSuccess) return failed();
  for (const auto& [setting, value] : {std::pair{"threads", "1"},
                                       {"memory_limit", "256MiB"},
                                       {"temp_directory", ""},
                                       {"enable_external_access", "false"},
                                       {"autoinstall_known_extensions", "false"},
                                       {"autoload_known_extensions", "false"}}) {
    duckdb_set_config(config, setting, value);
  }
  duckdb_database database = nullptr;
  const auto opened = duckdb_open_ext(nullptr, &database, config, nullptr);
  duckdb_destroy_config(&config);
  if (opened != DuckDBSuccess) return failed();
  parser->database.reset(database);
  duckdb_connection connection = nullptr;
  if (duckdb_connect(database, &connection) != DuckDBSuccess) return failed();
  parser->connection.reset(connection);
  duckdb_prepared_statement statement = nullptr;
  const auto prepared = duckdb_prepare(
      connection, "SELECT json_extract_string(json_serialize_sql($1::VARCHAR), '$.error')",
      &statement);
  parser->serialize.reset(statement);
  if (prepared != DuckDBSuccess) return failed();
  return Gate(std::move(parser));
}

Gate::Gate(std::unique_ptr<Parser> parser) : parser_(std::move(parser)) {}
Gate::Gate(Gate&&) noexcept = default;
Gate& Gate::operator=(Gate&&) noexcept = default;
Gate::~Gate() = default;

base::Result<CheckedQuery> Gate::check(std::string_view text) const {
  if (text.size() > text_bytes_max) {
    return refused(fmt::format("the query is longer than {} KB", text_bytes_max >> 10),
                   "Write a shorter one.");
  }
  TRY(check_characters(text));
  TRY(check_nesting(text));
  std::string copy(text);
  if (parser_->dialect == Dialect::postgres)
    return CheckedQuery(TRY(postgres_text(copy)), Dialect::postgres);
  TRY(parser_->check_one_statement(copy));
  TRY(parser_->check_select(copy));
  return CheckedQuery(std::move(copy), Dialect::duckdb);
}

}  // namespace insights::sql
