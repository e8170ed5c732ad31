// How often one key may ask: a bucket that fills evenly and is emptied by requests.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace insights::server {

// Thread-safe. Who has not asked for as long as an empty bucket takes to fill is forgotten.
class Rate {
 public:
  using Clock = std::chrono::steady_clock;

  // `per_minute` requests, all of them at once if need be; 0 = no limit.
  explicit Rate(std::int64_t per_minute) : per_minute_(static_cast<double>(per_minute)) {}

  // Takes one; else how many whole seconds to wait for it, at least 1.
  std::optional<std::int64_t> ask(const std::string& who, Clock::time_point now);

 private:
  struct Bucket {
    double left = 0;
    Clock::time_point at;
  };
  void forget_full(Clock::time_point now);

  const double per_minute_;
  std::mutex mutex_;
  std::map<std::string, Bucket> buckets_;
  Clock::time_point swept_{};
};

}  // namespace insights::server
