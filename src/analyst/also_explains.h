// What else a cause explains, told with it: "It also explains "Hills: average order 120, ..."."
#pragma once

#include "findings/claim.h"

namespace insights::analyst {

// Adds the echo's title to the claim's summary as a sentence of its own, with the values and the
// evidence queries that bear it out under names that begin with `prefix` (letters). Returns false,
// and changes nothing, when the sentence might not fit in.
bool tell_echo(findings::Claim& claim, const findings::Claim& echo, std::string_view prefix);

}  // namespace insights::analyst
