#include "cache/memory_store.h"

#include <utility>

namespace insights::cache {

namespace {

constexpr std::size_t overhead_bytes = 160;  // of a list node and its place, about

std::size_t room_of(std::string_view name, std::string_view value) {
  return name.size() + value.size() + overhead_bytes;
}

}  // namespace

void MemoryStore::remove(std::list<Kept>::iterator at) {
  bytes_ -= room_of(at->name, at->value);
  places_.erase(at->name);
  kept_.erase(at);
}

std::optional<std::string> MemoryStore::get(const std::string& name, Clock::time_point now) {
  const std::scoped_lock lock(mutex_);
  const auto found = places_.find(name);
  if (found == places_.end()) return std::nullopt;
  const auto at = found->second;
  if (at->until <= now) {
    remove(at);
    return std::nullopt;
  }
  kept_.splice(kept_.begin(), kept_, at);
  return at->value;
}

void MemoryStore::put(const std::string& name, std::string value, std::chrono::milliseconds keep,
                      Clock::time_point now) {
  const auto room = room_of(name, value);
  const std::scoped_lock lock(mutex_);
  if (const auto found = places_.find(name); found != places_.end()) remove(found->second);
  if (room > bytes_max_ / 4) return;
  while (bytes_ + room > bytes_max_) remove(std::prev(kept_.end()));
  kept_.push_front({name, std::move(value), now + keep});
  places_.emplace(kept_.front().name, kept_.begin());
  bytes_ += room;
}

std::size_t MemoryStore::bytes() const {
  const std::scoped_lock lock(mutex_);
  return bytes_;
}

}  // namespace insights::cache
