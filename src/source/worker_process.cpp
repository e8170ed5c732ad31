#include "source/worker_process.h"

#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "source/worker_messages.h"

namespace insights::source {

namespace {

constexpr std::chrono::milliseconds look_interval{20};  // how soon a stop is noticed

// Nothing of ours but what a process needs to run. One arena, because each takes address space.
std::vector<std::string> environment() {
  std::vector<std::string> variables{"MALLOC_ARENA_MAX=1", "TZ=UTC"};
  for (const auto* name : {"PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "ASAN_OPTIONS",
                           "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name))
      variables.push_back(fmt::format("{}={}", name, value));
  }
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

base::Result<WorkerProcess> WorkerProcess::start(const std::vector<std::string>& command) {
  std::array<int, 2> ends{-1, -1};
  const auto failed = [&](int error) {
    for (const int end : ends) {
      if (end >= 0) ::close(end);
    }
    return base::fail(base::ErrorKind::unavailable,
                      fmt::format("the worker process did not start: {}", std::strerror(error)));
  };
  if (command.empty()) return failed(ENOENT);
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return failed(errno);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  auto words = command;
  auto variables = environment();
  pid_t process = -1;
  const int error = posix_spawn(&process, words.front().c_str(), &actions, &attributes,
                                pointers(words).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return failed(error);
  ::close(ends[1]);
  return WorkerProcess(process, ends[0]);
}

WorkerProcess::WorkerProcess(WorkerProcess&& other) noexcept
    : process_(std::exchange(other.process_, -1)), line_(std::exchange(other.line_, -1)) {}

WorkerProcess::~WorkerProcess() {
  if (line_ >= 0) ::close(line_);
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool WorkerProcess::send(std::string_view message) { return write_message(line_, message); }

std::expected<void, WorkerProcess::Silence> WorkerProcess::read(char* bytes, std::size_t size,
                                                                Deadline deadline,
                                                                const std::stop_token& stop) const {
  while (size > 0) {
    if (stop.stop_requested()) return std::unexpected(Silence::stopped);
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return std::unexpected(Silence::timed_out);
    pollfd waited{line_, POLLIN, 0};
    const int ready = ::poll(&waited, 1, static_cast<int>(std::min(left, look_interval).count()));
    if (ready <= 0) continue;
    const auto got = ::read(line_, bytes, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::unexpected(Silence::ended);
    bytes += got;
    size -= static_cast<std::size_t>(got);
  }
  return {};
}

std::expected<std::string, WorkerProcess::Silence> WorkerProcess::receive(
    Deadline deadline, const std::stop_token& stop) {
  std::uint32_t size = 0;
  TRY(read(reinterpret_cast<char*>(&size), sizeof(size), deadline, stop));
  if (size > message_bytes_max) return std::unexpected(Silence::ended);
  std::string message(size, '\0');
  TRY(read(message.data(), message.size(), deadline, stop));
  return message;
}

}  // namespace insights::source
