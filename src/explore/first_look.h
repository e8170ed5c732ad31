// Something to read while a large table is still being searched: what a sample of its rows shows.
//
// Only kinds of finding whose numbers all come from the database and which do not hang on rare rows
// are looked for; each is proven on all rows before it is told (EarlyFinding). Nothing of it is
// published or counted: the run that follows looks at everything, and corrects for it. The sample
// is drawn from the rows in memory: to draw one evenly, an engine reads the whole table once more.
#pragma once

#include <stop_token>

#include "catalog/catalog.h"
#include "explore/explore.h"
#include "findings/evidence.h"

namespace insights::explore {

// Does nothing when no table has `order.first_look.rows_min` rows. What fails here is not told: the
// run itself will fail on it, or do without.
//   catalog  is unchanged when this returns; meanwhile its rows may step aside
//   reader   the run's: what it asks here it need not ask again
void take_first_look(catalog::Catalog& catalog, const Order& order, const Parts& parts,
                     findings::EvidenceReader& reader, std::stop_token stop);

}  // namespace insights::explore
