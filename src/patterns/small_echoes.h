// In a small table facts are described, not tested, and a fact about few rows shows again in every
// larger group that holds them. Such echoes are dropped where they are found: facts explain nothing
// later on.
#pragma once

#include <vector>

#include "patterns/pattern.h"

namespace insights::patterns {

// Takes `material` back from each candidate that would not be without the rows of another material
// one that has fewer rows. Two of the same rows both stay: they are told once later.
void drop_echoes(const Workspace& workspace, std::vector<Candidate>& candidates);

}  // namespace insights::patterns
