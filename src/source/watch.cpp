#include "source/watch.h"

#include <utility>

namespace insights::source {

namespace {

constexpr std::chrono::milliseconds interrupt_interval{20};

}  // namespace

Watch::Watch(const engine::Connection& connection, const Patience& patience)
    : connection_(connection),
      patience_(patience),
      deadline_(deadline_of(patience)),
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
      return std::unexpected(timed_out(patience_.time_max));
    case Reason::cancelled:
      return std::unexpected(cancelled());
  }
  std::unreachable();
}

}  // namespace insights::source
