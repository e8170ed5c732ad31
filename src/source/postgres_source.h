// A PostgreSQL database as a Source.
//
// What holds it shut, in this order: only a CheckedQuery of this dialect comes in; the role is
// audited before anything is read; the text is sent alone, by the extended protocol, in a
// transaction that is read-only, pinned and verified (postgres_sessions.h).
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "source/postgres_sessions.h"
#include "source/source.h"

namespace insights::source {

struct PostgresOptions {
  std::string url;
  bool allow_privileged_role = false;  // with a note instead of a refusal
};

// query, scan and version may be called from several threads at once.
class PostgresSource final : public Source {
 public:
  // Errors: those of target_of and Sessions::open; refused (the role may do more than read).
  static base::Result<std::unique_ptr<Source>> open(const PostgresOptions& options,
                                                    std::stop_token stop);

  sql::Dialect dialect() const override { return sql::Dialect::postgres; }
  const std::vector<Table>& tables() const override { return tables_; }
  const std::vector<std::string>& notes() const override { return notes_; }
  // The digest is of the rows of all tables, while they are few enough to be read again; beyond,
  // it is empty.
  base::Result<DataVersion> version(std::stop_token stop) override;
  base::Result<Rows> query(const sql::CheckedQuery& query, const Limits& limits,
                           std::stop_token stop) override;
  base::Status scan(const sql::CheckedQuery& query, const Limits& limits, std::stop_token stop,
                    const BatchSink& sink) override;

 private:
  explicit PostgresSource(std::unique_ptr<postgres::Sessions> sessions)
      : sessions_(std::move(sessions)) {}
  base::Result<Rows> query_once(const sql::CheckedQuery& query, const Limits& limits,
                                const Patience& patience);
  void take_notes();

  std::unique_ptr<postgres::Sessions> sessions_;
  std::vector<Table> tables_;
  std::mutex mutex_;  // guards what follows
  std::vector<std::string> notes_;
  std::optional<DataVersion> version_;
};

// The script that makes a role for the database at `url` (postgres_role.h); `url` may be of any
// role. Without a URL, for schema public of a database to be named. Errors: those of open, but for
// the audit's refusal.
base::Result<std::string> postgres_role_script(const std::string& url, std::stop_token stop);

}  // namespace insights::source
