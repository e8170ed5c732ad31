// What earlier runs left for the next one: readers' rules and votes, and what was found before.
#pragma once

#include <string>

#include "analyst/analyst.h"
#include "base/result.h"
#include "config/config.h"

namespace insights::cli {

// The data by which findings are followed from run to run, without secrets.
std::string subject_of(const config::Config& config);

// The file of --rules, if one is named. Error: not_found, unavailable, invalid_input.
base::Result<findings::Feedback> rules_of(const config::Config& config);

// What the brief of a run that is kept in the store knows: that file's rules and votes, those of
// the store, and the findings of earlier runs over the same data. The file's rules are told apart
// by "file-" before their ids.
base::Status remember(const config::Config& config, analyst::Brief& brief);

}  // namespace insights::cli
