#include "cli/interrupt.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

using namespace insights::cli;

namespace {

bool is_stopped_soon(const std::stop_token& token) {
  for (int i = 0; i < 500 && !token.stop_requested(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return token.stop_requested();
}

// Runs `act` in a child process under an Interrupt; gives back how the child ended.
template <class Act>
int exit_status_of(Act act) {
  const auto child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const Interrupt interrupt;
    act(interrupt);
    _exit(77);
  }
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("without a signal nothing is stopped") {
  const Interrupt interrupt;
  CHECK(!interrupt.token().stop_requested());
}

TEST_CASE("the first signal requests a stop, and callbacks on the token run") {
  for (const int number : {SIGINT, SIGTERM}) {
    std::atomic<bool> told = false;
    const Interrupt interrupt;
    const std::stop_callback callback(interrupt.token(), [&] { told = true; });
    kill(getpid(), number);
    CHECK(is_stopped_soon(interrupt.token()));
    for (int i = 0; i < 500 && !told; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(told);
  }
}

TEST_CASE("the second signal ends the program at once, with 128 + its number") {
  const auto twice = [](int number) {
    return exit_status_of([number](const Interrupt& interrupt) {
      kill(getpid(), SIGINT);
      if (!is_stopped_soon(interrupt.token())) _exit(78);
      kill(getpid(), number);
      std::this_thread::sleep_for(std::chrono::seconds(10));
    });
  };
  CHECK(twice(SIGINT) == 130);
  CHECK(twice(SIGTERM) == 143);
}

TEST_CASE("threads started under an interrupt leave signals to it") {
  CHECK(exit_status_of([](const Interrupt& interrupt) {
          std::jthread busy([](const std::stop_token& stop) {
            while (!stop.stop_requested())
              std::this_thread::sleep_for(std::chrono::milliseconds(1));
          });
          kill(getpid(), SIGINT);
          if (!is_stopped_soon(interrupt.token())) _exit(78);
        }) == 77);
}
