// The store's tables through the versions of this program: a list of SQL scripts, in
// src/store/migrations/, each run once, in order. PRAGMA user_version says how many have been.
//
// To change tables: one more file there, one more line in src/CMakeLists.txt. A script that has
// been released is never changed.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "store/database.h"

namespace insights::store {

struct Migration {
  std::string_view name, sql;
};

// Brings the file to the last of `steps`, whole or not at all. Errors: unavailable when it was
// written by a newer program, or belongs to another one.
base::Status migrate(Database& database, std::span<const Migration> steps);

// The program's own.
std::span<const Migration> migrations();

// Opens the file with this program's tables in it.
base::Result<Database> open_store(const std::string& path, const OpenOptions& options = {});

}  // namespace insights::store
