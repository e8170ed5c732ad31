#include "server/rate.h"

#include <algorithm>
#include <cmath>

namespace insights::server {

namespace {
constexpr std::chrono::seconds whole{60};  // an empty bucket is full again
}

std::optional<std::int64_t> Rate::ask(const std::string& who, Clock::time_point now) {
  if (per_minute_ <= 0) return std::nullopt;
  const std::scoped_lock lock(mutex_);
  forget_full(now);
  auto& bucket = buckets_.try_emplace(who, Bucket{per_minute_, now}).first->second;
  const double seconds = std::chrono::duration<double>(now - bucket.at).count();
  bucket = {std::min(per_minute_, bucket.left + seconds * per_minute_ / 60), now};
  if (bucket.left >= 1) {
    bucket.left -= 1;
    return std::nullopt;
  }
  return std::max<std::int64_t>(1, std::llround(std::ceil((1 - bucket.left) * 60 / per_minute_)));
}

void Rate::forget_full(Clock::time_point now) {
  if (now - swept_ < whole) return;
  swept_ = now;
  std::erase_if(buckets_, [&](const auto& entry) { return now - entry.second.at > whole; });
}

}  // namespace insights::server
