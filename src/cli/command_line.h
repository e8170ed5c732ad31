// What was typed, understood: an Invocation, or a text to print instead. The one room for CLI11.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/commands.h"
#include "cli/exit_code.h"

namespace insights::cli {

// --help, --version, or an error of usage.
struct Answer {
  ExitCode code = ExitCode::done;  // usage: the text goes to standard error
  std::string text;
};

// `words` without the program's own name.
std::variant<Invocation, Answer> understand(const std::vector<std::string>& words);

}  // namespace insights::cli
