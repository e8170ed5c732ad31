// A source that counts what it gives and stops at the budget. The run sees the database only
// through it. For several threads at once; the observer is told by one at a time.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "explore/events.h"
#include "explore/run.h"
#include "source/source.h"

namespace insights::explore {

class MeteredSource final : public source::Source {
 public:
  // Borrows all three.
  MeteredSource(source::Source& source, const Budget& budget, RunObserver& observer);

  sql::Dialect dialect() const override { return source_.dialect(); }
  const std::vector<source::Table>& tables() const override { return source_.tables(); }
  const std::vector<std::string>& notes() const override { return source_.notes(); }
  base::Result<source::DataVersion> version(std::stop_token stop) override {
    return source_.version(stop);
  }
  // Error `cancelled` when the budget is used up.
  base::Result<source::Rows> query(const sql::CheckedQuery& query, const source::Limits& limits,
                                   std::stop_token stop) override;
  base::Status scan(const sql::CheckedQuery& query, const source::Limits& limits,
                    std::stop_token stop, const source::BatchSink& sink) override;

  Spent spent() const;
  std::chrono::steady_clock::time_point started() const { return started_; }
  // Why the budget ended the run; empty while it has not.
  const std::string& exhausted() const { return exhausted_; }
  // Why the database could no longer be asked; empty while it could.
  const std::string& lost() const { return lost_; }
  // When the oldest answer that came from a cache was given; nothing when none did.
  std::optional<base::Moment> oldest_cached() const { return oldest_cached_; }

 private:
  base::Status charge();
  // With the mutex held:
  void count_cached(const source::Cached& cached, std::chrono::microseconds saved);
  void remember(const base::Error& error);
  source::Limits within_budget(source::Limits limits) const;
  std::chrono::milliseconds elapsed() const;

  source::Source& source_;
  mutable std::mutex mutex_;  // guards spent_, exhausted_, lost_, and the telling of the observer
  const Budget& budget_;
  RunObserver& observer_;
  Spent spent_;
  std::string exhausted_;
  std::string lost_;
  std::optional<base::Moment> oldest_cached_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace insights::explore
