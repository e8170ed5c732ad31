// The program. What is left to catch here: our own mistakes, and the end of memory.
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "base/ensure.h"
#include "cli/exit_code.h"
#include "cli/run_command.h"
#include "source/worker.h"

int main(int count, char** words) {
  using insights::cli::ExitCode;
  try {
    const std::vector<std::string> arguments(words + (count > 0 ? 1 : 0), words + count);
    // How a source starts this program for queries that somebody else wrote; not for people.
    if (arguments == std::vector<std::string>{insights::source::worker_word})
      return insights::source::run_worker();
    return std::to_underlying(insights::cli::run_command(arguments));
  } catch (const std::bad_alloc&) {
    std::fputs("insights: out of memory\n  Read less at once, or give the program more memory.\n",
               stderr);
  } catch (const insights::base::Bug& bug) {
    std::fprintf(stderr, "insights: a mistake of the program, please report it: %s\n", bug.what());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "insights: a mistake of the program, please report it: %s\n",
                 error.what());
  }
  return std::to_underlying(ExitCode::failed);
}
