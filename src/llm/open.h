// The door of this room: a model, by its settings.
#pragma once

#include <memory>

#include "base/result.h"
#include "llm/model.h"
#include "llm/settings.h"

namespace insights::llm {

// Nothing is sent yet. Errors: invalid_input (no model named where there is no default, a base URL
// that is none, a header with a line break), and those of the table of models.
base::Result<std::unique_ptr<Model>> open(const Settings& settings);

}  // namespace insights::llm
