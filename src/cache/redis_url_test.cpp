#include "cache/redis_url.h"

#include <doctest/doctest.h>

#include "cache/breaker.h"

using namespace insights::cache;
using namespace std::chrono_literals;

TEST_CASE("a URL of Redis says where, as whom and which database") {
  const auto plain = redis_target_of("redis://localhost");
  REQUIRE(plain);
  CHECK((plain->host == "localhost" && plain->port == 6379 && plain->password.empty() &&
         plain->database == 0));
  const auto full = redis_target_of("redis://ann:p%40ss%2F@10.0.0.7:7000/3");
  REQUIRE(full);
  CHECK((full->host == "10.0.0.7" && full->port == 7000 && full->user == "ann" &&
         full->password == "p@ss/" && full->database == 3));
  const auto six = redis_target_of("redis://:x@[::1]:7000/");
  REQUIRE(six);
  CHECK((six->host == "::1" && six->port == 7000 && six->user.empty() && six->password == "x"));
}

TEST_CASE("what is no URL of Redis is refused without its password in the words") {
  for (const auto* url :
       {"", "redis:", "http://x", "redis://", "redis://:s3cret@", "redis://h:0", "redis://h:99999",
        "redis://h:x", "redis://h/x", "redis://s3cret@h", "redis://:s3cret%@h", "redis://:s%00x@h",
        "redis://[::1", "redis://h/1?x=s3cret", "rediss://:s3cret@h"}) {
    CAPTURE(url);
    const auto target = redis_target_of(url);
    REQUIRE_FALSE(target);
    CHECK(target.error().kind == insights::base::ErrorKind::invalid_input);
    CHECK((target.error().message + target.error().hint).find("s3cret") == std::string::npos);
  }
}

TEST_CASE("after a failure nothing is tried for a while, for longer each time, and up to a limit") {
  Breaker breaker;
  auto now = Breaker::Clock::now();
  CHECK(breaker.may_try(now));
  CHECK(breaker.failed(now));
  CHECK_FALSE(breaker.may_try(now + 999ms));
  CHECK(breaker.may_try(now + 1s));
  now += 1s;
  CHECK_FALSE(breaker.failed(now));
  CHECK_FALSE(breaker.may_try(now + 1'999ms));
  CHECK(breaker.may_try(now + 2s));
  for (int time = 0; time < 20; ++time) breaker.failed(now);
  CHECK(breaker.may_try(now + Breaker::pause_max));
  CHECK(breaker.worked());
  CHECK_FALSE(breaker.worked());
  CHECK(breaker.may_try(now));
}
