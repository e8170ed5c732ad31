// A stop that comes by itself at a certain time.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace insights::explore {

class Alarm {
 public:
  // Rings at `at`; its token is stopped then, and as soon as `stop` is.
  Alarm(std::chrono::steady_clock::time_point at, std::stop_token stop)
      : forward_(std::move(stop), [this] { rung_.request_stop(); }),
        waiting_([this, at](std::stop_token gone) {
          std::unique_lock lock(mutex_);
          condition_.wait_until(lock, gone, at, [] { return false; });
          if (gone.stop_requested()) return;
          by_time_ = true;
          rung_.request_stop();
        }) {}

  std::stop_token token() const { return rung_.get_token(); }
  // Because the time had come.
  bool has_rung() const { return by_time_; }

 private:
  std::stop_source rung_;
  std::atomic<bool> by_time_ = false;
  std::mutex mutex_;
  std::condition_variable_any condition_;
  std::stop_callback<std::function<void()>> forward_;
  std::jthread waiting_;  // last: it uses the others
};

}  // namespace insights::explore
