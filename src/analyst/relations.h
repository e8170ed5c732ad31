// What two candidates have to do with each other by what they are about and what they measure,
// whatever their rows are. Used by same_cause.cpp.
#pragma once

#include <cstddef>

#include "patterns/pattern.h"
#include "patterns/workspace.h"

namespace insights::analyst {

using patterns::absorbing_rank;
using patterns::Candidate;
using patterns::no_column;
using patterns::Workspace;

// One column and value (or values), within the same others.
bool same_rows(const Candidate& a, const Candidate& b);

// The same columns, whatever the values.
bool same_columns(const Candidate& a, const Candidate& b);

// Several values told together, one of which the other tells alone.
bool includes(const Candidate& several, const Candidate& one);

// Does `a` lead `b` when both tell the same?
bool leads(const Workspace& workspace, const Candidate& a, const Candidate& b);

// What it says of an association beside itself: a column that is neither of the two.
std::size_t outcome_of(const Candidate& candidate);

// Is the value one of those that the candidate is about?
bool mentions(const Candidate& candidate, const patterns::ValueOf& part);

// Less of the total, of the same rows.
bool is_fall_of(const Candidate& group, const Candidate& other);

// A customer gone that is so small beside the group that it is told with it.
bool is_small_part(const Candidate& group, const Candidate& other);

// One measure; or one is made of the other, as "target reached" of what reached it.
bool tell_one_thing(const Workspace& workspace, const Candidate& a, const Candidate& b);

// What became of a row is the end of a story, not its beginning.
bool is_outcome(const Workspace& workspace, const Candidate& candidate);

// How often something happens, or how long it takes: no reason for how much is sold, at what
// price and when. Returns are: they take sales back.
bool tells_how(const Workspace& workspace, const Candidate& candidate);

}  // namespace insights::analyst
