// Columns that a table does not have but says: an amount from quantity and price, durations between
// two dates, what became of a row, whether it reached its target.
//
// A derived column is a formula over columns of its row: `sql` for the evidence, the same numbers
// in the frame. Patterns use it like any other measure or flag.
#pragma once

#include <vector>

#include "catalog/catalog.h"
#include "catalog/vocabulary.h"

namespace insights::catalog {

// Appends a numeric column, [rows] values (NaN = null), with its profile.
void add_derived(Subject& subject, Column column, std::vector<double> values);

// Quantity and price without their product: the product is the money.
void derive_money(Subject& subject);

// For two date columns, one of which is never before the other: the time between them, in days, or
// in hours when it is mostly short.
void derive_durations(Subject& subject, const Vocabulary& vocabulary);

// A flag for each value of a status column that is good or bad news ("declined"), and for a number
// beside its target ("reached its target"), unless the table has that flag.
void derive_events(Subject& subject, const Vocabulary& vocabulary);

}  // namespace insights::catalog
