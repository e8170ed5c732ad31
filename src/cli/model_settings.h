// The language model that the settings name.
#pragma once

#include "config/config.h"
#include "llm/settings.h"

namespace insights::cli {

// A key goes only where it belongs: OpenAI's never to Anthropic, Anthropic's to nobody else.
// Nothing is sent or opened; `sent` is for the caller to set. Error: invalid_input, for a header
// that is not "Name: value".
base::Result<llm::Settings> model_settings(const config::Config& config);

// Whether they ask for a language model, or name one in passing: then it is worth a probe.
bool names_a_model(const config::Config& config);

}  // namespace insights::cli
