#include "server/scheduler.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cron/next.h"
#include "server/digest.h"
#include "server/log.h"
#include "server/run_request.h"
#include "store/changes.h"
#include "store/deliveries.h"
#include "store/keys.h"

namespace insights::server {

using base::ErrorKind;
using base::Moment;
using store::Database;
using store::Outcome;

namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t late_max_microseconds = late_max.count() * second;
constexpr std::int64_t setback_min = 2 * second;  // less is the clock being set right
constexpr std::chrono::hours setback_told{1};
constexpr std::int64_t missed_counted_max = 1000;

// The same for the same time: a schedule that is planned anew starts when it would have.
std::int64_t share_of_jitter(const std::string& schedule, Moment due, std::int64_t jitter_seconds) {
  const auto digest = store::digest_of(fmt::format("{} {}", schedule, due.microseconds));
  const auto number = std::stoull(digest.substr(0, 15), nullptr, 16);
  return static_cast<std::int64_t>(number % static_cast<std::uint64_t>(jitter_seconds + 1));
}

struct Clockwork {
  cron::Expression expression;
  cron::Zone zone;
};

base::Result<Clockwork> clockwork_of(const store::ScheduleTerms& terms) {
  auto expression = TRY(cron::parse(terms.cron));
  auto zone = TRY(cron::Zone::named(terms.time_zone));
  return Clockwork{std::move(expression), std::move(zone)};
}

store::Plan planned(const std::string& schedule, std::int64_t jitter_seconds,
                    std::optional<Moment> due, Moment now) {
  store::Plan plan{.due_at = due, .starts_at = due, .planned_at = now};
  if (due) plan.starts_at->microseconds += share_of_jitter(schedule, *due, jitter_seconds) * second;
  return plan;
}

// "4 times were missed", of those from `due` to `now`.
std::string missed_text(const Clockwork& clockwork, Moment due, Moment now) {
  std::int64_t count = 1;
  for (auto at = cron::next(clockwork.expression, clockwork.zone, due);
       at && *at <= now && count <= missed_counted_max;
       at = cron::next(clockwork.expression, clockwork.zone, *at))
    ++count;
  const auto times = count == 1 ? std::string("1 time was")
                     : count > missed_counted_max
                         ? fmt::format("more than {} times were", missed_counted_max)
                         : fmt::format("{} times were", count);
  return fmt::format("{} missed: the server did not run, could not store, or its clock went ahead",
                     times);
}

std::string new_delivery_id() {
  // Not to be guessed, and never twice: the digest of a fresh run id has both.
  return "msg_" + store::digest_of(new_run_id() + new_run_id()).substr(0, 32);
}

// What is to be told of the run's end; nothing, when there is nobody to tell or nothing to say.
base::Result<std::optional<store::Delivery>> delivery_of(Database& database,
                                                         const store::Occurrence& occurrence,
                                                         Moment now) {
  const auto schedule = TRY(store::find_schedule(database, occurrence.schedule));
  const auto run = TRY(store::find_run(database, occurrence.run.value()));
  const bool has_webhook =
      schedule && run && !schedule->terms.webhook_url.empty() && !schedule->webhook_gone_at;
  if (!has_webhook) return std::optional<store::Delivery>();
  const auto changes = TRY(store::changes_of(database, run->id, now));
  if (!is_worth_telling(*schedule, *run, changes)) return std::optional<store::Delivery>();
  return std::optional(store::Delivery{.id = new_delivery_id(),
                                       .schedule = schedule->id,
                                       .run = run->id,
                                       .body = digest_json(*schedule, *run, changes, now),
                                       .created_at = now,
                                       .next_at = now});
}

}  // namespace

base::Result<store::Plan> plan_of(const std::string& schedule, const store::ScheduleTerms& terms,
                                  Moment after, Moment now) {
  const auto clockwork = TRY(clockwork_of(terms));
  return planned(schedule, terms.jitter_seconds,
                 cron::next(clockwork.expression, clockwork.zone, after), now);
}

Scheduler::Scheduler(store::SharedDatabase& writer, RunQueue& queue, Metrics& metrics,
                     SchedulerOptions options)
    : writer_(writer), queue_(queue), metrics_(metrics), options_(std::move(options)) {}

void Scheduler::begin() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    constexpr std::chrono::seconds pause{1};  // short, so that a clock that is set is noticed
    std::mutex mutex;
    std::condition_variable_any ended;
    std::unique_lock lock(mutex);
    do {
      try {
        turn();
      } catch (const std::exception& error) {
        log_event("error", "bug", {{"what", error.what()}});
      }
    } while (!ended.wait_for(lock, stop, pause, [&] { return stop.stop_requested(); }));
  });
}

void Scheduler::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void Scheduler::turn() {
  const auto at = options_.clock();
  watch_clock(at);
  const auto due =
      writer_.use([&](Database& database) { return store::schedules_due(database, at); });
  if (due) {
    for (const auto& schedule : *due) log_trouble(schedule.id, look_at(schedule, at));
  }
  log_trouble("", due ? base::Status() : std::unexpected(due.error()));
  log_trouble("ends", tell_ends(at));
  log_trouble("old", forget_old(at));
}

// As it is by now: it may have been changed since it was seen.
base::Status Scheduler::look_at(const store::ScheduleRow& seen, Moment now) {
  const std::scoped_lock lock(turn_mutex_);
  const auto schedule =
      TRY(writer_.use([&](Database& database) { return store::find_schedule(database, seen.id); }));
  if (!schedule || !schedule->terms.enabled || schedule->plan != seen.plan) return {};
  return schedule->plan.planned_at > now ? plan_anew(*schedule, now) : start_due(*schedule, now);
}

// Once each time it begins, not each second.
void Scheduler::log_trouble(const std::string& key, const base::Status& status) {
  if (status) {
    said_.erase(key);
  } else if (said_.insert(key).second) {
    log_event("error", "schedule", {{"schedule", key}, {"what", status.error().message}});
  }
}

base::Status Scheduler::start_due(const store::ScheduleRow& schedule, Moment now) {
  const auto due = schedule.plan.due_at.value();
  const auto clockwork = TRY(clockwork_of(schedule.terms));
  const bool is_missed =
      now.microseconds - schedule.plan.starts_at.value().microseconds > late_max_microseconds;
  const auto following = cron::next(clockwork.expression, clockwork.zone, is_missed ? now : due);
  const auto plan = planned(schedule.id, schedule.terms.jitter_seconds, following, now);
  const auto why = is_missed ? missed_text(clockwork, due, now) : std::string();
  if (is_missed && schedule.terms.missed == store::Missed::skip)
    return keep({.schedule = schedule.id,
                 .due_at = due,
                 .at = now,
                 .outcome = Outcome::missed,
                 .reason = why},
                plan);
  const auto unfinished = TRY(writer_.use(
      [&](Database& database) { return store::unfinished_run(database, schedule.id); }));
  if (unfinished)
    return keep({.schedule = schedule.id,
                 .due_at = due,
                 .at = now,
                 .outcome = Outcome::skipped,
                 .reason = fmt::format("{} had not ended", *unfinished)},
                plan);
  return keep(start(schedule, due, now, why), plan);
}

// Times that were dealt with are passed over.
base::Status Scheduler::plan_anew(const store::ScheduleRow& schedule, Moment now) {
  const auto clockwork = TRY(clockwork_of(schedule.terms));
  auto due = cron::next(clockwork.expression, clockwork.zone, now);
  return writer_.use([&](Database& database) -> base::Status {
    while (due && TRY(store::was_dealt_with(database, schedule.id, *due)))
      due = cron::next(clockwork.expression, clockwork.zone, *due);
    return store::set_plan(database, schedule.id,
                           planned(schedule.id, schedule.terms.jitter_seconds, due, now));
  });
}

// The queue knows the time by a token that no header can have: when the program is killed before
// the occurrence is stored, it gives the same run again.
store::Occurrence Scheduler::start(const store::ScheduleRow& schedule, std::optional<Moment> due,
                                   Moment now, std::string reason) {
  store::Occurrence occurrence{.schedule = schedule.id, .due_at = due, .at = now};
  occurrence.reason = std::move(reason);
  const auto request = run_request_of(nlohmann::json::parse(schedule.terms.request));
  std::optional<store::Repeat> repeat;
  if (due) {
    const auto token = fmt::format("\x1f{} {}", schedule.id, due->microseconds);
    repeat = store::Repeat{token, store::digest_of(token)};
  }
  auto added = request ? queue_.submit(schedule.owner, *request, repeat)
                       : base::Result<store::Added>(std::unexpected(request.error()));
  if (added) {
    occurrence.run = added->id;
  } else {
    occurrence.outcome = Outcome::failed;
    occurrence.reason = added.error().message;
  }
  return occurrence;
}

base::Status Scheduler::keep(const store::Occurrence& occurrence,
                             const std::optional<store::Plan>& plan) {
  TRY(writer_.use(
      [&](Database& database) { return store::add_occurrence(database, occurrence, plan); }));
  const std::string outcome(store::name(occurrence.outcome));
  metrics_.add("insights_schedule_occurrences_total", {{"outcome", outcome}});
  log_event(occurrence.outcome == Outcome::started ? "info" : "warning", "schedule",
            {{"schedule", occurrence.schedule},
             {"outcome", outcome},
             {"reason", occurrence.reason},
             {"run", occurrence.run.value_or("")}});
  return {};
}

base::Result<std::string> Scheduler::run_now(const std::string& id) {
  const std::scoped_lock lock(turn_mutex_);
  const auto schedule =
      TRY(writer_.use([&](Database& database) { return store::find_schedule(database, id); }));
  if (!schedule) return base::fail(ErrorKind::not_found, "there is no such schedule");
  const auto unfinished =
      TRY(writer_.use([&](Database& database) { return store::unfinished_run(database, id); }));
  if (unfinished)
    return base::fail(ErrorKind::refused, fmt::format("{} has not ended", *unfinished),
                      "A schedule has one run at a time.");
  const auto request = TRY(run_request_of(nlohmann::json::parse(schedule->terms.request)));
  const auto added = TRY(queue_.submit(schedule->owner, request, {}));
  TRY(keep({.schedule = id, .at = options_.clock(), .run = added.id}, {}));
  return added.id;
}

base::Status Scheduler::tell_ends(Moment now) {
  constexpr std::int64_t at_once = 50;
  const auto ended = TRY(writer_.use(
      [&](Database& database) { return store::untold_occurrences(database, at_once); }));
  for (const auto& occurrence : ended) {
    const auto deal_with = [&](Database& database) -> base::Result<bool> {
      const auto delivery = TRY(delivery_of(database, occurrence, now));
      TRY(store::tell(database, occurrence.number, delivery));
      return delivery.has_value();
    };
    if (TRY(writer_.use(deal_with))) options_.told();
  }
  return {};
}

base::Status Scheduler::forget_old(Moment now) {
  constexpr std::int64_t day = 86'400 * second;
  const auto at = options_.steady();
  if (forgot_ && at - *forgot_ < std::chrono::hours(1)) return {};
  forgot_ = at;
  return writer_.use([&](Database& database) {
    return store::forget_occurrences(database, {now.microseconds - options_.keep_days * day});
  });
}

void Scheduler::watch_clock(Moment now) {
  const auto steady = options_.steady();
  const std::scoped_lock lock(clock_mutex_);
  auto expected = now;
  if (last_clock_) {
    const auto passed =
        std::chrono::duration_cast<std::chrono::microseconds>(steady - last_steady_);
    expected.microseconds = last_clock_->microseconds + passed.count();
  } else if (const auto latest =
                 writer_.use([](Database& database) { return store::latest_moment(database); })) {
    expected = std::max(now, *latest);
  }
  const auto back = expected.microseconds - now.microseconds;
  if (back >= setback_min) {
    setback_ = {.from = expected, .to = now, .seen = steady};
    log_event("warning", "clock_went_back", {{"seconds", back / second}});
  } else if (-back >= late_max_microseconds) {
    log_event("warning", "clock_went_ahead", {{"seconds", -back / second}});
  }
  if (setback_ && (now >= setback_->from || steady - setback_->seen >= setback_told))
    setback_.reset();
  last_clock_ = now;
  last_steady_ = steady;
}

std::optional<std::string> Scheduler::clock_trouble() const {
  const std::scoped_lock lock(clock_mutex_);
  if (!setback_) return std::nullopt;
  return fmt::format("the clock went back by {} s, to {}; no schedule runs twice for it",
                     (setback_->from.microseconds - setback_->to.microseconds) / second,
                     utc_text(setback_->to));
}

}  // namespace insights::server
