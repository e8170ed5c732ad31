// Ctrl-C and SIGTERM: the first asks the run to stop and to report what is proven, the second ends
// the program.
#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

namespace insights::cli {

// While it lives, SIGINT and SIGTERM go to a thread of its own; nothing runs inside a signal
// handler. To be made before any other thread is started, since threads inherit which signals they
// are spared. On the second signal the program exits at once, with 128 + its number.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // Callbacks on it run in that thread.
  std::stop_token token() const { return source_.get_token(); }

 private:
  void wait();

  std::stop_source source_;
  std::atomic<bool> closing_ = false;
  std::thread thread_;
};

}  // namespace insights::cli
