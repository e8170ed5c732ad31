// What average_over_time looks at: one measure, or how often a flag is set, by period. Used by
// average_over_time*.cpp alone.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "findings/claim.h"
#include "patterns/course.h"
#include "patterns/follow_up.h"

namespace insights::patterns {

struct AverageCourse {
  std::size_t measure = 0;
  std::size_t column = no_column;  // no_column: everything
  std::uint32_t value = 0;
  FollowUp follow;
};

// Measures that are averaged and flags, without those that say nothing of their own over time:
// copies of an earlier one, and what belongs to an entity (it changes with the mix only).
std::vector<std::size_t> measures_over_time(const Workspace& workspace);

// Do several rows belong to one document (the lines of an order)? Then rows are not independent.
bool has_documents(const Workspace& workspace);

// The course over the kept rows.
Beside average_course(const Workspace& workspace, const AverageCourse& what,
                      const frame::Mask& kept);

std::string average_family(const catalog::Subject& subject, std::size_t column);

findings::Claim state_average(const Workspace& workspace, const AverageCourse& what,
                              const Move& move);

}  // namespace insights::patterns
