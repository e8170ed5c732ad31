// What happened during a run, in the order it did, and what it asked the database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/calendar.h"
#include "base/result.h"
#include "store/database.h"

namespace insights::store {

struct EventRow {
  std::int64_t sequence = 0;  // of the run, from 1
  base::Moment at;
  std::string kind;
  std::string body;  // JSON
  bool operator==(const EventRow&) const = default;
};

struct QueryRow {
  std::int64_t sequence = 0;  // of the run, from 1
  base::Moment at;
  std::string sql;
  std::int64_t rows = 0, milliseconds = 0;
  std::string error;              // "" when it was answered, or refused
  std::string asker{};            // "catalog", "statistical analyst", "language model"
  std::string verdict = "allow";  // "allow", "mask" (it gives personal data), "refuse"
  std::string reason{};           // the class of a refusal
  std::int64_t bytes = 0;
  bool cached = false;  // answered from a cache
  bool operator==(const QueryRow&) const = default;
};

// What is added to a run at once.
struct Happened {
  std::vector<EventRow> events;
  std::vector<QueryRow> queries;
};

// Keeps all of it or nothing.
base::Status add_events(Database& database, std::string_view run, const Happened& happened);
// The same as a part of a transaction that is open.
base::Status put_events(Database& database, std::string_view run, const Happened& happened);

// The highest sequence numbers the run has, and how many findings it proved; 0 without any.
struct Counted {
  std::int64_t events = 0, queries = 0, findings = 0;
};
base::Result<Counted> counted(Database& database, std::string_view run);

// Those after `sequence`, the first `limit` of them.
base::Result<std::vector<EventRow>> events_after(Database& database, std::string_view run,
                                                 std::int64_t sequence, std::int64_t limit);
base::Result<std::vector<QueryRow>> queries_after(Database& database, std::string_view run,
                                                  std::int64_t sequence, std::int64_t limit);

// The queries of all runs.
struct AskedQuery {
  QueryRow query;
  std::string run, owner;  // owner: the API key that asked for the run, or "local"
};
struct QueryPlace {
  base::Moment at;
  std::string run;
  std::int64_t sequence = 0;
};
struct QueryFilter {
  std::optional<std::string> run{}, verdict{};
  std::optional<base::Moment> since{};
  std::optional<std::int64_t> milliseconds_min{};
  std::optional<QueryPlace> before{};  // this one and later ones are left out
  std::int64_t limit = 50;
};
// The latest first.
base::Result<std::vector<AskedQuery>> list_queries(Database& database, const QueryFilter& filter);

}  // namespace insights::store
