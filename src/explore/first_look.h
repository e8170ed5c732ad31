// Something to read while a large table is still being read: what a sample of its rows shows.
//
// Only kinds of finding whose numbers all come from the database and which do not hang on rare rows
// are looked for; each is proven on all rows before it is told (EarlyFinding). Nothing of it is
// published or counted: the run that follows reads everything, tests it anew and corrects for it.
#pragma once

#include <stop_token>

#include "catalog/read.h"
#include "explore/explore.h"
#include "findings/evidence.h"

namespace insights::explore {

// Does nothing when no table has `order.first_look.rows_min` rows. What fails here is not told: the
// run itself will fail on it, or do without.
//   source   counts what the sample and the proofs cost
//   reading  how the run will read its tables
//   reader   the run's: what it asks here it need not ask again
void take_first_look(source::Source& source, const Order& order, const Parts& parts,
                     catalog::ReadOptions reading, findings::EvidenceReader& reader,
                     std::stop_token stop);

}  // namespace insights::explore
