#include "explore/alarm.h"

#include <doctest/doctest.h>

using insights::explore::Alarm;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

bool stops_within(const std::stop_token& token, std::chrono::milliseconds time) {
  for (const auto until = steady_clock::now() + time; steady_clock::now() < until;)
    if (token.stop_requested()) return true;
  return token.stop_requested();
}

}  // namespace

TEST_CASE("an alarm rings at its time and not before") {
  const Alarm late(steady_clock::now() + 1h, {});
  CHECK_FALSE(stops_within(late.token(), 20ms));
  CHECK_FALSE(late.has_rung());
  const Alarm soon(steady_clock::now() + 10ms, {});
  CHECK(stops_within(soon.token(), 10s));
  CHECK(soon.has_rung());
}

TEST_CASE("a stop from outside stops it too, and is told apart from its time") {
  std::stop_source outside;
  const Alarm alarm(steady_clock::now() + 1h, outside.get_token());
  outside.request_stop();
  CHECK(alarm.token().stop_requested());
  CHECK_FALSE(alarm.has_rung());
}
