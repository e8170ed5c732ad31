// From flags, environment and file to one checked Config. Flags override the environment, which
// overrides the file, which overrides what is built in; but DATABASE_URL is only taken when neither
// flags nor file name a location.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/config.h"

namespace insights::config {

// A flag that was given, by the name of its key in config/keys.h.
struct Given {
  std::string key;
  std::vector<std::string> values;  // as typed; one or more
  std::string flag;                 // as typed: "--top"
};

using Environment = std::function<std::optional<std::string>(std::string_view name)>;

// The environment of this process.
std::optional<std::string> process_environment(std::string_view name);

struct LoadOptions {
  std::optional<std::string> file = {};  // none: "insights.toml" in `directory`, if there is one
  std::string directory = ".";
  std::vector<Given> given = {};
  Environment environment = process_environment;
};

// Errors: invalid_input (unknown key or section, wrong type, out of range, variable not set: which
// file and line, and what is meant), not_found (the file named does not exist), unavailable (it
// cannot be read).
base::Result<Config> load(const LoadOptions& options);

// One text of TOML into `config`. `file` is for messages and for what relative paths are relative
// to.
base::Status load_text(Config& config, const std::string& text, const std::string& file,
                       const Environment& environment);

// The text with each ${NAME} replaced by the variable's value; "$${" stands for "${". Errors:
// invalid_input, for a variable that is not set and for a "${" that is not closed.
base::Result<std::string> interpolated(const std::string& text, const Environment& environment);

}  // namespace insights::config
