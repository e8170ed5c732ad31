// Schedules in the store, and each time one was due. When that is, is known elsewhere.
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

enum class Missed { skip, run_once };
std::string_view name(Missed missed);
std::optional<Missed> missed_named(std::string_view name);

// What a schedule is told to do.
struct ScheduleTerms {
  std::string name{}, cron{}, time_zone{};
  std::string request{};  // JSON
  std::int64_t jitter_seconds = 0;
  Missed missed = Missed::skip;
  bool only_if_changed = true;
  bool enabled = true;
  std::string webhook_url{};     // "" without one
  std::string webhook_secret{};  // "whsec_..."; "" without one
  bool operator==(const ScheduleTerms&) const = default;
};

// The next time it is due: by its expression, and with its share of the jitter.
struct Plan {
  std::optional<base::Moment> due_at, starts_at;
  base::Moment planned_at;
  bool operator==(const Plan&) const = default;
};

struct ScheduleRow {
  std::int64_t number = 0;
  std::string id{}, owner{};
  ScheduleTerms terms{};
  Plan plan{};
  std::optional<base::Moment> webhook_gone_at{};
  base::Moment created_at{}, changed_at{};
};

base::Status add_schedule(Database& database, const ScheduleRow& schedule);
// Its terms, its plan, and whether its webhook is gone, as they are in the row.
base::Status change_schedule(Database& database, const ScheduleRow& schedule);
// With its occurrences and deliveries; its runs stay. False: there is none.
base::Result<bool> remove_schedule(Database& database, std::string_view id);
base::Result<std::optional<ScheduleRow>> find_schedule(Database& database, std::string_view id);
// The latest first; those before `before`, a number.
base::Result<std::vector<ScheduleRow>> list_schedules(Database& database,
                                                      std::optional<std::int64_t> before,
                                                      std::int64_t limit);
base::Result<std::int64_t> count_schedules(Database& database);
// Enabled ones that start by `now`, or were planned later than that.
base::Result<std::vector<ScheduleRow>> schedules_due(Database& database, base::Moment now);

enum class Outcome { started, skipped, missed, failed };
std::string_view name(Outcome outcome);

struct Occurrence {
  std::int64_t number = 0;
  std::string schedule{};
  std::optional<base::Moment> due_at{};  // none: asked for by hand
  base::Moment at{};
  Outcome outcome = Outcome::started;
  std::string reason{};
  std::optional<std::string> run{};
};

// Keeps what came of it, and the plan that follows, both or neither. For a time that was dealt with
// before, only the plan.
base::Status add_occurrence(Database& database, const Occurrence& occurrence,
                            const std::optional<Plan>& plan);
base::Status set_plan(Database& database, std::string_view schedule, const Plan& plan);
// Whether it was, by anything but being missed: a time that only a wrong clock passed may come yet.
base::Result<bool> was_dealt_with(Database& database, std::string_view schedule,
                                  base::Moment due_at);
// Its run that waits or runs, if there is one.
base::Result<std::optional<std::string>> unfinished_run(Database& database,
                                                        std::string_view schedule);
// The latest first; those before `before`, a number.
base::Result<std::vector<Occurrence>> list_occurrences(Database& database,
                                                       std::string_view schedule,
                                                       std::optional<std::int64_t> before,
                                                       std::int64_t limit);

// Whose run has ended, and of which nobody was told yet.
base::Result<std::vector<Occurrence>> untold_occurrences(Database& database, std::int64_t limit);

// The latest moment anything in the store is dated: a clock that shows less went back.
base::Result<base::Moment> latest_moment(Database& database);

// Takes out occurrences, and deliveries that do not wait, from before that moment.
base::Status forget_occurrences(Database& database, base::Moment moment);

}  // namespace insights::store
