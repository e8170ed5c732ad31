// Keeps off a server that does not answer: after a failure nothing is tried for a while, and for
// longer each time.
#pragma once

#include <algorithm>
#include <chrono>

namespace insights::cache {

class Breaker {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds pause_min{1'000}, pause_max{30'000};

  bool may_try(Clock::time_point now) const { return now >= closed_until_; }
  // True when it worked before.
  bool failed(Clock::time_point now) {
    const bool is_first = pause_ == std::chrono::milliseconds{0};
    pause_ = is_first ? pause_min : std::min(pause_ * 2, pause_max);
    closed_until_ = now + pause_;
    return is_first;
  }
  // True when it failed before.
  bool worked() {
    const bool is_first = pause_ > std::chrono::milliseconds{0};
    pause_ = std::chrono::milliseconds{0};
    closed_until_ = {};
    return is_first;
  }

 private:
  std::chrono::milliseconds pause_{0};
  Clock::time_point closed_until_{};
};

}  // namespace insights::cache
