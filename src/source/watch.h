// The one way a running query is stopped: by its deadline or by a stop token.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "base/result.h"
#include "source/engine.h"
#include "source/patience.h"

namespace insights::source {

// Interrupts whatever runs on a connection once the time is up or a stop is asked for, and until
// the watch ends: again and again, because DuckDB forgets an interrupt that comes between two
// statements. Must not outlive the connection.
class Watch {
 public:
  Watch(const engine::Connection& connection, const Patience& patience);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // The Error of kind timed_out or cancelled if the time is up or a stop was asked for; else
  // nothing.
  base::Status status() const;

 private:
  enum class Reason { none, timed_out, cancelled };
  void wait();

  const engine::Connection& connection_;
  Patience patience_;
  std::chrono::steady_clock::time_point deadline_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool done_ = false;
  Reason reason_ = Reason::none;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace insights::source
