// One exploration's result, whole: what report/ writes and what `insights verify` reads back.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyst/analyst.h"
#include "findings/feedback.h"
#include "findings/finding.h"
#include "findings/format_value.h"
#include "findings/ledger.h"
#include "findings/merge.h"
#include "source/source.h"

namespace insights::explore {

// What a run may take in all. Reaching one ends the run cleanly, partial, with the reason.
struct Budget {
  std::int64_t queries_max = 2000;
  std::int64_t rows_max = 50'000'000;  // rows read from the source
  std::int64_t bytes_max = std::int64_t{64} << 30;
  std::chrono::milliseconds time_max{std::chrono::minutes{10}};
  std::chrono::milliseconds query_time_max{30'000};
};

struct Spent {
  std::int64_t queries = 0, rows = 0, bytes = 0;
  std::chrono::milliseconds wall{0};
  // Of the queries, those that were answered from a cache: how long the database took for them
  // when it was asked, less what it took now.
  std::int64_t queries_cached = 0;
  std::chrono::microseconds saved{0};
};

struct TableSummary {
  std::string name, origin;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::string first_day, last_day;  // ISO; empty without a time column
  bool sampled = false;             // only part of the rows was read
};

struct Run {
  std::string id;          // "run-20251122-074603-1a2b", from the caller
  std::string program;     // "insights 0.1.0"
  std::string started_at;  // ISO, UTC, from the caller
  std::string analyst;     // "statistical"
  std::string focus;       // name of the focus area, or empty
  std::vector<std::string> locations;
  source::DataVersion data;
  std::vector<TableSummary> tables;
  std::string currency;                     // ISO, may be empty
  findings::NumberStyle style;              // how its numbers are written
  std::vector<findings::Finding> findings;  // ranked
  std::vector<findings::Total> totals;
  std::vector<findings::Hidden> hidden{};  // proven, and not told: by readers' rules
  findings::LedgerCounts counts;
  findings::Ledger ledger;         // complete; written only to --ledger
  std::vector<std::string> notes;  // what a reader should know: lines skipped, joins inferred ...
  bool partial = false;
  std::string partial_reason;
  Budget budget;
  Spent spent;
  std::optional<analyst::ModelUse> model{};  // nothing when no language model was asked
};

}  // namespace insights::explore
