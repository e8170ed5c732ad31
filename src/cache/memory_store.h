// Results in this process: the least recently used goes when there is no room.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace insights::cache {

// Thread-safe.
class MemoryStore {
 public:
  using Clock = std::chrono::steady_clock;

  // `bytes_max`: of keys and values, and of what it takes to hold them, about.
  explicit MemoryStore(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  std::optional<std::string> get(const std::string& name, Clock::time_point now = Clock::now());
  // A value that is too large for a quarter of the room is not kept.
  void put(const std::string& name, std::string value, std::chrono::milliseconds keep,
           Clock::time_point now = Clock::now());

  std::size_t bytes() const;

 private:
  struct Kept {
    std::string name, value;
    Clock::time_point until;
  };
  void remove(std::list<Kept>::iterator at);  // with the mutex held

  const std::size_t bytes_max_;
  mutable std::mutex mutex_;  // guards what follows
  std::list<Kept> kept_;      // the most recently used first
  std::unordered_map<std::string_view, std::list<Kept>::iterator> places_;  // names of kept_
  std::size_t bytes_ = 0;
};

}  // namespace insights::cache
