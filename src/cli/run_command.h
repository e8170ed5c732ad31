// One command line from its words to its exit code.
#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.h"

namespace insights::cli {

// `words` without the program's own name. Says on standard error what went wrong.
ExitCode run_command(const std::vector<std::string>& words);

}  // namespace insights::cli
