// What open() needs to know to speak with a model.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/client.h"
#include "llm/model.h"

namespace insights::llm {

// The wire format. `automatic` tells by address, model and key.
enum class Protocol { automatic, openai, chat, anthropic };

struct Settings {
  Protocol protocol = Protocol::automatic;
  std::string base_url = {};               // "https://api.openai.com/v1"; "" = that of the protocol
  std::string key = {};                    // secret; "" = none is sent
  std::string model = {};                  // "" = gpt-5.2 for OpenAI; elsewhere it must be named
  std::string api_version = {};            // Azure's, for its dated addresses; "" = none
  std::vector<http::Header> headers = {};  // further ones; their values are secret
  std::optional<Effort> effort = std::nullopt;  // none: what the table of models says
  std::int64_t context_tokens = 0;              // 0 = what the table of models says
  std::string models_file = {};  // a table of models of one's own, before the built-in one
  int retries_max = 4;
  std::chrono::milliseconds connect_max{10'000};
  std::chrono::milliseconds request_max{1'200'000};  // for an answer, of one attempt
  std::chrono::milliseconds idle_max{600'000};       // a model may think in silence
  SendingSink sent = {};                             // told of every body before it leaves
};

}  // namespace insights::llm
