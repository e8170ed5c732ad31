#include "source/engine.h"

#include <array>

#include "source/nested_text.h"
#include "source/vectors.h"

namespace insights::source::engine {

namespace {

struct DestroyConfig {
  void operator()(_duckdb_config* config) const { duckdb_destroy_config(&config); }
};
struct DestroyStatement {
  void operator()(_duckdb_prepared_statement* statement) const {
    duckdb_destroy_prepare(&statement);
  }
};

std::unexpected<Failure> failed(duckdb_error_type type, const char* message) {
  return std::unexpected(Failure{type, message == nullptr ? "no reason given" : message});
}

std::unexpected<Failure> failed(duckdb_result& result) {
  return failed(duckdb_result_error_type(&result), duckdb_result_error(&result));
}

// duckdb_prepare gives no error type, only the words; the type is the first of them.
duckdb_error_type type_by_words(std::string_view message) {
  constexpr std::array<std::pair<std::string_view, duckdb_error_type>, 4> words{{
      {"INTERRUPT", DUCKDB_ERROR_INTERRUPT},
      {"Out of Memory", DUCKDB_ERROR_OUT_OF_MEMORY},
      {"IO Error", DUCKDB_ERROR_IO},
      {"Permission Error", DUCKDB_ERROR_PERMISSION},
  }};
  for (const auto& [word, type] : words) {
    if (message.starts_with(word)) return type;
  }
  return DUCKDB_ERROR_INVALID;
}

}  // namespace

std::string first_line(std::string_view message) {
  message = message.substr(0, message.find('\n'));
  constexpr std::string_view mark = " Error: ";
  constexpr std::size_t kind_bytes_max = 24;
  // "Invalid Input Error: " and the like; a colon further on belongs to the text.
  const auto colon = message.find(mark);
  if (colon < kind_bytes_max) message.remove_prefix(colon + mark.size());
  return std::string(message);
}

base::Error error_of(const Failure& failure) {
  std::string_view rest = failure.message;
  const auto line_end = rest.find('\n');
  std::string hint;
  if (line_end != std::string_view::npos) {
    rest.remove_prefix(line_end + 1);
    hint = std::string(rest.substr(0, rest.find("\n\n")));
    if (hint.starts_with('\n') || hint.starts_with("LINE ")) hint.clear();
  }
  if (failure.type == DUCKDB_ERROR_OUT_OF_MEMORY) {
    hint = "Give the engine more memory, or ask for fewer groups or a shorter period.";
  }
  return {base::ErrorKind::unavailable, first_line(failure.message), std::move(hint)};
}

Outcome<Database> Database::open(const std::string& path, const std::vector<Setting>& settings) {
  duckdb_config made = nullptr;
  if (duckdb_create_config(&made) != DuckDBSuccess) {
    return failed(DUCKDB_ERROR_INTERNAL, "the engine could not be set up");
  }
  const std::unique_ptr<_duckdb_config, DestroyConfig> config(made);
  for (const auto& [name, value] : settings) {
    if (duckdb_set_config(config.get(), name.c_str(), value.c_str()) != DuckDBSuccess) {
      return failed(DUCKDB_ERROR_SETTINGS,
                    ("the engine does not know the setting " + name).c_str());
    }
  }
  Database database;
  duckdb_database opened = nullptr;
  char* words = nullptr;
  const auto state =
      duckdb_open_ext(path.empty() ? nullptr : path.c_str(), &opened, config.get(), &words);
  if (state != DuckDBSuccess) {
    auto failure = failed(words == nullptr ? DUCKDB_ERROR_INVALID : type_by_words(words), words);
    duckdb_free(words);
    return failure;
  }
  database.handle_.reset(opened);
  return database;
}

Outcome<Connection> Connection::open(const Database& database) {
  Connection connection;
  duckdb_connection opened = nullptr;
  if (duckdb_connect(database.handle(), &opened) != DuckDBSuccess) {
    return failed(DUCKDB_ERROR_CONNECTION, "the engine opened no connection");
  }
  connection.handle_.reset(opened);
  return connection;
}

Stream::Stream() : result_(std::make_unique<Result>()) {}

Outcome<Stream> Stream::select(const Connection& connection, const std::string& text) {
  duckdb_prepared_statement made = nullptr;
  const auto prepared = duckdb_prepare(connection.handle(), text.c_str(), &made);
  const std::unique_ptr<_duckdb_prepared_statement, DestroyStatement> statement(made);
  if (prepared != DuckDBSuccess) {
    const char* words = duckdb_prepare_error(statement.get());
    return failed(words == nullptr ? DUCKDB_ERROR_INVALID : type_by_words(words), words);
  }
  // The gate has seen this text; this is the second lock on the same door.
  if (duckdb_prepared_statement_type(statement.get()) != DUCKDB_STATEMENT_TYPE_SELECT) {
    return failed(DUCKDB_ERROR_PERMISSION, "Permission Error: only a SELECT can be run");
  }
  Stream stream;
  if (duckdb_execute_prepared_streaming(statement.get(), &stream.result_->handle) !=
      DuckDBSuccess) {
    return failed(stream.result_->handle);
  }
  if (auto read = stream.read_columns(); !read) return std::unexpected(std::move(read).error());
  return stream;
}

Outcome<Stream> Stream::run(const Connection& connection, const std::string& text) {
  Stream stream;
  if (duckdb_query(connection.handle(), text.c_str(), &stream.result_->handle) != DuckDBSuccess) {
    return failed(stream.result_->handle);
  }
  if (auto read = stream.read_columns(); !read) return std::unexpected(std::move(read).error());
  return stream;
}

Outcome<void> Stream::read_columns() {
  const idx_t count = duckdb_column_count(&result_->handle);
  columns_.reserve(count);
  for (idx_t index = 0; index < count; ++index) {
    const char* name = duckdb_column_name(&result_->handle, index);
    columns_.push_back({name == nullptr ? "" : name,
                        LogicalType(duckdb_column_logical_type(&result_->handle, index))});
    if (!has_text(columns_.back().type.get())) {
      return failed(DUCKDB_ERROR_UNKNOWN_TYPE,
                    ("column " + columns_.back().name +
                     " has a type that cannot be read here\nCast it to VARCHAR.")
                        .c_str());
    }
  }
  return {};
}

Outcome<Chunk> Stream::next() {
  while (true) {
    Chunk chunk(duckdb_fetch_chunk(result_->handle));
    if (chunk != nullptr && duckdb_data_chunk_get_size(chunk.get()) == 0) continue;
    if (chunk == nullptr) {
      const char* words = duckdb_result_error(&result_->handle);
      if (words != nullptr && *words != '\0') return failed(result_->handle);
    }
    return chunk;
  }
}

Outcome<Rows> run(const Connection& connection, const std::string& text) {
  auto stream = Stream::run(connection, text);
  if (!stream) return std::unexpected(std::move(stream).error());
  Rows rows;
  std::vector<CellReader> readers;
  for (const auto& column : stream->columns()) {
    rows.columns.push_back(column.name);
    readers.emplace_back(column.type.get());
  }
  while (true) {
    const auto chunk = stream->next();
    if (!chunk) return std::unexpected(chunk.error());
    if (*chunk == nullptr) return rows;
    const idx_t count = duckdb_data_chunk_get_size(chunk->get());
    for (idx_t row = 0; row < count; ++row) {
      auto& cells = rows.rows.emplace_back();
      cells.reserve(readers.size());
      for (idx_t column = 0; column < readers.size(); ++column) {
        cells.push_back(
            readers[column].cell(duckdb_data_chunk_get_vector(chunk->get(), column), row));
      }
    }
  }
}

}  // namespace insights::source::engine
