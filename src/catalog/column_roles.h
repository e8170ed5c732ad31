// The first step of understand(): what each column is by its name and its own values.
#pragma once

#include "catalog/catalog.h"
#include "catalog/vocabulary.h"

namespace insights::catalog {

// Role, kind, unit, label, noun and reason of one column, from its values in `column` and its name.
// Fills everything of Column but table, sql and exact_sql.
Column column_role(const frame::Column& column, std::size_t rows, const Vocabulary& vocabulary);

}  // namespace insights::catalog
