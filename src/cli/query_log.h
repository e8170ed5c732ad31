// The query log: every statement that somebody asked for, one JSON object a line, in a file that is
// put aside when it has grown.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace insights::cli {

struct LoggedQuery {
  std::string who;  // "query"
  std::string sql;  // as it was asked
  std::string dialect;
  std::string verdict;  // "allow" or "refuse"
  std::string reason;   // the class of the refusal; empty when allowed
  std::string error;    // what went wrong when it ran; empty when nothing did
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  bool truncated = false;
  std::chrono::milliseconds time{0};
};

// Adds lines to a file. Passwords in statements and errors are taken out; a statement is cut after
// text_bytes_max of the gate. When the file is larger than bytes_max it becomes FILE.1, and what
// was FILE.1 becomes FILE.2, up to files_max.
class QueryLog {
 public:
  static constexpr std::int64_t bytes_max = std::int64_t{16} << 20;
  static constexpr int files_max = 4;

  explicit QueryLog(std::string file, std::int64_t rotate_at = bytes_max)
      : file_(std::move(file)), rotate_at_(rotate_at) {}

  // `at`: the time of day, "2026-01-31T10:00:00Z". Error (unavailable): the file cannot be written.
  base::Status add(const LoggedQuery& query, const std::string& at) const;

 private:
  void rotate() const;
  std::string file_;
  std::int64_t rotate_at_;
};

}  // namespace insights::cli
