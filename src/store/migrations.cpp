#include "store/migrations.h"

#include <fmt/format.h>

#include <vector>

#include "store/migration_files.h"

namespace insights::store {

using base::ErrorKind;
using base::fail;

namespace {

constexpr std::int64_t application = 0x496e7369;  // "Insi": marks a file as a store of insights

base::Status check_owner(Database& database) {
  const auto owner = TRY(database.integer("PRAGMA application_id"));
  if (owner == application) return {};
  if (owner != 0 || TRY(database.integer("SELECT count(*) FROM sqlite_schema")) != 0)
    return fail(ErrorKind::unavailable,
                fmt::format("{} is a database of another program", database.path()),
                "Name another file for the store.");
  return database.execute(fmt::format("PRAGMA application_id = {}", application));
}

}  // namespace

base::Status migrate(Database& database, std::span<const Migration> steps) {
  return database.transaction([&]() -> base::Status {
    TRY(check_owner(database));
    const auto done = TRY(database.integer("PRAGMA user_version"));
    const auto known = static_cast<std::int64_t>(steps.size());
    if (done > known)
      return fail(ErrorKind::unavailable,
                  fmt::format("the store {} was written by a newer insights (version {} of its "
                              "tables; this program knows {})",
                              database.path(), done, known),
                  "Use that insights, or restore a backup of before.");
    for (auto step = done; step < known; ++step)
      TRY(database.script(steps[static_cast<std::size_t>(step)].sql));
    return database.execute(fmt::format("PRAGMA user_version = {}", known));
  });
}

std::span<const Migration> migrations() {
  static const auto list = [] {
    std::vector<Migration> steps;
    for (const auto& file : migration_files::all()) steps.push_back({file.name, file.text});
    return steps;
  }();
  return list;
}

base::Result<Database> open_store(const std::string& path, const OpenOptions& options) {
  auto database = TRY(Database::open(path, options));
  TRY(migrate(database, migrations()));
  return database;
}

}  // namespace insights::store
