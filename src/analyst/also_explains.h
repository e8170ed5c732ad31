// What else a cause explains, told with it: "It also explains "Hills: average order 120, ..."."
#pragma once

#include "findings/claim.h"

namespace insights::analyst {

// Adds the echo's title to the claim's summary as a sentence of its own, with the values and the
// evidence queries that bear it out under names that begin with `prefix` (letters). Returns false,
// and changes nothing, when the sentence might not fit in.
bool tell_echo(findings::Claim& claim, const findings::Claim& echo, std::string_view prefix);

// Adds a sentence of another claim (a template over its values) to the claim's summary, with what
// bears it out under names that begin with `prefix`. Returns false, and changes nothing, when a
// hole of the sentence has no value.
bool add_sentence(findings::Claim& claim, const findings::Claim& other, std::string_view sentence,
                  std::string_view prefix);

}  // namespace insights::analyst
