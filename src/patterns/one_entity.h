// The guard "one_entity": would a statement about a value hold without the customer (for a
// customer: the product) that carries most of it?
#pragma once

#include <functional>

#include "findings/claim.h"
#include "patterns/workspace.h"

namespace insights::patterns {

// Leaves out the entity with the largest sum of `weight` (rows when no_column) within the value,
// and asks `stands` whether the statement still holds over the rows that are kept. Downgraded when
// it does not, or when all rows are one entity's; not applicable when the rows belong to none.
findings::Guard one_entity_guard(const Workspace& workspace, std::size_t column,
                                 std::uint32_t value, std::size_t weight,
                                 const std::function<bool(const frame::Mask&)>& stands);

}  // namespace insights::patterns
