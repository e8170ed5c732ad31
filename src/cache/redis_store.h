// Results in a Redis server, which other processes may share. It is never waited for long, and what
// it does wrong is an error of one call: after one, it is left alone for a while (breaker.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "cache/breaker.h"
#include "cache/redis_url.h"

namespace insights::cache {

// For several threads, which wait for each other. (Looking up a host's name is up to the system and
// has no limit of ours: name an address where that matters.)
class RedisStore {
 public:
  static constexpr std::chrono::milliseconds time_max{250};  // to connect; for one command
  static constexpr std::size_t value_bytes_max = std::size_t{4} << 20;

  // Told when it no longer answers, and why (without its password), and when it does again.
  using Watch = std::function<void(bool is_reachable, const std::string& why)>;

  // Connects when it is first asked.
  explicit RedisStore(RedisTarget target, Watch watch = {});
  ~RedisStore();

  // Nothing: there is no such value, or it is longer than value_bytes_max. Error (unavailable): the
  // server did not answer in time, or not as Redis does.
  base::Result<std::optional<std::string>> get(const std::string& name);
  // A value longer than value_bytes_max is not kept.
  base::Status put(const std::string& name, const std::string& value,
                   std::chrono::milliseconds keep);

 private:
  class Connection;
  template <class T, class Work>
  base::Result<T> attempt(const Work& work);
  base::Status connect();

  const RedisTarget target_;
  const Watch watch_;
  std::mutex mutex_;  // guards what follows
  Breaker breaker_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace insights::cache
