// A database we may read. One of the program's four interfaces; files of rows are a database too
// (DuckDB's). Whatever a source is, it opens read-only and runs only what passed the gate.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "source/rows.h"
#include "sql/gate.h"

namespace insights::source {

// What one query may take. A query that reaches a limit on rows or bytes ends early and says so;
// one that reaches the time limit is an Error of kind `timed_out`.
struct Limits {
  std::int64_t rows_max = 1000;
  std::int64_t bytes_max = 16 << 20;
  std::chrono::milliseconds time_max{30'000};
  // An answer that was given before, about the same data, will do (cache/cached_source.h). Who
  // confirms or verifies does not say so, and is answered by the database.
  bool may_be_cached = false;
};

struct TableColumn {
  std::string name;
  std::string engine_type;  // as the engine writes it: "VARCHAR", "DECIMAL(18,3)"
  std::string comment;      // from the database; may be empty
  // How a query reads it, so that it means the same on every engine: an enum as text, a text in the
  // order of its bytes, a moment in UTC. Holds the quoted name once. Empty: the quoted name itself.
  std::string sql{};
  bool operator==(const TableColumn&) const = default;
};

// What the database itself says: each row's `columns` are those of one row of `table`.
struct ForeignKey {
  std::vector<std::string> columns;
  std::string table;  // a Table::name; may be one that is not among tables()
  std::vector<std::string> to_columns;
  bool operator==(const ForeignKey&) const = default;
};

struct Table {
  std::string name;
  std::string origin;  // the file(s) or schema it came from, for people
  std::vector<TableColumn> columns;
  std::string comment;
  std::string schema{};    // that it is in, where the database has schemas; else empty
  std::string own_name{};  // in its schema; empty: the name
  std::string relation{};  // what stands after FROM; empty: the quoted name
  sql::Dialect dialect = sql::Dialect::duckdb;
  std::vector<std::string> primary_key{};  // of the database; may be empty
  std::vector<ForeignKey> foreign_keys{};
  std::optional<std::int64_t> rows_estimated{};  // by the engine's statistics
  bool is_view = false;  // of the database: what it gives may depend on the clock or on chance
  bool operator==(const Table&) const = default;
};

// What stands after FROM for the table, without an alias; and for one of its columns in a SELECT.
std::string relation_sql(const Table& table);
std::string column_sql(const TableColumn& column);

// Identifies the content that was read, so that a later verification can tell "the data changed"
// from "the report is wrong". Empty digest: this source cannot tell.
struct DataVersion {
  std::string engine;      // "DuckDB v1.5.6"
  std::string digest;      // BLAKE2b over the bytes of the files, in hexadecimal
  bool is_pinned = false;  // what is asked by now sees just that content
};

// Takes one batch; returns false to end the scan early.
using BatchSink = std::function<bool(const Batch&)>;

class Source {
 public:
  virtual ~Source() = default;

  virtual sql::Dialect dialect() const = 0;
  // The tables a run may look at, in a stable order.
  virtual const std::vector<Table>& tables() const = 0;
  // What a person should know about how the source was opened: lines skipped, encoding assumed ...
  // A query may add to them (a connection that was lost and found); not to be read during one.
  virtual const std::vector<std::string>& notes() const = 0;
  virtual base::Result<DataVersion> version(std::stop_token stop) = 0;

  // Runs a checked query and returns its capped result. Errors: timed_out, cancelled, unavailable
  // (the engine's own words), disconnected.
  virtual base::Result<Rows> query(const sql::CheckedQuery& query, const Limits& limits,
                                   std::stop_token stop) = 0;

  // Streams a result in row order through `sink`, one batch at a time; never holds all of it. Of
  // the limits only the time holds here, the sink's work included: rows and bytes are the sink's
  // business, which ends the scan by returning false. Same errors, also when some batches have been
  // given.
  virtual base::Status scan(const sql::CheckedQuery& query, const Limits& limits,
                            std::stop_token stop, const BatchSink& sink) = 0;
};

}  // namespace insights::source
