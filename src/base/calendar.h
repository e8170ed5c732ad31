// Days, months and weeks as plain integers, and their texts. No clock: "now" is always an argument.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace insights::base {

// A calendar day: days since 1970-01-01, proleptic Gregorian, no time zone.
struct Day {
  std::int32_t since_epoch = 0;
  auto operator<=>(const Day&) const = default;
};

// A moment: microseconds since 1970-01-01 00:00, no time zone.
struct Moment {
  std::int64_t microseconds = 0;
  auto operator<=>(const Moment&) const = default;
};

// A calendar month: months since January of the year 0. 2025-11 is 2025 * 12 + 10.
struct Month {
  std::int32_t since_year_zero = 0;
  auto operator<=>(const Month&) const = default;
};

struct YearMonthDay {
  int year = 1970;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
  auto operator<=>(const YearMonthDay&) const = default;
};

YearMonthDay split(Day day);
Day day_of(YearMonthDay date);
Day day_of(Moment moment);
Month month_of(Day day);
Day first_day(Month month);
int days_in(Month month);
// 0 = Monday ... 6 = Sunday.
int weekday(Day day);

// "2024-02-29"
std::string iso_text(Day day);
// "2024-02-29 13:45:00"; fractions of a second only when there are any.
std::string iso_text(Moment moment);
// "2024-02"
std::string iso_text(Month month);
// "29 Feb 2024"
std::string long_text(Day day);
// "Feb 2024"
std::string long_text(Month month);
// "Monday" for 0.
std::string_view weekday_name(int weekday);
// "January" for 1.
std::string_view month_name(int month);

// Reads "2024-02-29"; nothing else is accepted.
std::optional<Day> parse_day(std::string_view text);

}  // namespace insights::base
