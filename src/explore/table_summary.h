// What a report says of a table it was made from.
#pragma once

#include "catalog/catalog.h"
#include "explore/run.h"

namespace insights::explore {

TableSummary summary_of(const catalog::Subject& subject);

}  // namespace insights::explore
