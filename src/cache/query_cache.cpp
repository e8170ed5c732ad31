#include "cache/query_cache.h"

#include <utility>

namespace insights::cache {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

base::Moment now() {
  return {
      std::chrono::duration_cast<microseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count()};
}

std::string redis_name(const Address& address) { return "insights:1:" + address.name; }

}  // namespace

std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::hit:
      return "hit";
    case Outcome::miss:
      return "miss";
    case Outcome::unavailable:
      return "unavailable";
    case Outcome::passed:
      return "passed";
  }
  std::unreachable();
}

base::Result<std::unique_ptr<QueryCache>> QueryCache::open(const Settings& settings, Watch watch) {
  std::optional<RedisTarget> target;
  if (!settings.redis_url.empty()) target = TRY(redis_target_of(settings.redis_url));
  return std::unique_ptr<QueryCache>(new QueryCache(settings, std::move(watch), std::move(target)));
}

QueryCache::QueryCache(const Settings& settings, Watch watch, std::optional<RedisTarget> target)
    : settings_(settings), watch_(std::move(watch)) {
  if (target)
    store_.emplace<RedisStore>(*std::move(target), watch_.reached);
  else
    store_.emplace<MemoryStore>(settings.memory_bytes_max);
}

QueryCache::Looked QueryCache::get(const Address& address, milliseconds age_max) {
  std::optional<Entry> entry;
  if (auto* memory = std::get_if<MemoryStore>(&store_)) {
    if (const auto value = memory->get(address.name)) entry = unpacked(*value);
  } else {
    auto& redis = std::get<RedisStore>(store_);
    const auto sealed = redis.get(redis_name(address));
    if (!sealed) return {Outcome::unavailable, std::nullopt};
    if (const auto bytes = *sealed ? unseal(address, **sealed) : std::nullopt)
      entry = unpacked(*bytes);
  }
  if (!entry) return {};
  // A clock that went backwards makes an entry of the future: it is not believed either.
  const microseconds age{now().microseconds - entry->asked_at.microseconds};
  if (age > age_max || age < -std::chrono::minutes(1)) return {};
  return {Outcome::hit, std::move(entry)};
}

void QueryCache::put(const Address& address, const Entry& entry, milliseconds keep) {
  const auto bytes = packed(entry);
  if (auto* memory = std::get_if<MemoryStore>(&store_)) {
    memory->put(address.name, bytes, keep);
    return;
  }
  // That it cannot be reached was told; the next who asks is answered by the database.
  static_cast<void>(
      std::get<RedisStore>(store_).put(redis_name(address), seal(address, bytes), keep));
}

milliseconds QueryCache::keep_of(const source::DataVersion& version) const {
  return !version.digest.empty() && version.is_pinned
             ? settings_.keep
             : std::min(settings_.stale_max, settings_.keep);
}

void QueryCache::told(Outcome outcome, microseconds saved) const {
  if (watch_.asked) watch_.asked(outcome, saved);
}

}  // namespace insights::cache
