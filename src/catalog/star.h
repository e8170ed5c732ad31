// Joins fact tables to the tables they refer to, so that an attribute of a customer is an attribute
// of a sale.
#pragma once

#include <vector>

#include "catalog/catalog.h"

namespace insights::catalog {

// Finds references (a column of one table whose values are the unique key of another) by names and
// values, and adds the columns of the table referred to, to the table that refers. Only joins that
// give every row at most one partner are made, so that no measure can be counted twice. Tables
// referred to and without a time of their own are then no subjects themselves; the others stay.
// Inferred joins are noted as such.
std::vector<Subject> join_stars(std::vector<Subject> subjects);

}  // namespace insights::catalog
