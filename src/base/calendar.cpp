#include "base/calendar.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>

namespace insights::base {

namespace {

constexpr std::int64_t microseconds_a_day = 86'400'000'000;

constexpr std::array<std::string_view, 12> month_names{
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> weekday_names{
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

}  // namespace

YearMonthDay split(Day day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day.since_epoch}}};
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day()))};
}

Day day_of(YearMonthDay date) {
  const std::chrono::sys_days days{std::chrono::year{date.year} /
                                   std::chrono::month{static_cast<unsigned>(date.month)} /
                                   std::chrono::day{static_cast<unsigned>(date.day)}};
  return {static_cast<std::int32_t>(days.time_since_epoch().count())};
}

Day day_of(Moment moment) {
  auto days = moment.microseconds / microseconds_a_day;
  if (moment.microseconds % microseconds_a_day < 0) --days;
  return {static_cast<std::int32_t>(days)};
}

Month month_of(Day day) {
  const auto date = split(day);
  return {static_cast<std::int32_t>(date.year * 12 + date.month - 1)};
}

Day first_day(Month month) {
  int year = month.since_year_zero / 12;
  int rest = month.since_year_zero % 12;
  if (rest < 0) {
    rest += 12;
    --year;
  }
  return day_of(YearMonthDay{year, rest + 1, 1});
}

int days_in(Month month) {
  return first_day(Month{month.since_year_zero + 1}).since_epoch - first_day(month).since_epoch;
}

int weekday(Day day) {
  const int shifted = (day.since_epoch + 3) % 7;  // 1970-01-01 was a Thursday
  return shifted < 0 ? shifted + 7 : shifted;
}

std::string iso_text(Day day) {
  const auto date = split(day);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string iso_text(Moment moment) {
  const Day day = day_of(moment);
  const std::int64_t rest =
      moment.microseconds - static_cast<std::int64_t>(day.since_epoch) * microseconds_a_day;
  const std::int64_t seconds = rest / 1'000'000;
  const std::int64_t fraction = rest % 1'000'000;
  auto text = fmt::format("{} {:02}:{:02}:{:02}", iso_text(day), seconds / 3600, seconds / 60 % 60,
                          seconds % 60);
  if (fraction != 0) text += fmt::format(".{:06}", fraction);
  return text;
}

std::string iso_text(Month month) { return iso_text(first_day(month)).substr(0, 7); }

std::string long_text(Day day) {
  const auto date = split(day);
  return fmt::format("{} {} {}", date.day, month_name(date.month).substr(0, 3), date.year);
}

std::string long_text(Month month) {
  const auto date = split(first_day(month));
  return fmt::format("{} {}", month_name(date.month).substr(0, 3), date.year);
}

std::string_view weekday_name(int weekday) {
  return weekday_names.at(static_cast<std::size_t>(weekday));
}

std::string_view month_name(int month) {
  return month_names.at(static_cast<std::size_t>(month - 1));
}

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  YearMonthDay date;
  const auto read = [&](std::size_t from, std::size_t length, int& into) {
    const char* end = text.data() + from + length;
    const auto [stopped, error] = std::from_chars(text.data() + from, end, into);
    return error == std::errc{} && stopped == end;
  };
  if (!read(0, 4, date.year) || !read(5, 2, date.month) || !read(8, 2, date.day)) {
    return std::nullopt;
  }
  if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31) return std::nullopt;
  const Day day = day_of(date);
  if (split(day) != date) return std::nullopt;  // 31 February
  return day;
}

}  // namespace insights::base
