// What a person wrote in a metadata file, put over what was inferred.
#pragma once

#include "catalog/catalog.h"
#include "catalog/metadata.h"
#include "catalog/structure.h"
#include "catalog/vocabulary.h"

namespace insights::catalog {

// Overrides roles, kinds, units and names of the columns. What cannot be placed (a column, role or
// kind that does not exist, a role that the values do not fit) is left out, and a note of the
// subject says so, with the nearest name.
void apply_metadata(Subject& subject, const TableMetadata& metadata, const Vocabulary& vocabulary);

// The rows that the metadata's `return_value` marks; nullopt when it gives none or none that occurs
// (a note then says so). Goes after give_codes.
std::optional<SignMarker> told_return_marker(Subject& subject);

}  // namespace insights::catalog
