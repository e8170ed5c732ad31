#include "store/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/ensure.h"
#include "store/failure.h"

namespace insights::store {

using base::ErrorKind;
using base::fail;

namespace {

base::Status cannot_open(const std::string& path, int error) {
  const auto kind = error == ENOENT ? ErrorKind::not_found : ErrorKind::unavailable;
  return fail(kind, fmt::format("cannot open the store {}: {}", path, std::strerror(error)),
              kind == ErrorKind::not_found
                  ? ""
                  : "The user that runs insights must be able to write the file and its folder.");
}

base::Status make_folder(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  std::error_code error;
  if (folder.empty() || std::filesystem::exists(folder, error)) return {};
  std::filesystem::create_directories(folder, error);
  if (!error) return {};
  return fail(ErrorKind::unavailable,
              fmt::format("cannot make the folder {}: {}", folder.string(), error.message()));
}

// Makes the file before SQLite does, so that at no moment others can read it. SQLite gives the
// files beside it (-wal, -shm) the same rights. A file that is there is never opened here: to close
// it would drop the locks that other connections of this program hold on it (POSIX), and another
// program would then take the store for abandoned and delete its -wal.
base::Status make_private(const std::string& path, bool create) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) {
    if (errno != ENOENT || !create) return cannot_open(path, errno);
    TRY(make_folder(path));
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_CREAT | O_EXCL, 0600);
    if (file < 0 && errno != EEXIST) return cannot_open(path, errno);
    if (file >= 0) ::close(file);
    return {};
  }
  if ((about.st_mode & 0077) == 0 || ::chmod(path.c_str(), about.st_mode & 0700) == 0) return {};
  return fail(
      ErrorKind::unavailable,
      fmt::format("the store {} can be read by other users, and this one may not change that",
                  path),
      "Set its rights to 0600.");
}

int bind(sqlite3_stmt* statement, int position, const Value& value) {
  struct Binder {
    sqlite3_stmt* statement;
    int position;
    int operator()(std::monostate) const { return sqlite3_bind_null(statement, position); }
    int operator()(std::int64_t number) const {
      return sqlite3_bind_int64(statement, position, number);
    }
    int operator()(double number) const { return sqlite3_bind_double(statement, position, number); }
    int operator()(const std::string& text) const {
      return sqlite3_bind_text64(statement, position, text.data(), text.size(), SQLITE_TRANSIENT,
                                 SQLITE_UTF8);
    }
  };
  return std::visit(Binder{statement, position}, value);
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement::Statement(sqlite3_stmt* statement, std::string path)
    : statement_(statement), path_(std::move(path)) {}

base::Result<bool> Statement::next() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  sqlite3* handle = sqlite3_db_handle(statement_.get());
  return failure(sqlite3_extended_errcode(handle), path_, sqlite3_errmsg(handle));
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::number(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (bytes == nullptr) return {};
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return {bytes, static_cast<std::size_t>(size)};
}

std::optional<std::int64_t> Statement::optional_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::optional<std::string> Statement::optional_text(int column) const {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

base::Result<Database> Database::open(const std::string& path, const OpenOptions& options) {
  if (path.empty())
    return fail(ErrorKind::unavailable, "there is no place to keep anything: HOME is not set",
                "Name a file with --store.");
  TRY(make_private(path, options.create));
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  Database database(handle, path);
  if (code != SQLITE_OK)
    return failure(code, path, handle != nullptr ? sqlite3_errmsg(handle) : "out of memory");
  sqlite3_busy_timeout(handle, static_cast<int>(options.busy_time_max.count()));
  // A damaged or foreign schema must not be able to run anything.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  TRY(
      database.script("PRAGMA journal_mode = WAL;"
                      "PRAGMA synchronous = FULL;"
                      "PRAGMA foreign_keys = ON;"));
  return database;
}

base::Result<Statement> Database::prepare(std::string_view sql, const std::vector<Value>& values) {
  sqlite3_stmt* raw = nullptr;
  const int code =
      sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  Statement statement(raw, path_);
  if (code != SQLITE_OK)
    return failure(sqlite3_extended_errcode(handle_.get()), path_, sqlite3_errmsg(handle_.get()));
  base::ensure(static_cast<std::size_t>(sqlite3_bind_parameter_count(raw)) == values.size(),
               "as many values as the statement has parameters");
  for (std::size_t i = 0; i < values.size(); ++i)
    if (const int bound = bind(raw, static_cast<int>(i) + 1, values[i]); bound != SQLITE_OK)
      return failure(bound, path_, sqlite3_errmsg(handle_.get()));
  return statement;
}

base::Status Database::execute(std::string_view sql, const std::vector<Value>& values) {
  auto statement = TRY(prepare(sql, values));
  while (TRY(statement.next())) {
  }
  return {};
}

base::Status Database::script(std::string_view sql) {
  const int code = sqlite3_exec(handle_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code, path_, sqlite3_errmsg(handle_.get()));
  return {};
}

base::Result<std::int64_t> Database::integer(std::string_view sql,
                                             const std::vector<Value>& values) {
  auto statement = TRY(prepare(sql, values));
  if (!TRY(statement.next())) return fail(ErrorKind::not_found, "the store has no such row");
  return statement.integer(0);
}

base::Result<std::string> Database::text(std::string_view sql, const std::vector<Value>& values) {
  auto statement = TRY(prepare(sql, values));
  if (!TRY(statement.next())) return fail(ErrorKind::not_found, "the store has no such row");
  return statement.text(0);
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_.get()); }

void Database::roll_back() {
  // A full disk may have undone the transaction already; then there is none to undo.
  if (sqlite3_get_autocommit(handle_.get()) == 0)
    sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace insights::store
