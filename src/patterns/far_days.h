// Days of the time column that lie far from all others: the default of an entry form, a typing
// error. They are told (impossible_values), and are no part of any rhythm.
#pragma once

#include "catalog/catalog.h"

namespace insights::patterns {

struct FarDays {
  double rows = 0;
  base::Day low, high;         // the usual span with its slack: what lies outside is far
  base::Day earliest, latest;  // of the far ones
  base::Day first, last;       // of the others
  bool is_far(std::int32_t day) const {
    return rows > 0 && (day < low.since_epoch || day > high.since_epoch);
  }
};

// None where they would be more than one row in twenty: then they are meant. Without any, or
// without a time column, `first` and `last` are the subject's.
FarDays far_days(const catalog::Subject& subject);

}  // namespace insights::patterns
