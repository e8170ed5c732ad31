// When a cron expression is due, in a time zone.
//
// Clocks are put forward and back. With an expression that names hours, a time of day that is left
// out comes once, right after the gap, and one that comes twice counts the first time. An
// expression for every hour (* in the hour's field) goes by elapsed time instead, as cron does: it
// comes in both of the hours that are the same on the clock, and nothing is made up for one that is
// left out.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/calendar.h"
#include "base/result.h"
#include "cron/expression.h"

namespace insights::cron {

// A time zone of the system's database.
class Zone {
 public:
  // "Europe/Berlin", "UTC". Error: invalid_input, when the system has no such zone.
  static base::Result<Zone> named(std::string_view name);

  struct Rules;
  const Rules& rules() const { return *rules_; }

 private:
  explicit Zone(std::shared_ptr<const Rules> rules) : rules_(std::move(rules)) {}
  std::shared_ptr<const Rules> rules_;
};

// The first time after that moment: a whole minute, UTC. Nothing when it does not come in the next
// nine years (29 February may be eight away).
std::optional<base::Moment> next(const Expression& expression, const Zone& zone,
                                 base::Moment after);

// "2025-03-30T03:00:00+02:00": the moment as the zone's clocks show it.
std::string local_text(const Zone& zone, base::Moment moment);

}  // namespace insights::cron
