// A source whose queries may be answered by what was answered before, where who asks allows it
// (source::Limits::may_be_cached). Scans never are: they are wide, and read once.
//
// A result is found again by all that decides it: the data's version, the tables, the statement as
// the gate wrote it, the limits. A source that cannot tell its version is asked each time, unless
// the settings say how old an answer may be (docs/decisions/0017-cache.md).
#pragma once

#include <memory>
#include <set>
#include <string>

#include "cache/query_cache.h"
#include "source/source.h"

namespace insights::cache {

class CachedSource final : public source::Source {
 public:
  // Borrows the cache, which must outlive it.
  CachedSource(std::unique_ptr<source::Source> source, QueryCache& cache, Origin origin);

  sql::Dialect dialect() const override { return source_->dialect(); }
  const std::vector<source::Table>& tables() const override { return source_->tables(); }
  const std::vector<std::string>& notes() const override { return source_->notes(); }
  base::Result<source::DataVersion> version(std::stop_token stop) override {
    return source_->version(std::move(stop));
  }
  base::Result<source::Rows> query(const sql::CheckedQuery& query, const source::Limits& limits,
                                   std::stop_token stop) override;
  base::Status scan(const sql::CheckedQuery& query, const source::Limits& limits,
                    std::stop_token stop, const source::BatchSink& sink) override {
    return source_->scan(query, limits, std::move(stop), sink);
  }

 private:
  bool is_repeatable(const sql::CheckedQuery& query) const;

  std::unique_ptr<source::Source> source_;
  QueryCache& cache_;
  const Origin origin_;
  std::set<std::string, std::less<>> views_;  // as sql::Resolved names tables
};

}  // namespace insights::cache
