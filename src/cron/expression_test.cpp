#include "cron/expression.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace insights::cron {
namespace {

template <std::size_t size>
std::vector<int> numbers(const std::bitset<size>& set) {
  std::vector<int> list;
  for (std::size_t at = 0; at < size; ++at)
    if (set.test(at)) list.push_back(static_cast<int>(at));
  return list;
}

Expression parsed(const std::string& text) {
  const auto expression = parse(text);
  REQUIRE_MESSAGE(expression, text);
  return *expression;
}

std::string fault(const std::string& text) {
  const auto expression = parse(text);
  REQUIRE_MESSAGE(!expression, text);
  CHECK(expression.error().kind == base::ErrorKind::invalid_input);
  return expression.error().message;
}

TEST_CASE("a field is a list of stars, numbers, names and ranges, with steps") {
  using List = std::vector<int>;
  CHECK(numbers(parsed("*/20 * * * *").minutes) == List{0, 20, 40});
  CHECK(numbers(parsed("5,10-12,50-59/4 * * * *").minutes) == List{5, 10, 11, 12, 50, 54, 58});
  CHECK(numbers(parsed("0 8-18/5 * * *").hours) == List{8, 13, 18});
  CHECK(numbers(parsed("0 0 1,15,31 * *").days) == List{1, 15, 31});
  CHECK(numbers(parsed("0 0 * jan,Mar,DEC *").months) == List{1, 3, 12});
  CHECK(numbers(parsed("0 0 * * mon-FRI").weekdays) == List{1, 2, 3, 4, 5});
  CHECK(numbers(parsed("*/7 * * * *").minutes).back() == 56);
  CHECK(numbers(parsed("0-59/100 * * * *").minutes) == List{0});
}

TEST_CASE("Sunday is 0 and 7, and may end a range") {
  CHECK(parsed("0 0 * * 7") == parsed("0 0 * * 0"));
  CHECK(parsed("0 0 * * 7") == parsed("0 0 * * SUN"));
  CHECK(parsed("0 0 * * FRI-SUN") == parsed("0 0 * * 0,5,6"));
  CHECK(parsed("0 0 * * 5-7") == parsed("0 0 * * 0,5,6"));
  CHECK(parsed("0 0 * * SUN-TUE") == parsed("0 0 * * 0,1,2"));
  CHECK(parsed("0 0 * * 0-7") == parsed("0 0 * * *"));
}

TEST_CASE("the shorthands are what they stand for") {
  CHECK(parsed("@hourly") == parsed("0 * * * *"));
  CHECK(parsed("@daily") == parsed("0 0 * * *"));
  CHECK(parsed("@midnight") == parsed("@daily"));
  CHECK(parsed("@weekly") == parsed("0 0 * * 0"));
  CHECK(parsed("@monthly") == parsed("0 0 1 * *"));
  CHECK(parsed("@yearly") == parsed("0 0 1 1 *"));
  CHECK(parsed("@Annually") == parsed("@yearly"));
  CHECK(parsed("  0\t0 1  1 * ") == parsed("@yearly"));
}

TEST_CASE("with both day fields set a day that suits either will do, else both must") {
  const auto either = parsed("0 0 13 * FRI");
  CHECK(either.is_day(6, 13, 2));  // the 13th, a Tuesday
  CHECK(either.is_day(6, 9, 5));   // a Friday
  CHECK_FALSE(either.is_day(6, 10, 6));
  const auto date = parsed("0 0 13 * *");
  CHECK(date.is_day(6, 13, 2));
  CHECK_FALSE(date.is_day(6, 9, 5));
  const auto week = parsed("0 0 * * FRI");
  CHECK(week.is_day(6, 9, 5));
  CHECK_FALSE(week.is_day(6, 13, 2));
  CHECK_FALSE(parsed("0 0 13 7 FRI").is_day(6, 13, 5));  // the month must suit in any case
}

TEST_CASE("what is no expression is refused with the field that is wrong") {
  CHECK(fault("") == "cron: there are 0 fields");
  CHECK(fault("* * * *") == "cron: there are 4 fields");
  CHECK(fault("* * * * * *") == "cron: there are 6 fields");
  CHECK(fault("60 * * * *") == "cron: 60 is no minute: 0 to 59 are");
  CHECK(fault("* 24 * * *") == "cron: 24 is no hour: 0 to 23 are");
  CHECK(fault("* * 0 * *") == "cron: 0 is no day of the month: 1 to 31 are");
  CHECK(fault("* * * 13 *") == "cron: 13 is no month: 1 to 12 are");
  CHECK(fault("* * * * 8") == "cron: 8 is no day of the week: 0 to 7 are");
  CHECK(fault("* * * * MOON") == "cron: 'MOON' is no day of the week");
  CHECK(fault("MON * * * *") == "cron: 'MON' is no minute");
  CHECK(fault("10-5 * * * *") == "cron: the range 10-5 of the minute goes backwards");
  CHECK(fault("*/0 * * * *") == "cron: the step in */0 is no number from 1 on");
  CHECK(fault("*/ * * * *") == "cron: the step in */ is no number from 1 on");
  CHECK(fault("5/15 * * * *").find("single number") != std::string::npos);
  CHECK(fault("@reboot") == "cron: there is no @reboot");
  for (const auto* text :
       {"1,,2 * * * *", ", * * * *", "- * * * *", "1- * * * *", "-1 * * * *", "1-2-3 * * * *",
        "** * * * *", "*-5 * * * *", "+1 * * * *", "1.5 * * * *", "0x1 * * * *",
        "99999999999 * * * *", "? * * * *", "L * * * *"})
    CHECK_FALSE_MESSAGE(parse(text), text);
  CHECK_FALSE(parse(std::string(100'000, '*')));
}

TEST_CASE("a day that never comes is refused, one that comes every four years is not") {
  CHECK(fault("0 0 30 2 *") == "cron: that day never comes");
  CHECK(fault("0 0 31 2,4,6,9,11 *") == "cron: that day never comes");
  parsed("0 0 29 2 *");
  parsed("0 0 30 2 MON");  // either: the Mondays of February
}

}  // namespace
}  // namespace insights::cron
