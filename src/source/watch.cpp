#include "source/watch.h"

#include <fmt/format.h>

#include <algorithm>

namespace insights::source {

namespace {

constexpr std::chrono::milliseconds time_ceiling = std::chrono::hours{24 * 365};
constexpr std::chrono::milliseconds interrupt_interval{20};

}  // namespace

Watch::Watch(const engine::Connection& connection, const Patience& patience)
    : connection_(connection),
      patience_(patience),
      deadline_(std::chrono::steady_clock::now() +
                std::clamp(patience.time_max, std::chrono::milliseconds{0}, time_ceiling)),
      thread_([this] { wait(); }) {}

Watch::~Watch() {
  {
    const std::scoped_lock lock(mutex_);
    done_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Watch::wait() {
  std::unique_lock lock(mutex_);
  if (changed_.wait_until(lock, patience_.stop, deadline_, [this] { return done_; })) return;
  reason_ = patience_.stop.stop_requested() ? Reason::cancelled : Reason::timed_out;
  while (!done_) {
    duckdb_interrupt(connection_.handle());
    changed_.wait_for(lock, interrupt_interval, [this] { return done_; });
  }
}

base::Status Watch::status() const {
  const std::scoped_lock lock(mutex_);
  // A stop counts from when it was asked for, not from when the watching thread first ran.
  const bool stopped = reason_ == Reason::none && patience_.stop.stop_requested();
  switch (stopped ? Reason::cancelled : reason_) {
    case Reason::none:
      return {};
    case Reason::timed_out:
      return base::fail(
          base::ErrorKind::timed_out,
          fmt::format("the query took longer than {} s",
                      static_cast<double>(patience_.time_max.count()) / 1000.0),
          "Raise the time limit, or ask for less: fewer groups, a shorter period, fewer columns.");
    case Reason::cancelled:
      return base::fail(base::ErrorKind::cancelled, "the query was stopped");
  }
  std::unreachable();
}

}  // namespace insights::source
