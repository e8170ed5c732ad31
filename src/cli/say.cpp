#include "cli/say.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "config/load.h"

namespace insights::cli {
namespace {

constexpr std::size_t message_characters_max = 2000;

std::string terminal_name() { return config::process_environment("TERM").value_or(""); }

}  // namespace

void say_error(const base::Error& error) {
  auto text = fmt::format("insights: {}\n",
                          one_line(config::redacted(error.message), message_characters_max));
  if (!error.hint.empty()) {
    text += fmt::format("  {}\n", one_line(config::redacted(error.hint), message_characters_max));
  }
  std::fputs(text.c_str(), stderr);
}

ExitCode usage_error(const base::Error& error) {
  say_error(error);
  return ExitCode::usage;
}

base::Error nothing_named(std::string_view command) {
  return {base::ErrorKind::invalid_input, fmt::format("{} needs something to read", command),
          fmt::format("Name a file, a directory or a database: insights {} sales.csv", command)};
}

ProgressStyle progress_style(const config::Config& config) {
  if (config.quiet) return ProgressStyle::quiet;
  if (config.verbose) return ProgressStyle::plain;
  const bool can_redraw = isatty(STDERR_FILENO) == 1 && terminal_name() != "dumb";
  return can_redraw ? ProgressStyle::line : ProgressStyle::remarks;
}

Look standard_output_look(const config::Config& config) {
  Look look;
  const bool is_terminal = isatty(STDOUT_FILENO) == 1;
  const auto name = terminal_name();
  switch (config.colour) {
    case config::ColourUse::always:
      look.color = true;
      break;
    case config::ColourUse::never:
      look.color = false;
      break;
    case config::ColourUse::automatic:
      look.color = is_terminal && name != "dumb";
      break;
  }
  if (!is_terminal) return look;
  look.unicode = name != "dumb" && name != "linux";
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    look.width = std::clamp<int>(size.ws_col, 40, 100);
  }
  return look;
}

}  // namespace insights::cli
