// Gives every column of one table its role, kind, unit and names, each with the reason.
#pragma once

#include "base/result.h"
#include "catalog/catalog.h"
#include "catalog/metadata.h"
#include "catalog/vocabulary.h"
#include "source/source.h"

namespace insights::catalog {

// A Subject of one table, with roles, structure (chain, identities, returns, dependencies) and
// derived columns. `frame` must have the columns of `table`, in order. Notes tell what metadata did
// not fit.
Subject understand(const source::Table& table, frame::Frame frame, const Vocabulary& vocabulary,
                   const TableMetadata& metadata);

// A currency's ISO code for "INR", "inr", "₹", "US$" ...; empty when the text is none.
std::string currency_of(std::string_view unit);

}  // namespace insights::catalog
