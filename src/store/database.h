// One SQLite file, opened the way this program needs it, and its statements. The only file that
// includes sqlite3.h besides those of its words for errors and of the backup.
//
// The file is the owner's alone (0600), in write-ahead mode: who reads never waits for who writes,
// and the other way round. `synchronous` is FULL, not NORMAL: what was committed is told to others
// at once, so it must survive the power going, too. That costs one fsync a commit; whoever writes
// many small things puts them into one transaction.
//
// A connection serves one thread at a time. Several connections, of several processes, may have the
// file open at once: the one that finds another writing waits up to busy_time_max.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace insights::store {

// What a parameter is filled with and a column holds: NULL, a whole number, a number, a text.
using Value = std::variant<std::monostate, std::int64_t, double, std::string>;

// NULL for an empty optional.
template <class T>
Value or_null(const std::optional<T>& value) {
  return value ? Value(*value) : Value();
}

// A prepared statement with its parameters filled in. Must not outlive its Database.
class Statement {
 public:
  // The next row, if there is one. Columns are numbered from 0 and read until the next call.
  base::Result<bool> next();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;  // 0 for NULL
  double number(int column) const;         // 0 for NULL
  std::string text(int column) const;      // "" for NULL
  std::optional<std::int64_t> optional_integer(int column) const;
  std::optional<std::string> optional_text(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(sqlite3_stmt* statement, std::string path);

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::string path_;  // for the words of an error
};

struct OpenOptions {
  bool create = true;  // false: error not_found when there is no file
  std::chrono::milliseconds busy_time_max{5'000};
};

class Database {
 public:
  // Makes the file, and the folder it is in, when there is none. Errors: not_found; unavailable
  // (cannot be opened or written, not a database, damaged), with what to do.
  static base::Result<Database> open(const std::string& path, const OpenOptions& options = {});

  // One statement, its parameters (`?`) filled in order. Error: what SQLite says of it.
  base::Result<Statement> prepare(std::string_view sql, const std::vector<Value>& values = {});
  // Runs one statement to its end; rows are passed over.
  base::Status execute(std::string_view sql, const std::vector<Value>& values = {});
  // Runs several statements, without parameters.
  base::Status script(std::string_view sql);
  // The first column of the first row. Error not_found: there is no row.
  base::Result<std::int64_t> integer(std::string_view sql, const std::vector<Value>& values = {});
  base::Result<std::string> text(std::string_view sql, const std::vector<Value>& values = {});

  // Rows the last INSERT, UPDATE or DELETE touched.
  std::int64_t changes() const;

  // Runs work(), which gives a Result or a Status, with everything it writes kept whole or not at
  // all: an error it gives back, or one of the commit, undoes all of it. Not nestable.
  template <class Work>
  auto transaction(Work work) -> decltype(work()) {
    if (auto begun = execute("BEGIN IMMEDIATE"); !begun) return std::unexpected(begun.error());
    auto result = work();
    if (result) {
      if (auto committed = execute("COMMIT"); !committed) {
        roll_back();
        return std::unexpected(committed.error());
      }
    } else {
      roll_back();
    }
    return result;
  }

  const std::string& path() const { return path_; }
  sqlite3* handle() const { return handle_.get(); }  // for backup.cpp

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  Database(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
  void roll_back();

  std::unique_ptr<sqlite3, Close> handle_;
  std::string path_;
};

}  // namespace insights::store
