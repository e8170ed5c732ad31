// One cause, one finding: which accepted candidates are the same thing seen in another column, or
// an echo of another.
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <vector>

#include "patterns/pattern.h"

namespace insights::analyst {

struct Cause {
  std::size_t of = 0;  // place of the candidate that stays
  bool echo = false;   // true: explained by its rows; false: the same rows or the same entity
};

// For each accepted candidate (same subject; places as in the input): nothing when it stands by
// itself, else who stands for it.
//
// 1. Same rows: two values of two columns that cover (nearly) the same rows, same pattern: the
// column whose kind
//    ranks higher leads, then the one with more values.
// 2. Same entity, several patterns: a customer gone silent absorbs its trends; of others the one
// with most impact stays
//    for each measure family.
// 3. Same association: that the values of two columns go together is told once for the pair; a rate
// that this turns round leads.
//    What is rare in a group is not told beside the event that is frequent there instead.
// 4. Levels and nested mixes: whose average rose is above the others' because it rose, when it was
//    like them before; and a mix within another's rows is told where it stands out among them, too.
// 5. Echo (explain-away): A explains B when B is no longer accepted without A's rows, and A still
// is without B's
//    rows or A is the smaller one; and B is without as many rows of any kind, drawn at random (what
//    falls for want of rows is not explained); and B does not stand out among A's own rows.
// 6. Losses: a group that lost many customers stands for its own fall, when that is not accepted
//    without their rows, and for those of them that are small beside what it lost.
// 7. One movement: that the total changed is told with what made it; a value that made all of the
//    change is not told a second time for that, nor are the best months of a level that moved.
std::vector<std::optional<Cause>> same_causes(
    const patterns::Workspace& workspace, const std::vector<const patterns::Candidate*>& accepted,
    int threads, std::stop_token stop);

}  // namespace insights::analyst
