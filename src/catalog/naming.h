// What sentences call the columns and rows of a table: "quantity" for a column named qty,
// "payment time" of so many days for payment_days, "invoice line" for a row of an invoice that has
// several.
#pragma once

#include "catalog/catalog.h"

namespace insights::catalog {

// Writes the labels that metadata did not give, the nouns of columns and of the rows, and the unit
// of a duration whose name tells it. Abbreviations are the vocabulary's; a name of one short word
// that it does not know is called by its description, if that is as short as a name. Of measures
// that would be called alike the main money keeps the plain name; the others have their column's
// after it: "net sales (net2)".
void name_for_people(Subject& subject, const Vocabulary& vocabulary);

}  // namespace insights::catalog
