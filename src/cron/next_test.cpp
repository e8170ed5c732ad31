#include "cron/next.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace insights::cron {
namespace {

using base::Moment;

Zone zone(const std::string& name) {
  const auto found = Zone::named(name);
  REQUIRE_MESSAGE(found, name);
  return *found;
}

// "2025-03-30 01:00:00", UTC.
Moment utc(const std::string& text) {
  const auto day = base::parse_day(text.substr(0, 10));
  REQUIRE(day);
  const auto part = [&](std::size_t at) { return std::stoll(text.substr(at, 2)); };
  const auto seconds = part(11) * 3600 + part(14) * 60 + part(17);
  return {(day->since_epoch * 86'400LL + seconds) * 1'000'000};
}

// The next `count` times, as the zone's clocks show them.
std::vector<std::string> times(const std::string& text, const std::string& name,
                               const std::string& after, int count) {
  const auto expression = parse(text);
  REQUIRE(expression);
  std::vector<std::string> list;
  auto at = utc(after);
  for (int one = 0; one < count; ++one) {
    const auto found = next(*expression, zone(name), at);
    REQUIRE(found);
    CHECK(*found > at);
    at = *found;
    list.push_back(local_text(zone(name), at));
  }
  return list;
}

using List = std::vector<std::string>;

TEST_CASE("the next time is after the moment, never at it, and on a whole minute") {
  CHECK(times("30 6 * * *", "UTC", "2025-01-10 06:29:59", 2) ==
        List{"2025-01-10T06:30:00+00:00", "2025-01-11T06:30:00+00:00"});
  CHECK(times("30 6 * * *", "UTC", "2025-01-10 06:30:00", 1) == List{"2025-01-11T06:30:00+00:00"});
  CHECK(times("* * * * *", "UTC", "2025-01-10 06:30:00", 1) == List{"2025-01-10T06:31:00+00:00"});
  CHECK(times("* * * * *", "UTC", "2025-01-10 06:30:59", 1) == List{"2025-01-10T06:31:00+00:00"});
  const auto every = parse("* * * * *");
  const Moment late{utc("2025-01-10 06:30:00").microseconds + 1};
  CHECK(next(*every, zone("UTC"), late) == utc("2025-01-10 06:31:00"));
}

TEST_CASE("months, leap years and either day field") {
  CHECK(times("0 9 31 * *", "UTC", "2025-01-31 09:00:00", 3) == List{"2025-03-31T09:00:00+00:00",
                                                                     "2025-05-31T09:00:00+00:00",
                                                                     "2025-07-31T09:00:00+00:00"});
  CHECK(times("0 0 29 2 *", "UTC", "2096-03-01 00:00:00", 1) == List{"2104-02-29T00:00:00+00:00"});
  CHECK(times("0 0 13 * FRI", "UTC", "2025-06-10 00:00:00", 4) ==
        List{"2025-06-13T00:00:00+00:00", "2025-06-20T00:00:00+00:00", "2025-06-27T00:00:00+00:00",
             "2025-07-04T00:00:00+00:00"});
  CHECK(times("59 23 31 12 *", "UTC", "2025-12-31 23:59:00", 1) ==
        List{"2026-12-31T23:59:00+00:00"});
  CHECK(times("0 0 1 1 *", "UTC", "2040-06-01 00:00:00", 1) == List{"2041-01-01T00:00:00+00:00"});
}

TEST_CASE("the hour is that of the zone") {
  CHECK(times("0 6 * * MON-FRI", "Asia/Kolkata", "2025-11-21 00:00:00", 2) ==
        List{"2025-11-21T06:00:00+05:30", "2025-11-24T06:00:00+05:30"});
  CHECK(times("0 6 * * *", "America/New_York", "2025-07-01 00:00:00", 1) ==
        List{"2025-07-01T06:00:00-04:00"});
  CHECK(times("0 6 * * *", "Europe/Berlin", "2045-07-01 00:00:00", 1) ==
        List{"2045-07-01T06:00:00+02:00"});  // beyond the table of 32-bit times
}

TEST_CASE("a time of day that the clocks leave out comes once, right after the gap") {
  // Berlin, 30 March 2025: 02:00 is 03:00.
  CHECK(
      times("30 2 * * *", "Europe/Berlin", "2025-03-29 00:00:00", 3) ==
      List{"2025-03-29T02:30:00+01:00", "2025-03-30T03:00:00+02:00", "2025-03-31T02:30:00+02:00"});
  CHECK(times("0,15,30,45 2 * * *", "Europe/Berlin", "2025-03-30 00:00:00", 2) ==
        List{"2025-03-30T03:00:00+02:00", "2025-03-31T02:00:00+02:00"});
  CHECK(times("30 2,3 * * *", "Europe/Berlin", "2025-03-30 00:00:00", 2) ==
        List{"2025-03-30T03:00:00+02:00", "2025-03-30T03:30:00+02:00"});
  // Both stand for one moment: once.
  CHECK(times("0 2,3 * * *", "Europe/Berlin", "2025-03-30 00:00:00", 2) ==
        List{"2025-03-30T03:00:00+02:00", "2025-03-31T02:00:00+02:00"});
  // A midnight that does not exist: Beirut, 30 March 2025.
  CHECK(times("0 0 * * *", "Asia/Beirut", "2025-03-29 12:00:00", 2) ==
        List{"2025-03-30T01:00:00+03:00", "2025-03-31T00:00:00+03:00"});
}

TEST_CASE("a time of day that comes twice counts the first time") {
  // Berlin, 26 October 2025: 03:00 is 02:00 again.
  CHECK(times("30 2 * * *", "Europe/Berlin", "2025-10-25 12:00:00", 2) ==
        List{"2025-10-26T02:30:00+02:00", "2025-10-27T02:30:00+01:00"});
  CHECK(
      times("0 2,3 * * *", "Europe/Berlin", "2025-10-25 12:00:00", 3) ==
      List{"2025-10-26T02:00:00+02:00", "2025-10-26T03:00:00+01:00", "2025-10-27T02:00:00+01:00"});
  // Asked within the second hour, nothing of the first comes back.
  CHECK(times("30 2 * * *", "Europe/Berlin", "2025-10-26 01:10:00", 1) ==
        List{"2025-10-27T02:30:00+01:00"});
  // Lord Howe puts its clocks back by half an hour: 6 April 2025, 02:00 is 01:30.
  CHECK(times("45 1 * * *", "Australia/Lord_Howe", "2025-04-05 00:00:00", 2) ==
        List{"2025-04-06T01:45:00+11:00", "2025-04-07T01:45:00+10:30"});
}

TEST_CASE("every hour goes on through both of the same hours, and over the gap") {
  CHECK(times("0 * * * *", "Europe/Berlin", "2025-10-25 23:30:00", 4) ==
        List{"2025-10-26T02:00:00+02:00", "2025-10-26T02:00:00+01:00", "2025-10-26T03:00:00+01:00",
             "2025-10-26T04:00:00+01:00"});
  CHECK(
      times("*/30 * * * *", "Europe/Berlin", "2025-03-30 00:10:00", 3) ==
      List{"2025-03-30T01:30:00+01:00", "2025-03-30T03:00:00+02:00", "2025-03-30T03:30:00+02:00"});
  CHECK(times("0 * * * SUN", "Europe/Berlin", "2025-10-24 12:00:00", 1) ==
        List{"2025-10-26T00:00:00+02:00"});
}

TEST_CASE("over a year, each day has its one time, whatever the clocks do") {
  const auto expression = parse("30 2 * * *");
  for (const auto* name : {"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Beirut",
                           "Australia/Lord_Howe", "America/Santiago", "UTC"}) {
    CAPTURE(name);
    const auto here = zone(name);
    auto at = utc("2025-01-01 12:00:00");
    std::string last_day;
    int count = 0;
    while (const auto found = next(*expression, here, at)) {
      if (*found > utc("2026-01-01 12:00:00")) break;
      at = *found;
      const auto day = local_text(here, at).substr(0, 10);
      CHECK(day != last_day);
      last_day = day;
      ++count;
    }
    CHECK(count == 365);
  }
}

TEST_CASE("a zone is a name of the system's database and nothing else") {
  for (const auto* name :
       {"", "Mars/Olympus", "/etc/passwd", "../../etc/passwd", "file:/etc/passwd", "libc:localtime",
        "Europe/../Europe/Berlin", "Europe/Berlin ", "Europe"})
    CHECK_FALSE_MESSAGE(Zone::named(name), name);
  CHECK(Zone::named("UTC"));
  CHECK(Zone::named("Etc/GMT+5"));
  CHECK_FALSE(Zone::named(std::string("Europe/Berlin\0x", 15)));
}

}  // namespace
}  // namespace insights::cron
