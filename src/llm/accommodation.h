// What a refusal teaches about an endpoint. Servers that follow an API leave parts of it out; what
// we could do without is left out from then on, and the request is sent once more.
#pragma once

#include <optional>
#include <string>

#include "llm/asking.h"
#include "llm/provider_error.h"
#include "llm/settings.h"

namespace insights::llm {

struct Accommodation {
  Asking asking;     // as it is from now on
  std::string note;  // for the user
};

// Nothing when the error is of another kind, or all that it names was given up already.
std::optional<Accommodation> accommodate(const ProviderError& error, Protocol protocol,
                                         const Asking& asking);

}  // namespace insights::llm
