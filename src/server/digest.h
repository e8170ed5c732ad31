// What a webhook is told of a run: how it ended and what it changed.
#pragma once

#include <string>
#include <vector>

#include "base/calendar.h"
#include "store/changes.h"
#include "store/runs.h"
#include "store/schedules.h"

namespace insights::server {

inline constexpr std::size_t digest_changes_max = 200;

// JSON in the form of Standard Webhooks: type, timestamp, data. The first digest_changes_max
// changes are told; how many there are of each kind is told of all.
std::string digest_json(const store::ScheduleRow& schedule, const store::RunRow& run,
                        const std::vector<store::Change>& changes, base::Moment at);

// Whether there is something to tell. With only_if_changed, a run that went well and changed
// nothing has nothing to tell.
bool is_worth_telling(const store::ScheduleRow& schedule, const store::RunRow& run,
                      const std::vector<store::Change>& changes);

}  // namespace insights::server
