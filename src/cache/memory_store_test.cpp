#include "cache/memory_store.h"

#include <doctest/doctest.h>

using namespace insights::cache;
using namespace std::chrono_literals;

TEST_CASE("what was used longest ago goes first, and the room is never exceeded") {
  MemoryStore store(4'000);
  const std::string value(700, 'v');
  store.put("a", value, 1h);
  store.put("b", value, 1h);
  store.put("c", value, 1h);
  store.put("d", value, 1h);
  REQUIRE(store.get("a"));
  store.put("e", value, 1h);
  CHECK(store.get("a") == value);
  CHECK_FALSE(store.get("b"));
  CHECK(store.get("e"));
  CHECK(store.bytes() <= 4'000);
}

TEST_CASE("a value that would take a large part of the room is not kept, nor the one it replaces") {
  MemoryStore store(4'000);
  store.put("a", "small", 1h);
  store.put("a", std::string(2'000, 'x'), 1h);
  CHECK_FALSE(store.get("a"));
  CHECK(store.bytes() == 0);
}

TEST_CASE("a value is gone when its time is up") {
  MemoryStore store(4'000);
  const auto now = MemoryStore::Clock::now();
  store.put("a", "value", 10s, now);
  CHECK(store.get("a", now + 9s) == "value");
  CHECK_FALSE(store.get("a", now + 10s));
  CHECK(store.bytes() == 0);
}
