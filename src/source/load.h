// Brings one file into the staging database. Text is read once and kept there; Parquet and database files are read
// in place.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "source/parts.h"
#include "source/staging.h"

namespace insights::source {

// What loading has come to so far.
struct Loaded {
  std::vector<Part> parts;
  std::vector<Staging::Attached> databases;
  std::vector<std::string> notes;
};

// Errors: invalid_input (not a table, and why), unavailable (not readable), cancelled.
base::Status load_file(const DataFile& file, Staging& staging, Loaded& loaded);

base::Status load_delimited(const DataFile& file, Staging& staging, Loaded& loaded);
base::Status load_json(const DataFile& file, Staging& staging, Loaded& loaded);
base::Status load_parquet(const DataFile& file, Staging& staging, Loaded& loaded);
base::Status load_database(const DataFile& file, Staging& staging, Loaded& loaded);

// The columns of what stands after FROM, as the engine describes them.
engine::Outcome<std::vector<TableColumn>> describe(Staging& staging, const std::string& relation);

// A file that DuckDB could not read, as an Error about that file.
base::Error not_a_table(const DataFile& file, const engine::Failure& failure);

}  // namespace insights::source
