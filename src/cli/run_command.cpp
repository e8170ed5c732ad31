#include "cli/run_command.h"

#include <cstdio>
#include <variant>

#include "cli/command_line.h"
#include "cli/output.h"
#include "cli/say.h"
#include "config/load.h"

namespace insights::cli {
namespace {

base::Result<config::Config> settings_for(const Invocation& invocation) {
  if (!invocation.command->takes_config) return config::Config{};
  return config::load(invocation.settings);
}

ExitCode give(const Answer& answer) {
  if (answer.code == ExitCode::done) {
    if (const auto written = write_standard_output(answer.text); !written) {
      say_error(written.error());
      return ExitCode::failed;
    }
  } else {
    std::fputs(answer.text.c_str(), stderr);
  }
  return answer.code;
}

}  // namespace

ExitCode run_command(const std::vector<std::string>& words) {
  const auto understood = understand(words);
  if (const auto* answer = std::get_if<Answer>(&understood)) return give(*answer);
  const auto& invocation = std::get<Invocation>(understood);
  const auto config = settings_for(invocation);
  if (!config) return usage_error(config.error());
  const auto code = invocation.command->run(invocation, *config);
  if (code) return *code;
  say_error(code.error());
  return exit_code_of(code.error().kind);
}

}  // namespace insights::cli
