// What the catalog understood, for a person (`insights schema`) and for programs (`insights schema
// --json`).
#pragma once

#include <string>

#include "catalog/catalog.h"
#include "catalog/personal.h"

namespace insights::catalog {

// Plain text, one block a table: role, kind, unit and the reason of each column, keys, chain,
// returns, joins; and which columns are personal.
std::string describe(const Catalog& catalog, const PersonalColumns& personal);

// The same as one JSON document.
std::string describe_json(const Catalog& catalog, const PersonalColumns& personal);

}  // namespace insights::catalog
