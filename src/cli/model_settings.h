// The language model that the settings name.
#pragma once

#include "config/config.h"
#include "llm/settings.h"

namespace insights::cli {

// A key goes only where it belongs: OpenAI's never to Anthropic, Anthropic's to nobody else.
// Nothing is sent or opened; `sent` is for the caller to set. Error: invalid_input, for a header
// that is not "Name: value".
base::Result<llm::Settings> model_settings(const config::Config& config);

// Error (invalid_input) when the provider's own server would be asked without a key: it would only
// say no. Servers of one's own need none.
base::Status check_key(const llm::Settings& settings);

// Whether they ask for a language model: by the analyst, or by naming one in a file or a flag. That
// a variable holds a key is no reason to call anybody.
bool names_a_model(const config::Config& config);

}  // namespace insights::cli
