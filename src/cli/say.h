// Words to the person at the terminal, on standard error, and what is known about that terminal.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/exit_code.h"
#include "cli/progress.h"
#include "config/config.h"

namespace insights::cli {

// "insights: message", and the hint below it. Passwords and control characters are taken out.
void say_error(const base::Error& error);

// The same, for what is wrong with the command or the settings.
ExitCode usage_error(const base::Error& error);

// "explore needs something to read", and what to write.
base::Error nothing_named(std::string_view command);

// How a run shows what it is doing.
ProgressStyle progress_style(const config::Config& config);

// How a report on standard output should look.
struct Look {
  bool color = false;
  bool unicode = true;
  int width = 80;
};
Look standard_output_look(const config::Config& config);

}  // namespace insights::cli
