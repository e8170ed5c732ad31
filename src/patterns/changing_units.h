// Units that come and go: batches live for half a year, campaigns for a month. Where the units
// behind a value are others after a change than before it, the change is made of the draw of units,
// and a smooth line through many rows proves nothing.
#pragma once

#include "patterns/movement.h"
#include "patterns/workspace.h"

namespace insights::patterns {

// The chance that so many more, or fewer, of the units are of that value after a movement than
// before it: Fisher's exact test over units (workspace.unit_of), which rows cannot inflate,
// times the places the change could have been at. 0 when
// rows are the unit, when the value is a thing with a life of its own (a product, whatever its
// batches), or when most of what the value has comes from units that were there on both
// sides: then the movement's own test is the one that counts.
double chance_of_new_units(const Workspace& workspace, std::size_t column, std::uint32_t value,
                           const Stretches& stretches);

}  // namespace insights::patterns
