// How long something may take, who may stop it, and the Errors that say it was.
#pragma once

#include <chrono>
#include <stop_token>

#include "base/result.h"

namespace insights::source {

// What a query may take in time, and who may stop it.
struct Patience {
  std::chrono::milliseconds time_max = std::chrono::hours{24};
  std::stop_token stop;
};

// A query that took longer than `time_max`; one that was stopped.
base::Error timed_out(std::chrono::milliseconds time_max);
base::Error cancelled();

// The clock on a Patience, running from its making.
class Countdown {
 public:
  explicit Countdown(const Patience& patience);
  // The Error of kind timed_out or cancelled if the time is up or a stop was asked for.
  base::Status status() const;
  // Never below zero, and never more than `most`.
  std::chrono::milliseconds left(std::chrono::milliseconds most) const;

 private:
  Patience patience_;
  std::chrono::steady_clock::time_point deadline_;
};

// The deadline of a Patience that begins now; times that no clock holds are cut.
std::chrono::steady_clock::time_point deadline_of(const Patience& patience);

}  // namespace insights::source
