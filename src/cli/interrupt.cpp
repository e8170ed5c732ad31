#include "cli/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

namespace insights::cli {
namespace {

sigset_t watched_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

Interrupt::Interrupt() {
  const auto signals = watched_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::thread([this] { wait(); });
}

Interrupt::~Interrupt() {
  closing_ = true;
  pthread_kill(thread_.native_handle(), SIGINT);  // wakes sigwait
  thread_.join();
  const auto signals = watched_signals();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void Interrupt::wait() {
  const auto signals = watched_signals();
  int number = 0;
  while (sigwait(&signals, &number) == 0 && !closing_) {
    if (source_.stop_requested()) _exit(128 + number);
    source_.request_stop();
  }
}

}  // namespace insights::cli
