// A child process whose standard input and output are a line to us, which is killed when its time
// is up.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <expected>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace insights::source {

// Not for use by two threads at once.
class WorkerProcess {
 public:
  // Starts the command, with an environment of its own. Error: unavailable.
  static base::Result<WorkerProcess> start(const std::vector<std::string>& command);
  WorkerProcess(WorkerProcess&& other) noexcept;
  WorkerProcess& operator=(WorkerProcess&&) = delete;
  ~WorkerProcess();  // kills it

  bool send(std::string_view message);

  // Why there is no message.
  enum class Silence { ended, timed_out, stopped };
  using Deadline = std::chrono::steady_clock::time_point;
  // The next message. After any silence the process is of no use any more.
  std::expected<std::string, Silence> receive(Deadline deadline, const std::stop_token& stop);

 private:
  WorkerProcess(pid_t process, int line) : process_(process), line_(line) {}
  std::expected<void, Silence> read(char* bytes, std::size_t size, Deadline deadline,
                                    const std::stop_token& stop) const;

  pid_t process_ = -1;
  int line_ = -1;  // our end of a pair of sockets
};

}  // namespace insights::source
