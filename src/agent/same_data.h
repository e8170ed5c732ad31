// Whether a run that is taken up again still looks at the data it began with.
#pragma once

#include <span>
#include <stop_token>
#include <string>

#include "analyst/analyst.h"
#include "source/source.h"

namespace insights::agent {

// Identifies what was read: the source's own digest, or, where the source has none (a large table
// of a server), one of the profiles of all columns that were loaded: rows, nulls, distinct values,
// least and greatest, zeros and negatives. The second does not see a change that leaves all of
// these as they were; a finding whose cells changed is still not confirmed.
std::string data_digest(source::Source& source, std::span<const analyst::Prepared> subjects,
                        std::stop_token stop);

// The second alone, hexadecimal; rows in another order give the same.
std::string profile_digest(std::span<const analyst::Prepared> subjects);

}  // namespace insights::agent
