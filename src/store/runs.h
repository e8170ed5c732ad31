// Runs in the store: asked for, started, ended, and what becomes of those that were cut off.
//
// All functions of this room's tables are functions over a Database; a row that is not there is no
// error but an empty optional. Moments come from the caller.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/calendar.h"
#include "base/result.h"
#include "store/database.h"
#include "store/events.h"

namespace insights::store {

// Queued and running ones go on; the others have ended.
enum class RunState { queued, running, done, partial, failed, cancelled, interrupted };
std::string_view name(RunState state);
std::optional<RunState> run_state_named(std::string_view name);
bool has_ended(RunState state);

struct NewRun {
  std::string id;
  std::string owner;    // id of an API key, or "local"
  std::string subject;  // what data; findings are followed from run to run within it
  std::string focus;    // name of the focus area, or ""
  std::string request;  // JSON
  base::Moment at;
};

struct RunRow {
  std::int64_t number = 0;  // later runs have higher ones
  std::string id;
  RunState state = RunState::queued;
  std::string owner, subject, focus, request;
  base::Moment created_at;
  std::optional<base::Moment> started_at, ended_at;
  std::string reason;
  bool operator==(const RunRow&) const = default;
};

// What a POST may be sent again with: the same token and the same request give the same run.
struct Repeat {
  std::string token;
  std::string request;  // a digest of it
};

struct Added {
  std::string id;          // of the run
  bool is_repeat = false;  // it was there
};

// Error: refused, when the token came with another request.
base::Result<Added> add_run(Database& database, const NewRun& run,
                            const std::optional<Repeat>& repeat = {});
// Queued becomes running; false when it is not queued (any more).
base::Result<bool> start_run(Database& database, std::string_view id, base::Moment at);
// For a run that ends without a report; `last` are the events that tell of it. One that has ended
// stays as it is.
base::Status end_run(Database& database, std::string_view id, RunState state,
                     std::string_view reason, const Happened& last, base::Moment at);
// The end alone, as a part of a transaction that is open.
base::Status put_end(Database& database, std::string_view id, RunState state,
                     std::string_view reason, base::Moment at);
// What a program that was killed left running. Returns how many.
base::Result<std::int64_t> interrupt_running(Database& database, std::string_view reason,
                                             base::Moment at);

// A run that was interrupted, cancelled or failed waits again, without its report; what it proved
// stays, and its events go on. False: it is in another state.
base::Result<bool> queue_again(Database& database, std::string_view id);

// Whether anything can be written now: a full or read-only disk shows here.
base::Status beat(Database& database, base::Moment at);

base::Result<std::optional<RunRow>> find_run(Database& database, std::string_view id);

struct RunFilter {
  std::optional<RunState> state{};
  std::optional<std::int64_t> before{};  // number: later ones are left out
  std::int64_t limit = 50;
};
// Newest first.
base::Result<std::vector<RunRow>> list_runs(Database& database, const RunFilter& filter);
// The report, as JSON; none before the run has ended, and none of a run that failed.
base::Result<std::optional<std::string>> report_of(Database& database, std::string_view id);

// Takes out runs that ended before `moment`, with their events, queries, sightings, journals and
// what is known of what left for a model. A finding
// stays, and so does the run that saw it last. Returns how many runs went.
base::Result<std::int64_t> forget_runs(Database& database, base::Moment moment);

}  // namespace insights::store
