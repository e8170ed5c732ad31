// Durations that could not be seen to their end. A case opened a week before the data ends can only
// have taken a week, or is still open and has no duration at all: the latest cases look short. Told
// by the day a case ended, the earliest ones look short for the same reason, and the latest ones
// long: the short ones that would end then had not begun when the table was made.
#pragma once

#include <optional>
#include <string>

#include "patterns/workspace.h"

namespace insights::patterns {

struct FollowUp {
  bool is_duration = false;
  std::size_t first = 0, end = 0;  // periods whose cases could be seen to their end, [first, end)
  // Where too few periods are left, all are looked at, and only what the missing cases would make
  // larger still is believed: a rise (told by the start), a fall (told by the end).
  bool rises_only = false, falls_only = false;
  bool is_trimmed = false;

  bool allows(bool rises) const { return rises ? !falls_only : !rises_only; }
};

// Of a measure over the periods of the workspace (count > 0). A period is kept when both the short
// and the long cases of it (shorter or longer than nine of ten) could be in the table.
FollowUp follow_up_of(const Workspace& workspace, std::size_t measure);

// Are rows missing near the end because they are written down only when they are over? True when a
// duration by the start could not be seen to its end. Then a fall of their number proves nothing.
bool late_rows_may_be_missing(const Workspace& workspace);

}  // namespace insights::patterns
