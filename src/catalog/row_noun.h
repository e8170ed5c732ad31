// What a table's rows are called: "incident" where its name says so, "visit" where each row of
// visits has a visit_id of its own.
#pragma once

#include <string>

#include "catalog/catalog.h"
#include "catalog/vocabulary.h"

namespace insights::catalog {

// One row, in the singular; "row" where neither the table's name nor its key says more.
std::string noun_of_rows(const Subject& subject, const Vocabulary& vocabulary);

}  // namespace insights::catalog
