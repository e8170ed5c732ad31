// What a model is told before it begins: prompt files, with what is known of the database put in.
#pragma once

#include <string>

#include "agent/settings.h"
#include "analyst/analyst.h"
#include "base/result.h"
#include "tools/session.h"

namespace insights::agent {

struct Prompt {
  std::string system;   // the same bytes in every request of a run
  std::string opening;  // the first message
};

// From system.md and opening.md of the settings' directory, or the built-in ones. {{name}} is
// replaced; what comes from outside is cleaned, cut and stands in a block of data. Errors:
// not_found, invalid_input (a hole that is not known: which, in which file).
base::Result<Prompt> prompt_of(const Settings& settings, const analyst::Brief& brief,
                               const analyst::Database& database, tools::Session& session);

}  // namespace insights::agent
