// Ids in reading order, so that they depend on nothing but the findings themselves.
#pragma once

#include <vector>

#include "findings/finding.h"

namespace insights::findings {

// The findings with ids "f-1", "f-2" ... in their order, and their queries "q1", "q2" ... by first
// mention; the same text of SQL has the same id throughout. Bindings and charts follow.
std::vector<Finding> renumbered(std::vector<Finding> findings);

}  // namespace insights::findings
