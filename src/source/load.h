// Brings one file into the staging database. Text is read once, and kept as a Parquet file in the
// private directory: that takes half the time of a table of DuckDB's, a fraction of the memory, and
// nobody can change it by SQL. Parquet and database files are read where they are.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "source/look.h"
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
base::Status load_file(const DataFile& file, const TextForm& form, Staging& staging,
                       Loaded& loaded);

base::Status load_delimited(const DataFile& file, const TextForm& form, Staging& staging,
                            Loaded& loaded);
base::Status load_json(const DataFile& file, const TextForm& form, Staging& staging,
                       Loaded& loaded);
base::Status load_parquet(const DataFile& file, Staging& staging, Loaded& loaded);
base::Status load_database(const DataFile& file, Staging& staging, Loaded& loaded);

// Writes the rows of a SELECT to a Parquet file, in their order.
engine::Outcome<Rows> write_parquet(const std::string& select, std::size_t columns,
                                    const std::filesystem::path& path, Staging& staging);

// The columns of what stands after FROM, as the engine describes them.
engine::Outcome<std::vector<TableColumn>> describe(Staging& staging, const std::string& relation);

// What the engine said about a file, as an Error: cancelled, out of room or not a table.
base::Error load_error(const DataFile& file, const engine::Failure& failure,
                       const Staging& staging);

}  // namespace insights::source
