// What one run changed: of the findings in its report those that are not as they were before, and
// those it resolved.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/findings.h"

namespace insights::store {

struct Change {
  std::int64_t finding = 0;
  FindingState change = FindingState::is_new;  // new, worse, better, back or resolved
  std::string pattern, title;
  Stake now;                    // of a resolved one: what was at stake when it was last seen
  std::optional<Stake> before;  // what the run that saw it last before this one said
  bool operator==(const Change&) const = default;
};

// In the order of the report; resolved ones at the end. Left out: what is as it was, what a run
// proved and did not report, and what sleeps at that moment. Error not_found: no such run.
base::Result<std::vector<Change>> changes_of(Database& database, std::string_view run,
                                             base::Moment awake_at);

}  // namespace insights::store
