// Files and DuckDB databases as a Source whose queries run in a process of their own: for
// statements that an analyst wrote. The process has a limit on memory that the system holds it to;
// it is killed at a query's deadline, and the next query gets a new one.
#pragma once

#include <mutex>
#include <optional>

#include "source/duckdb_source.h"
#include "source/open.h"
#include "source/worker_messages.h"
#include "source/worker_process.h"

namespace insights::source {

// Queries of several threads wait for each other.
class WorkerSource final : public Source {
 public:
  // Starts the first process. memory_max_bytes: what it may take in all.
  static base::Result<std::unique_ptr<Source>> open(Staging::Closed staging,
                                                    DuckDbContents contents, WorkerCommand command,
                                                    std::int64_t memory_max_bytes);

  sql::Dialect dialect() const override { return sql::Dialect::duckdb; }
  const std::vector<Table>& tables() const override { return contents_.tables; }
  const std::vector<std::string>& notes() const override { return contents_.notes; }
  base::Result<DataVersion> version(std::stop_token stop) override;
  base::Result<Rows> query(const sql::CheckedQuery& query, const Limits& limits,
                           std::stop_token stop) override;
  base::Status scan(const sql::CheckedQuery& query, const Limits& limits, std::stop_token stop,
                    const BatchSink& sink) override;

 private:
  WorkerSource(Staging::Closed staging, DuckDbContents contents, WorkerCommand command,
               std::int64_t memory_max_bytes);
  // A process that is ready; started if there is none.
  base::Status make_ready(const std::stop_token& stop);
  base::Result<WorkerProcess::Deadline> ask(const WorkerRequest& request,
                                            const std::stop_token& stop);
  // The next answer. A silence ends the process and is an error in words.
  base::Result<std::string> next_message(WorkerProcess::Deadline deadline, const Limits& limits,
                                         const std::stop_token& stop);

  Staging::Closed staging_;  // its directory holds what the processes read
  DuckDbContents contents_;
  WorkerCommand command_;
  std::int64_t memory_max_bytes_;
  std::mutex mutex_;  // guards what follows
  std::optional<WorkerProcess> process_;
  std::mutex version_mutex_;  // guards what follows: files are read while the process answers
  std::optional<DataVersion> version_;
};

}  // namespace insights::source
