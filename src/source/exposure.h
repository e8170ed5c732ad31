// The last step before a run sees a table: a view in which every column has a type the program can
// count with.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "source/parts.h"
#include "source/staging.h"

namespace insights::source {

// Makes the view of a planned table.
//   NaN and infinite numbers, and dates and moments outside of the years 1 to 9999, become null,
//   with a note UBIGINT, HUGEINT and UHUGEINT become BIGINT when all values fit, else DOUBLE ENUM
//   and everything that is no number, date, text or truth value becomes VARCHAR
base::Result<Table> expose(const TablePlan& plan, Staging& staging,
                           std::vector<std::string>& notes);

}  // namespace insights::source
