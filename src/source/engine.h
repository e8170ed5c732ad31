// DuckDB's C interface as values that clean up after themselves and report by Result. Nothing
// outside this room includes this file; the C interface does not throw.
#pragma once

#include <duckdb.h>

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "source/rows.h"

namespace insights::source::engine {

// What DuckDB said, before it is put into words for the reader.
struct Failure {
  duckdb_error_type type = DUCKDB_ERROR_INVALID;
  std::string message;  // as DuckDB wrote it, often many lines
};

template <class T>
using Outcome = std::expected<T, Failure>;

// The first line of a message of DuckDB's, without its "Binder Error: ".
std::string first_line(std::string_view message);
// A failed query as an Error of kind `unavailable`: the first line as the message, DuckDB's
// suggestions as the hint.
base::Error error_of(const Failure& failure);

struct Setting {
  std::string name;
  std::string value;
};

// An open database; in memory alone when the path is empty.
class Database {
 public:
  static Outcome<Database> open(const std::string& path, const std::vector<Setting>& settings);

  duckdb_database handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(_duckdb_database* handle) const { duckdb_close(&handle); }
  };
  std::unique_ptr<_duckdb_database, Close> handle_;
};

// One session, for one thread at a time. Must not outlive its database.
class Connection {
 public:
  static Outcome<Connection> open(const Database& database);

  duckdb_connection handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(_duckdb_connection* handle) const { duckdb_disconnect(&handle); }
  };
  std::unique_ptr<_duckdb_connection, Close> handle_;
};

struct DestroyType {
  void operator()(_duckdb_logical_type* type) const { duckdb_destroy_logical_type(&type); }
};
using LogicalType = std::unique_ptr<_duckdb_logical_type, DestroyType>;

struct DestroyChunk {
  void operator()(_duckdb_data_chunk* chunk) const { duckdb_destroy_data_chunk(&chunk); }
};
using Chunk = std::unique_ptr<_duckdb_data_chunk, DestroyChunk>;

// A result that is read chunk by chunk. Must not outlive its connection.
class Stream {
 public:
  // Prepares the text, refuses it if it is anything but one SELECT, and starts it; DuckDB holds
  // only a small buffer of the result.
  static Outcome<Stream> select(const Connection& connection, const std::string& text);
  // Runs a statement of our own of any kind; DuckDB holds all of the result.
  static Outcome<Stream> run(const Connection& connection, const std::string& text);

  struct Column {
    std::string name;
    LogicalType type;
  };
  const std::vector<Column>& columns() const { return columns_; }

  // The next chunk with at least one row; empty at the end.
  Outcome<Chunk> next();

 private:
  struct Result {
    Result() = default;
    Result(const Result&) = delete;
    Result& operator=(const Result&) = delete;
    ~Result() { duckdb_destroy_result(&handle); }
    duckdb_result handle{};
  };
  Stream();
  Outcome<void> read_columns();
  std::unique_ptr<Result> result_;
  std::vector<Column> columns_;
};

// Runs a statement of our own to its end and gives back all of its rows.
Outcome<Rows> run(const Connection& connection, const std::string& text);

}  // namespace insights::source::engine
