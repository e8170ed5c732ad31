// The query log: every statement that somebody asked for, one JSON object a line, in a file that is
// put aside when it has grown.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "source/logged_source.h"
#include "source/source.h"
#include "sql/gate.h"

namespace insights::cli {

// Adds lines to a file. Passwords in statements and errors are taken out; a statement is cut after
// text_bytes_max of the gate. Several threads may ask at once. When the file is larger than
// bytes_max it becomes FILE.1, and what was FILE.1 becomes FILE.2, up to files_max. What it watches
// must not outlive it.
class QueryLog {
 public:
  static constexpr std::int64_t bytes_max = std::int64_t{16} << 20;
  static constexpr int files_max = 4;

  // `file`: empty, and nothing is logged. `who`: asks, until asked_by says otherwise ("catalog").
  // `now`: the time of day, "2026-01-31T10:00:00Z".
  QueryLog(std::string file, std::string who, std::function<std::string()> now,
           std::int64_t rotate_at = bytes_max)
      : file_(std::move(file)), who_(std::move(who)), now_(std::move(now)), rotate_at_(rotate_at) {}
  QueryLog(const QueryLog&) = delete;
  QueryLog& operator=(const QueryLog&) = delete;

  void asked_by(std::string who) {
    const std::scoped_lock lock(mutex_);
    who_ = std::move(who);
  }
  // Whatever is asked of the source, and refused by the gate, is logged.
  std::unique_ptr<source::Source> watched(std::unique_ptr<source::Source> source);
  void watch(sql::Gate& gate);
  // Of gates that are watched from now on, refusals are told to `sink`, too.
  void also_tell_refusals(source::RecordSink sink) { refused_ = std::move(sink); }

  void add(const source::QueryRecord& record);
  // Error (unavailable): a line could not be written.
  const base::Status& status() const { return status_; }

 private:
  void rotate() const;
  source::RecordSink refused_;
  std::mutex mutex_;  // guards what follows: a model's statements run side by side
  std::string file_, who_;
  std::function<std::string()> now_;
  std::int64_t rotate_at_;
  base::Status status_;
};

}  // namespace insights::cli
