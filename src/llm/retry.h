// Whether and when a request that failed is sent again. The policy is that of OpenAI's own client
// (openai-python, _base_client.py), with longer waits where a provider says it is overloaded.
#pragma once

#include <chrono>
#include <optional>

#include "llm/provider_error.h"

namespace insights::llm {

// How long to wait before the request is sent again; nothing: it is not. A wait that the provider
// asks for is kept up to two minutes; one that is longer ends the matter.
//   retry   0 for the first
//   jitter  [0, 1], takes up to a quarter off a wait of our own
std::optional<std::chrono::milliseconds> wait_before_retry(
    const ProviderError& error, int retry, double jitter,
    std::chrono::system_clock::time_point now);

}  // namespace insights::llm
