// Customers kept from one span of time to the next, by where they belong. Used by retention*.cpp
// alone.
#pragma once

#include <string_view>
#include <vector>

#include "findings/claim.h"
#include "patterns/workspace.h"
#include "stats/proportion_tests.h"

namespace insights::patterns {

inline constexpr std::string_view retention_family = "retention";

// Two spans of equal length, one after the other; the second ends with the data.
struct RetentionSpans {
  base::Day first, second, end;  // [first, second), [second, end]
};

struct Retention {
  std::size_t customers = 0;  // column
  std::size_t column = 0;     // attribute of a customer
  std::uint32_t value = 0;
  RetentionSpans spans;
  stats::Proportion own, others;  // kept of active customers
};

// A customer that went quiet, in a table too small for a test: this many own gaps, and this many
// days.
inline constexpr double quiet_gaps_min = 3;
inline constexpr int quiet_days_min = 90;

findings::Claim state_retention(const Workspace& workspace, const Retention& found);
findings::Claim state_quiet_customers(const Workspace& workspace, const Retention& found);

}  // namespace insights::patterns
