// Whether a statement gives the same for the same data, whenever it is asked.
#pragma once

#include "sql/gate.h"

namespace insights::sql {

// False for a text in which a word stands that asks the clock or chance (now, current_date, random,
// uuid, TABLESAMPLE ...), wherever it stands: a column of such a name counts, too. Views are judged
// by who knows them (source::Table::is_view).
bool is_repeatable(const CheckedQuery& query);

}  // namespace insights::sql
