#include "sql/duckdb_parser.h"

#include <duckdb.h>
#include <fmt/format.h>

#include <cstdint>

namespace insights::sql {

namespace {

using base::ErrorKind;

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

class Answer {
 public:
  Answer() = default;
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  ~Answer() { duckdb_destroy_result(&handle); }

  std::string text(idx_t row) {
    char* value = duckdb_value_varchar(&handle, 0, row);
    std::string copy = value == nullptr ? "" : value;
    duckdb_free(value);
    return copy;
  }

  duckdb_result handle{};
};

std::string first_line(std::string_view message) {
  return std::string(message.substr(0, message.find('\n')));
}

Refusal not_parsed(std::string_view words) {
  return {RefusalClass::syntax, fmt::format("the query cannot be parsed: {}", first_line(words)),
          "Write one SELECT in DuckDB's SQL."};
}

std::unexpected<base::Error> not_started() {
  return base::fail(ErrorKind::unavailable, "the SQL parser did not start",
                    "Is the DuckDB library the one of setup.sh?");
}

}  // namespace

struct DuckDbParser::Engine {
  std::unique_ptr<_duckdb_database, CloseDatabase> database;
  std::unique_ptr<_duckdb_connection, Disconnect> connection;
  // SELECT json_serialize_sql(...): DuckDB's own word on what is a SELECT, and its tree.
  std::unique_ptr<_duckdb_prepared_statement, DestroyStatement> serialize;
  std::set<std::string> functions;

  Verdict check_one_statement(const std::string& text) const;
};

Verdict DuckDbParser::Engine::check_one_statement(const std::string& text) const {
  duckdb_extracted_statements made = nullptr;
  const idx_t count = duckdb_extract_statements(connection.get(), text.c_str(), &made);
  const std::unique_ptr<_duckdb_extracted_statements, DestroyExtracted> statements(made);
  if (count == 1) return {};
  if (count > 1) {
    return refuse(RefusalClass::several_statements,
                  fmt::format("the query holds {} statements", count),
                  "Send one SELECT. A PIVOT must name its values: PIVOT ... ON column IN (...).");
  }
  const char* words = duckdb_extract_statements_error(statements.get());
  if (words == nullptr)
    return refuse(RefusalClass::syntax, "the query is empty", "Write one SELECT.");
  return std::unexpected(not_parsed(words));
}

base::Result<DuckDbParser> DuckDbParser::open() {
  auto engine = std::make_unique<Engine>();
  duckdb_config config = nullptr;
  if (duckdb_create_config(&config) != DuckDBSuccess) return not_started();
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
  if (opened != DuckDBSuccess) return not_started();
  engine->database.reset(database);
  duckdb_connection connection = nullptr;
  if (duckdb_connect(database, &connection) != DuckDBSuccess) return not_started();
  engine->connection.reset(connection);
  duckdb_prepared_statement statement = nullptr;
  const auto prepared =
      duckdb_prepare(connection, "SELECT json_serialize_sql($1::VARCHAR)", &statement);
  engine->serialize.reset(statement);
  if (prepared != DuckDBSuccess) return not_started();
  Answer names;
  if (duckdb_query(connection, "SELECT DISTINCT lower(function_name) FROM duckdb_functions()",
                   &names.handle) != DuckDBSuccess) {
    return not_started();
  }
  const auto count = duckdb_row_count(&names.handle);
  for (idx_t row = 0; row < count; ++row) engine->functions.insert(names.text(row));
  return DuckDbParser(std::move(engine));
}

DuckDbParser::DuckDbParser(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
DuckDbParser::DuckDbParser(DuckDbParser&&) noexcept = default;
DuckDbParser& DuckDbParser::operator=(DuckDbParser&&) noexcept = default;
DuckDbParser::~DuckDbParser() = default;

std::expected<SyntaxTree, Refusal> DuckDbParser::parse(const std::string& text) const {
  TRY(engine_->check_one_statement(text));
  const auto not_a_select = [] {
    return refuse(RefusalClass::not_a_read, "the statement is not a SELECT",
                  "Only reading is allowed: write one SELECT.");
  };
  if (duckdb_bind_varchar_length(engine_->serialize.get(), 1, text.data(), text.size()) !=
      DuckDBSuccess)
    return not_a_select();
  Answer answer;
  if (duckdb_execute_prepared(engine_->serialize.get(), &answer.handle) != DuckDBSuccess)
    return not_a_select();
  auto tree = SyntaxTree::read(answer.text(0));
  if (!tree) {
    if (tree.error() == SyntaxTree::Failure::malformed) return not_a_select();
    return refuse(RefusalClass::too_large, "the query is nested too deeply",
                  "Write it with fewer operators in a row and fewer queries inside each other.");
  }
  const auto root = tree->root();
  if (root["error"].is_true()) {
    if (root["error_type"].text() == "parser")
      return std::unexpected(not_parsed(root["error_message"].text()));
    return not_a_select();
  }
  return *std::move(tree);
}

bool DuckDbParser::is_function(const std::string& name) const {
  return engine_->functions.contains(name);
}

}  // namespace insights::sql
