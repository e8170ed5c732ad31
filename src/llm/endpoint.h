// Where a request goes, and what stands above its body.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "http/client.h"
#include "llm/settings.h"

namespace insights::llm {

struct Endpoint {
  Protocol protocol = Protocol::openai;  // never automatic
  std::string host;
  std::string ask_url;      // answers conversations
  std::string compact_url;  // "" where there is none
  std::string models_url;   // lists models
  std::string root_url;     // without "/v1": where servers tell about themselves
  std::vector<http::Header> headers;
  bool is_openai = false;  // OpenAI itself, or Azure
  bool is_azure = false;
};

// Errors: invalid_input, when no model is named, or the base URL is none.
base::Result<Endpoint> endpoint_of(const Settings& settings);

// The model that is asked for: the one named, or the default of the protocol; "" when there is
// none.
std::string model_of(const Settings& settings);

}  // namespace insights::llm
