// How a command ended, for scripts. The numbers are a promise: docs/reference/cli.md lists them.
#pragma once

#include <array>
#include <string_view>

#include "base/result.h"

namespace insights::cli {

enum class ExitCode {
  done = 0,
  failed = 1,
  usage = 2,
  refused = 3,
  partial = 4,
};

struct ExitCodeMeaning {
  ExitCode code;
  std::string_view meaning;
};

inline constexpr std::array exit_codes{
    ExitCodeMeaning{ExitCode::done, "done; verify: every value is the same"},
    ExitCodeMeaning{ExitCode::failed, "failed; verify: a value is wrong"},
    ExitCodeMeaning{ExitCode::usage, "the command, a flag or insights.toml is wrong"},
    ExitCodeMeaning{ExitCode::refused, "refused: what was asked for is not allowed"},
    ExitCodeMeaning{ExitCode::partial,
                    "done in part: stopped, or a budget was used up; verify: the data changed"},
};

inline ExitCode exit_code_of(base::ErrorKind kind) {
  using enum base::ErrorKind;
  switch (kind) {
    case refused:
      return ExitCode::refused;
    case invalid_input:
    case not_found:
    case timed_out:
    case unavailable:
    case disconnected:
    case cancelled:
      return ExitCode::failed;
  }
  std::unreachable();
}

}  // namespace insights::cli
