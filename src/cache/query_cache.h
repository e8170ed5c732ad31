// Results of queries that were asked before: in this process, or in Redis. What goes wrong with it
// is a miss.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "cache/address.h"
#include "cache/entry.h"
#include "cache/memory_store.h"
#include "cache/redis_store.h"

namespace insights::cache {

struct Settings {
  std::string redis_url;                      // empty: in this process
  std::size_t memory_bytes_max = 64U << 20U;  // in this process
  std::chrono::milliseconds keep{std::chrono::hours{24}};
  // How old a result may be of a source that cannot tell whether its data changed. 0: results of
  // such sources are not kept.
  std::chrono::milliseconds stale_max{0};
};

// hit; miss: it was not there, and was asked for; unavailable: Redis did not answer; passed:
// nobody may answer it but the database (it asks the clock, or the data's version is not known).
enum class Outcome { hit, miss, unavailable, passed };
std::string_view name(Outcome outcome);

struct Watch {
  // Of each query that might have been answered from here; `saved`: what a hit took less.
  std::function<void(Outcome, std::chrono::microseconds saved)> asked;
  RedisStore::Watch reached;
};

// Thread-safe; what it tells comes from several threads, too.
class QueryCache {
 public:
  // Error (invalid_input): the URL is none of Redis.
  static base::Result<std::unique_ptr<QueryCache>> open(const Settings& settings, Watch watch);

  struct Looked {
    Outcome outcome = Outcome::miss;  // not passed
    std::optional<Entry> entry;       // of a hit
  };
  Looked get(const Address& address, std::chrono::milliseconds age_max);
  void put(const Address& address, const Entry& entry, std::chrono::milliseconds keep);

  // How long a result of that version of the data may be kept; 0: not at all.
  std::chrono::milliseconds keep_of(const source::DataVersion& version) const;
  void told(Outcome outcome, std::chrono::microseconds saved = {}) const;

 private:
  QueryCache(const Settings& settings, Watch watch, std::optional<RedisTarget> target);

  const Settings settings_;
  const Watch watch_;
  std::variant<std::monostate, MemoryStore, RedisStore> store_;
};

}  // namespace insights::cache
