#include "base/calendar.h"

#include <doctest/doctest.h>

using namespace insights::base;

TEST_CASE("a day survives the way to text and back, before 1970 and after 9000") {
  for (const auto* text : {"1970-01-01", "1969-12-31", "2024-02-29", "2025-08-01", "9999-12-31"}) {
    const auto day = parse_day(text);
    REQUIRE(day.has_value());
    CHECK(iso_text(*day) == text);
  }
}

TEST_CASE("what is not a day is not read as one") {
  for (const auto* text :
       {"2025-02-30", "2025-13-01", "2025-8-1", "2025-08-01x", "", "yesterday!"}) {
    CHECK_FALSE(parse_day(text).has_value());
  }
}

TEST_CASE("1 August 2025 is a Friday of a month with 31 days") {
  const Day day = *parse_day("2025-08-01");
  CHECK(weekday_name(weekday(day)) == "Friday");
  CHECK(days_in(month_of(day)) == 31);
  CHECK(first_day(month_of(day)) == day);
  CHECK(long_text(day) == "1 Aug 2025");
  CHECK(iso_text(month_of(day)) == "2025-08");
}

TEST_CASE("a moment before 1970 belongs to the day it is on") {
  CHECK(iso_text(day_of(Moment{-1})) == "1969-12-31");
  CHECK(iso_text(Moment{1'500'000}) == "1970-01-01 00:00:01.500000");
}
