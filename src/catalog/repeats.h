// Tables that hold the same rows: a view of a table, one export saved in two formats.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"

namespace insights::catalog {

// Leaves out each subject all of whose columns another one holds too, with the same values as
// often, in as many rows: what is found in the one would be told again for the other, and its money
// counted twice. Of two that are equal the first stays. The subject that stays says so in a note.
std::vector<Subject> without_repeats(std::vector<Subject> subjects);

}  // namespace insights::catalog
