#include "store/backup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>

#include "store/failure.h"
#include "store/migrations.h"

namespace insights::store {

using base::ErrorKind;
using base::fail;

namespace {

// All pages in one step: in write-ahead mode that is a reader like any other, and holds nobody up.
base::Status copy_pages(Database& from, Database& to) {
  sqlite3_backup* copy = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
  if (copy == nullptr)
    return failure(sqlite3_extended_errcode(to.handle()), to.path(), sqlite3_errmsg(to.handle()));
  sqlite3_backup_step(copy, -1);
  if (const int code = sqlite3_backup_finish(copy); code != SQLITE_OK)
    return failure(code, to.path(), sqlite3_errmsg(to.handle()));
  return {};
}

base::Status keep(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool kept = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (!kept) return fail(ErrorKind::unavailable, fmt::format("cannot write {}", path));
  return {};
}

base::Status check_whole(Database& database, const std::string& name) {
  const auto found = damages(database);
  if (found.empty()) return {};
  return fail(ErrorKind::unavailable,
              fmt::format("the store {} is damaged: {}", name, found.front()),
              "Move it away and restore a backup.");
}

base::Status copy_whole(Database& database, const std::string& part) {
  auto copy = TRY(Database::open(part));
  TRY(copy_pages(database, copy));
  TRY(check_whole(copy, database.path()));
  // One file alone: nothing of the copy stays in a -wal beside it.
  return copy.script("PRAGMA journal_mode = DELETE");
}

}  // namespace

base::Status back_up(Database& database, const std::string& target) {
  const auto part = fmt::format("{}.{}.part", target, ::getpid());
  std::error_code error;
  std::filesystem::remove(part, error);
  auto copied = copy_whole(database, part);
  if (copied) copied = keep(part);
  if (copied) {
    std::filesystem::rename(part, target, error);
    if (error)
      copied =
          fail(ErrorKind::unavailable, fmt::format("cannot write {}: {}", target, error.message()));
  }
  if (!copied)
    for (const auto* ending : {"", "-wal", "-shm", "-journal"})
      std::filesystem::remove(part + ending, error);
  return copied;
}

base::Status restore(Database& database, const std::string& copy) {
  auto from = TRY(open_store(copy, {.create = false}));
  TRY(check_whole(from, copy));
  return copy_pages(from, database);
}

std::vector<std::string> damages(Database& database) {
  std::vector<std::string> found;
  const auto read = [&](std::string_view check, auto line_of) -> base::Status {
    auto rows = TRY(database.prepare(check));
    while (TRY(rows.next()))
      if (auto line = line_of(rows); line != "ok") found.push_back(std::move(line));
    return {};
  };
  auto checked = read("PRAGMA integrity_check", [](const Statement& row) { return row.text(0); });
  if (checked && found.empty())
    checked = read("PRAGMA foreign_key_check", [](const Statement& row) {
      return fmt::format("a row of {} belongs to one of {} that is not there", row.text(0),
                         row.text(2));
    });
  if (!checked) found.push_back(checked.error().message);
  return found;
}

}  // namespace insights::store
