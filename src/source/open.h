// From what the user named (files, globs, directories, a database file, or the URL of a PostgreSQL
// database) to an open Source.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "source/source.h"

namespace insights::source {

struct OpenOptions {
  std::vector<std::string>
      locations;  // paths, globs, directories; .csv .csv.gz .tsv .json .ndjson .parquet .duckdb
  bool allow_privileged_role = false;                     // of a server: see postgres_role.h
  int threads = 0;                                        // 0 = as many as the machine has
  std::int64_t memory_max_bytes = std::int64_t{1} << 30;  // for the embedded engine
};

// A URL stands alone.
// Errors: not_found (nothing there), invalid_input (not a table; which file, and why), unavailable
// (not readable), refused (a role that may do more than read), disconnected. Every file is looked
// at before any is loaded.
base::Result<std::unique_ptr<Source>> open(const OpenOptions& options, std::stop_token stop);

// How the program is started as a worker: it must end up in run_worker().
using WorkerCommand = std::vector<std::string>;

// The same, for statements that somebody else wrote: they run in a process of their own, whose
// memory is limited to memory_max_bytes by the system, and which is killed at a query's deadline.
base::Result<std::unique_ptr<Source>> open_in_worker(const OpenOptions& options,
                                                     const WorkerCommand& command,
                                                     std::stop_token stop);

}  // namespace insights::source
