// The loop that starts explorations by the clock, and sees to it that their ends are told.
//
// A time of a schedule is dealt with once, whatever the clock does; what came of it is an
// occurrence in the store:
//
//   started  a run was asked for
//   skipped  the run before it has not ended
//   missed   it is more than late_max late (the server was down, the clock went ahead); with
//            run_once, one run is started for all times that were missed
//   failed   no run could be asked for
//
// When the clock goes back, schedules are planned anew from the time it shows, and times that were
// dealt with before are passed over.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "base/result.h"
#include "server/clock.h"
#include "server/metrics.h"
#include "server/run_queue.h"
#include "store/schedules.h"
#include "store/shared_database.h"

namespace insights::server {

inline constexpr std::chrono::seconds late_max{60};

// When the schedule is due next, after that moment. Its share of the jitter is always the same for
// the same time. Error: invalid_input, when expression or zone are not right.
base::Result<store::Plan> plan_of(const std::string& schedule, const store::ScheduleTerms& terms,
                                  base::Moment after, base::Moment now);

struct SchedulerOptions {
  std::function<base::Moment()> clock = now;  // of the wall
  std::function<std::chrono::steady_clock::time_point()> steady = std::chrono::steady_clock::now;
  std::int64_t keep_days = 365;        // occurrences and deliveries
  std::function<void()> told = [] {};  // called when there is a new delivery
};

class Scheduler {
 public:
  // Borrows all but the options.
  Scheduler(store::SharedDatabase& writer, RunQueue& queue, Metrics& metrics,
            SchedulerOptions options);
  ~Scheduler() { stop(); }

  void begin();
  void stop();

  // Does what is to be done now: a turn of the loop.
  void turn();

  // While it is held, no schedule starts: for whoever changes one.
  std::unique_lock<std::mutex> hold() { return std::unique_lock(turn_mutex_); }

  // Errors: not_found; refused, while its run before has not ended; those of RunQueue::submit.
  base::Result<std::string> run_now(const std::string& schedule);

  base::Moment now() const { return options_.clock(); }

  // What is wrong with the clock: that it went back, until it has caught up, or for an hour.
  std::optional<std::string> clock_trouble() const;

 private:
  void watch_clock(base::Moment now);
  base::Status look_at(const store::ScheduleRow& seen, base::Moment now);
  base::Status start_due(const store::ScheduleRow& schedule, base::Moment now);
  base::Status plan_anew(const store::ScheduleRow& schedule, base::Moment now);
  store::Occurrence start(const store::ScheduleRow& schedule, std::optional<base::Moment> due,
                          base::Moment now, std::string reason);
  base::Status keep(const store::Occurrence& occurrence, const std::optional<store::Plan>& plan);
  base::Status tell_ends(base::Moment now);
  base::Status forget_old(base::Moment now);
  void log_trouble(const std::string& key, const base::Status& status);

  store::SharedDatabase& writer_;
  RunQueue& queue_;
  Metrics& metrics_;
  const SchedulerOptions options_;

  std::mutex turn_mutex_;       // one start at a time
  std::set<std::string> said_;  // troubles in the log already
  std::optional<std::chrono::steady_clock::time_point> forgot_;

  mutable std::mutex clock_mutex_;
  std::optional<base::Moment> last_clock_;
  std::chrono::steady_clock::time_point last_steady_;
  struct Setback {
    base::Moment from, to;
    std::chrono::steady_clock::time_point seen;
  };
  std::optional<Setback> setback_;

  std::jthread thread_;  // last: it uses the others
};

}  // namespace insights::server
