// A copy of the store while it is in use, and whether a store is whole.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "store/database.h"

namespace insights::store {

// Writes the file as it is at one moment to `target`, which appears whole or not at all and is the
// owner's alone; one that is there is replaced. Others go on reading and writing. Everything
// committed before the call is in it.
base::Status back_up(Database& database, const std::string& target);

// Puts the contents of the file `copy` in place of the database's, whole or not at all. Error: the
// copy is not there, is damaged, or is no store of this program's (or an older) version.
base::Status restore(Database& database, const std::string& copy);

// What SQLite's integrity check and its check of foreign keys find, or why they could not be made;
// empty when the file is whole.
std::vector<std::string> damages(Database& database);

}  // namespace insights::store
