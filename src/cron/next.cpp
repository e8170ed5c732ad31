// The only file that includes cctz (docs/decisions/0016-time-zones.md).
#include "cron/next.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace insights::cron {

using base::Moment;

struct Zone::Rules {
  cctz::time_zone zone;
};

namespace {

using Instant = cctz::time_point<cctz::seconds>;

constexpr std::int64_t second = 1'000'000;
constexpr int days_max = 9 * 366;

Instant instant_of(Moment moment) {
  // Towards the past, also before 1970.
  auto seconds = moment.microseconds / second;
  if (moment.microseconds % second < 0) --seconds;
  return Instant(cctz::seconds(seconds));
}

Moment moment_of(Instant instant) { return {instant.time_since_epoch().count() * second}; }

int weekday_of(const cctz::civil_day& day) {
  // cctz counts from Monday = 0.
  return (static_cast<int>(cctz::get_weekday(day)) + 1) % 7;
}

bool is_day(const Expression& expression, const cctz::civil_day& day) {
  return expression.is_day(day.month(), day.day(), weekday_of(day));
}

bool is_time(const Expression& expression, int hour, int minute) {
  return expression.hours.test(static_cast<std::size_t>(hour)) &&
         expression.minutes.test(static_cast<std::size_t>(minute));
}

// The moment a time of day stands for: of two the first, of none the end of the gap.
Instant moment_for(const cctz::time_zone& zone, const cctz::civil_minute& minute) {
  const auto found = zone.lookup(cctz::civil_second(minute));
  return found.kind == cctz::time_zone::civil_lookup::SKIPPED ? found.trans : found.pre;
}

// By the clock on the wall. Later times of day never stand for earlier moments, so the first that
// is after `after` is the one.
std::optional<Instant> next_by_clock(const Expression& expression, const cctz::time_zone& zone,
                                     Instant after) {
  cctz::civil_minute at(zone.lookup(after).cs);
  const auto last = cctz::civil_day(at) + days_max;
  for (auto day = cctz::civil_day(at); day < last; ++day) {
    if (!is_day(expression, day)) continue;
    for (auto minute = std::max(at, cctz::civil_minute(day)); cctz::civil_day(minute) == day;
         ++minute) {
      if (!is_time(expression, minute.hour(), minute.minute())) continue;
      const auto moment = moment_for(zone, minute);
      if (moment > after) return moment;
    }
  }
  return std::nullopt;
}

// By elapsed minutes; days that do not suit are passed over at once.
std::optional<Instant> next_by_elapsed_time(const Expression& expression,
                                            const cctz::time_zone& zone, Instant after) {
  const auto last = after + std::chrono::hours(24 * days_max);
  const auto into_minute = zone.lookup(after).cs.second();
  for (auto moment = after + std::chrono::seconds(60 - into_minute); moment < last;) {
    const auto clock = zone.lookup(moment).cs;
    const cctz::civil_day day(clock);
    if (!is_day(expression, day)) {
      moment =
          std::max(moment + std::chrono::minutes(1), moment_for(zone, cctz::civil_minute(day + 1)));
    } else if (is_time(expression, clock.hour(), clock.minute())) {
      return moment;
    } else {
      moment += std::chrono::minutes(1);
    }
  }
  return std::nullopt;
}

// Names of zones are paths below the system's folder of them, and nothing else is.
bool is_plain(std::string_view name) {
  constexpr std::size_t letters_max = 64;
  return !name.empty() && name.size() <= letters_max && name.front() != '/' &&
         name.find("..") == std::string_view::npos && std::ranges::all_of(name, [](char letter) {
           return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                  (letter >= '0' && letter <= '9') || letter == '/' || letter == '_' ||
                  letter == '-' || letter == '+';
         });
}

}  // namespace

base::Result<Zone> Zone::named(std::string_view name) {
  cctz::time_zone zone;
  if (!is_plain(name) || !cctz::load_time_zone(std::string(name), &zone))
    return base::fail(base::ErrorKind::invalid_input,
                      fmt::format("time_zone: there is no zone '{}'", name.substr(0, 64)),
                      "Names are those of the system's database: Europe/Berlin, UTC. Debian's "
                      "package of them is tzdata.");
  return Zone(std::make_shared<const Rules>(Rules{zone}));
}

std::optional<Moment> next(const Expression& expression, const Zone& zone, Moment after) {
  const auto& rules = zone.rules().zone;
  const bool is_every_hour = expression.hours.all();
  const auto found = is_every_hour ? next_by_elapsed_time(expression, rules, instant_of(after))
                                   : next_by_clock(expression, rules, instant_of(after));
  return found ? std::optional(moment_of(*found)) : std::nullopt;
}

std::string local_text(const Zone& zone, Moment moment) {
  return cctz::format("%Y-%m-%dT%H:%M:%S%Ez", instant_of(moment), zone.rules().zone);
}

}  // namespace insights::cron
