// A cron expression, as POSIX crontab has it and Debian's cron extends it:
//
//   minute hour day-of-month month day-of-week          0-59 0-23 1-31 1-12 0-7 (0 and 7: Sunday)
//
// A field is a list of *, numbers, names (JAN, MON; in any case) and ranges; * and ranges may have
// a step: "*/15", "8-18/2", "MON-FRI", "1,15". When both day fields are set, that is, leave
// anything out, a day that suits either will do. In place of the five: @hourly, @daily, @midnight,
// @weekly, @monthly, @yearly, @annually.
#pragma once

#include <bitset>
#include <string_view>

#include "base/result.h"

namespace insights::cron {

struct Expression {
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;     // 1..31
  std::bitset<13> months;   // 1..12
  std::bitset<7> weekdays;  // 0 = Sunday
  bool operator==(const Expression&) const = default;

  // month 1..12, day 1..31, weekday 0 = Sunday
  bool is_day(int month, int day, int weekday) const;
};

// Error: invalid_input, with the field and what is wrong with it; a day that never comes (30
// February) among them.
base::Result<Expression> parse(std::string_view text);

}  // namespace insights::cron
