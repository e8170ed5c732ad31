// A source that tells of each statement it ran: what, for how long, and what came of it. Who asked,
// and where it is written, is the sink's business (cli/query_log.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "source/source.h"

namespace insights::source {

struct QueryRecord {
  std::string sql;  // as it ran; refused: as it was asked
  std::string dialect;
  std::string verdict;  // "allow", "mask" (its result holds personal data) or "refuse"
  std::string reason;   // the class of the refusal; empty when it was not refused
  std::string error;    // what went wrong when it ran; empty when nothing did
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  bool truncated = false;
  bool cached = false;  // answered from a cache
  std::chrono::milliseconds time{0};
};
using RecordSink = std::function<void(const QueryRecord&)>;

class LoggedSource final : public Source {
 public:
  LoggedSource(std::unique_ptr<Source> source, RecordSink sink)
      : source_(std::move(source)), sink_(std::move(sink)) {}

  sql::Dialect dialect() const override { return source_->dialect(); }
  const std::vector<Table>& tables() const override { return source_->tables(); }
  const std::vector<std::string>& notes() const override { return source_->notes(); }
  base::Result<DataVersion> version(std::stop_token stop) override {
    return source_->version(std::move(stop));
  }
  base::Result<Rows> query(const sql::CheckedQuery& query, const Limits& limits,
                           std::stop_token stop) override;
  base::Status scan(const sql::CheckedQuery& query, const Limits& limits, std::stop_token stop,
                    const BatchSink& sink) override;

 private:
  std::unique_ptr<Source> source_;
  RecordSink sink_;
};

// The refusals of a gate go to the same sink.
void tell_refusals(sql::Gate& gate, RecordSink sink);

}  // namespace insights::source
