// One attempt: a body goes out, an answer comes in, in any of the three formats, as a stream or
// whole.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "http/client.h"
#include "llm/endpoint.h"
#include "llm/reading.h"
#include "llm/settings.h"

namespace insights::llm {

struct Exchange {
  Reading reading;
  std::int64_t bytes_received = 0;
};

// Sends `body` to `endpoint.ask_url`. `calls_before`: tool calls that the conversation holds. An
// answer that was cut has an estimated usage of what came.
Exchange exchange(http::Client& client, const Endpoint& endpoint, const Settings& settings,
                  const std::string& body, std::int64_t calls_before, const ProgressSink& progress,
                  std::stop_token stop);

// Sends `body` ("" = GET) to `url`; the answer whole, which must be JSON.
std::expected<Json, ProviderError> fetch(http::Client& client, const Endpoint& endpoint,
                                         const Settings& settings, const std::string& url,
                                         const std::string& body, std::stop_token stop);

}  // namespace insights::llm
