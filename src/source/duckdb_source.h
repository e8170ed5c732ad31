// Files and DuckDB databases as a Source, read by the embedded engine.
//
// What holds it shut, in this order: only a CheckedQuery comes in; it is prepared, and refused
// unless DuckDB calls it a SELECT; the database and everything attached to it are open read-only;
// the engine reaches no file but those named, no network and no extension, and its settings are
// locked. Each query has a session of its own, so that nothing of one is left for the next.
//
// What the engine alone would not stop, so that SELECT-only is not for show: COPY ... TO one of the
// named files (DuckDB's list of allowed files does not tell reading from writing) or into its
// temporary directory, and temporary tables of a session.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "source/digest.h"
#include "source/engine.h"
#include "source/source.h"
#include "source/staging.h"

namespace insights::source {

// What is read: the closed staging database, and what its views need.
struct DuckDbContents {
  std::vector<Table> tables;
  std::vector<std::string> notes;
  std::vector<FileStamp> files;                // all that were named, for version()
  std::vector<std::filesystem::path> parquet;  // what the views read
  std::vector<Staging::Attached> databases;    // attached again, read-only
};

// The staging database opened again, read-only and shut as said above. What does not fit into
// memory goes to the file's directory.
base::Result<engine::Database> open_shut(const std::filesystem::path& file,
                                         const EngineOptions& options,
                                         const DuckDbContents& contents);

// query, scan and version may be called from several threads at once.
class DuckDbSource final : public Source {
 public:
  static base::Result<std::unique_ptr<Source>> open(Staging::Closed staging,
                                                    DuckDbContents contents);

  sql::Dialect dialect() const override { return sql::Dialect::duckdb; }
  const std::vector<Table>& tables() const override { return contents_.tables; }
  const std::vector<std::string>& notes() const override { return contents_.notes; }
  base::Result<DataVersion> version(std::stop_token stop) override;
  base::Result<Rows> query(const sql::CheckedQuery& query, const Limits& limits,
                           std::stop_token stop) override;
  base::Status scan(const sql::CheckedQuery& query, const Limits& limits, std::stop_token stop,
                    const BatchSink& sink) override;

 private:
  DuckDbSource(PrivateDirectory directory, engine::Database database, DuckDbContents contents,
               int threads);

  PrivateDirectory directory_;  // first: what spills into it is closed before it goes
  engine::Database database_;
  DuckDbContents contents_;
  int threads_;
  std::mutex version_mutex_;
  std::optional<DataVersion> version_;
};

}  // namespace insights::source
