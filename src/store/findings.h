// Findings in the store, and their life from run to run.
//
// A finding is the same one when its fingerprint is, about the same subject. It is stored the
// moment it is proven (see()), so that a program that is killed has it; when its run has ended,
// close() says what changed against the run before.
//
//   new         no run proved it before
//   persisting  as it was
//   worse       more is at stake: the amount rose by more than tolerance, and to above the interval
//               stated before when there was one; without amounts, the severity rose
//   better      the same the other way
//   resolved    a complete run that looked for it no longer proves it
//   back        it was resolved, and is proven again
//   merged      it repeats another, under which it is told; its own state goes on beneath
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
#include "store/runs.h"

namespace insights::store {

enum class FindingState { is_new, persisting, worse, better, resolved, back, merged };
std::string_view name(FindingState state);
std::optional<FindingState> finding_state_named(std::string_view name);

struct Subject {
  std::string column, value;
  bool operator==(const Subject&) const = default;
};

// What is at stake, as two runs are compared by it.
struct Stake {
  std::string severity;  // "high", "medium", "low"
  std::string account;   // amounts of different accounts are not compared
  std::optional<double> amount, low, high;
  bool operator==(const Stake&) const = default;
};

// A finding as one run proved it.
struct Sighting {
  std::string fingerprint, pattern, title;
  Stake stake;
  std::vector<Subject> entities;
  std::string body;  // JSON of the report room
};

inline constexpr double tolerance = 0.05;  // of the amount before: less is no change

// persisting, worse or better.
FindingState compared(const Stake& before, const Stake& now);

// Stores what a run has just proven. Returns the finding's number.
base::Result<std::int64_t> see(Database& database, std::string_view run, const Sighting& sighting,
                               base::Moment at);

// Proven by a run and not told: a reader's rule hides it.
struct HiddenSighting {
  std::string fingerprint;
  std::string rule;  // its id
  std::string into;  // fingerprint of the finding that it repeats, or ""
};

// How a run ended that has a report.
struct Closing {
  RunState state = RunState::done;
  std::string reason;
  std::string report;               // JSON
  std::vector<Sighting> published;  // in the order of the report, as it has them
  Happened
      last{};  // events that tell of it: they are readable when the end is, not before or after
  base::Moment at;
  std::vector<HiddenSighting> hidden{};
};

// Ends the run: its published findings get their places, each finding its change, and what a
// complete run no longer proves is resolved, if it looked for it: a run with a focus looks only for
// what was last found with that focus.
base::Status close(Database& database, std::string_view run, const Closing& closing);

// A finding with what its last run proved.
struct FindingRow {
  std::int64_t number = 0;
  std::string subject, fingerprint;
  FindingState state = FindingState::is_new;
  std::string first_run, last_run;
  base::Moment first_seen_at, last_seen_at, changed_at;
  std::optional<base::Moment> snoozed_until;
  std::string focus;
  bool published = false;  // false: proven, but its run has not ended, or did not report it
  std::string pattern, title;
  Stake stake;
  std::string body;
  std::string suppressed_by;                // id of the rule that hides it; "" = none does
  std::optional<std::int64_t> merged_into;  // the finding it repeats
};

struct FindingFilter {
  std::optional<FindingState> state{};
  std::optional<std::string> severity{}, pattern{}, focus{};
  std::optional<std::string> run{};     // the last that proved it
  std::optional<std::string> entity{};  // value of any of its entities
  std::optional<base::Moment> changed_since{};
  std::optional<base::Moment> awake_at{};  // those snoozed then are left out
  bool with_unreported = false;      // those too that were proven and then left out of the report
  std::optional<bool> suppressed{};  // only those that a rule hides, or none of them
  std::optional<std::int64_t> merged_into{};  // those told under this one
  std::optional<std::string> subject{};
  bool last_seen_first = false;          // and only `limit` of them: `before` does not go on
  std::optional<std::int64_t> before{};  // number
  std::int64_t limit = 50;
};
// The latest first. Merged ones only when asked for, by state or by what they are merged into.
base::Result<std::vector<FindingRow>> list_findings(Database& database,
                                                    const FindingFilter& filter);
base::Result<std::optional<FindingRow>> find_finding(Database& database, std::int64_t number);
// What the run published, in the order of its report.
base::Result<std::vector<std::string>> published_bodies(Database& database, std::string_view run);
// The last report that has the finding; none when it was only proven.
base::Result<std::optional<std::string>> last_report_of(Database& database, std::int64_t number);
// Until then, or no longer. False: there is no such finding.
base::Result<bool> snooze(Database& database, std::int64_t number,
                          std::optional<base::Moment> until);

// One finding of two runs.
struct Difference {
  std::int64_t finding = 0;
  std::string fingerprint, title;  // the later one's, when it has it
  // "new", "persisting", "worse", "better", "suppressed" (a rule hid it), "gone"; gone is not
  // resolved when the later run was not complete or had another focus.
  std::string change;
  std::optional<Stake> before, after;
  bool operator==(const Difference&) const = default;
};
struct Differences {
  std::vector<Difference> list;    // in the order of the later report; what is gone at the end
  std::vector<std::string> notes;  // why gone may not mean resolved
};
// Of what two runs published; what the earlier proved and did not tell, as a rule hid it, is not
// new in the later one. Errors: not_found; invalid_input when they are not about the same subject.
base::Result<Differences> diff(Database& database, std::string_view earlier,
                               std::string_view later);

}  // namespace insights::store
