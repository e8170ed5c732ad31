#include "server/deliverer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "server/log.h"
#include "server/service.h"
#include "server/webhook_signature.h"

namespace insights::server {

using base::Moment;
using store::Database;
using store::Delivery;
using store::DeliveryState;

namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t day_seconds = 86'400;
constexpr std::array<std::int64_t, attempts_max - 1> pauses_seconds{
    1, 5, 30, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600};

bool may_be_retried(const std::optional<std::int64_t>& status) {
  return !status || *status == 408 || *status == 429 || *status >= 500;
}

// Seconds from `now`; 0 when the header says nothing that can be read.
std::int64_t asked_pause(const std::string& retry_after, Moment now) {
  if (const auto seconds = number_in(retry_after, std::int64_t{1} << 40))
    return std::min(*seconds, day_seconds);
  const auto date = retry_after.empty() ? std::nullopt : http::date_of(retry_after);
  if (!date) return 0;
  const auto at =
      std::chrono::duration_cast<std::chrono::seconds>(date->time_since_epoch()).count();
  return std::clamp(at - now.microseconds / second, std::int64_t{0}, day_seconds);
}

http::Limits limits() {
  using std::chrono::milliseconds;
  return {.body_bytes_max = std::size_t{64} << 10,
          .header_bytes_max = std::size_t{16} << 10,
          .connect_max = milliseconds(5'000),
          .idle_max = milliseconds(10'000),
          .total_max = milliseconds(15'000)};
}

std::int64_t unix_seconds(Moment moment) { return moment.microseconds / second; }

}  // namespace

Verdict judge(Delivery delivery, const Attempt& attempt, Moment now) {
  ++delivery.attempts;
  delivery.status = attempt.status;
  delivery.reason = attempt.reason;
  delivery.tried_at = now;
  const bool is_accepted = attempt.status && *attempt.status >= 200 && *attempt.status < 300;
  const bool is_last = delivery.attempts >= attempts_max;
  if (is_accepted) {
    delivery.state = DeliveryState::delivered;
    delivery.reason.clear();
  } else if (is_last || !may_be_retried(attempt.status)) {
    delivery.state = DeliveryState::failed;
  } else {
    const auto pause = std::max(pauses_seconds[static_cast<std::size_t>(delivery.attempts - 1)],
                                asked_pause(attempt.retry_after, now));
    delivery.next_at = {now.microseconds + pause * second};
  }
  return {std::move(delivery), attempt.status == 410};
}

Deliverer::Deliverer(store::SharedDatabase& writer, Metrics& metrics,
                     const http::Destinations& destinations, std::string program,
                     std::function<Moment()> clock)
    : writer_(writer),
      metrics_(metrics),
      destinations_(destinations),
      program_(std::move(program)),
      clock_(std::move(clock)) {}

void Deliverer::begin() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    constexpr std::chrono::seconds pause{1};
    while (!stop.stop_requested()) {
      try {
        turn(stop);
      } catch (const std::exception& error) {
        log_event("error", "bug", {{"what", error.what()}});
      }
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, stop, pause, [&] { return is_woken_; });
      is_woken_ = false;
    }
  });
}

void Deliverer::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void Deliverer::wake() {
  const std::scoped_lock lock(mutex_);
  is_woken_ = true;
  changed_.notify_all();
}

void Deliverer::turn(const std::stop_token& stop) {
  constexpr std::int64_t at_once = 20;
  const auto due = writer_.use(
      [&](Database& database) { return store::deliveries_due(database, clock_(), at_once); });
  base::Status kept = due ? base::Status() : std::unexpected(due.error());
  if (due) {
    for (const auto& delivery : *due) {
      if (stop.stop_requested() || !kept) break;
      kept = send(delivery, stop);
    }
  }
  if (!kept && !is_store_lost_) log_event("error", "webhook", {{"what", kept.error().message}});
  is_store_lost_ = !kept;
  count();
}

// The attempt is kept when it has been made: when the program is killed between, it is made again.
base::Status Deliverer::send(const Delivery& delivery, const std::stop_token& stop) {
  const auto schedule = TRY(writer_.use(
      [&](Database& database) { return store::find_schedule(database, delivery.schedule); }));
  if (!schedule) return {};  // and its deliveries with it
  // A store that cannot be written would have it sent again and again.
  TRY(writer_.use([&](Database& database) { return store::change_delivery(database, delivery); }));
  const auto made = attempt(*schedule, delivery, stop);
  if (stop.stop_requested() && !made.status) return {};
  const auto [next, is_gone] = judge(delivery, made, clock_());
  TRY(writer_.use([&](Database& database) { return store::change_delivery(database, next); }));
  if (is_gone) {
    TRY(writer_.use([&](Database& database) {
      return store::end_webhook(database, schedule->id, "the receiver is no more (410)", clock_());
    }));
  }
  const std::string outcome =
      next.state == DeliveryState::waiting ? "retried" : std::string(store::name(next.state));
  metrics_.add("insights_webhook_attempts_total", {{"outcome", outcome}});
  log_event(next.state == DeliveryState::delivered ? "info" : "warning", "webhook",
            {{"schedule", schedule->id},
             {"delivery", next.id},
             {"outcome", outcome},
             {"attempt", next.attempts},
             {"status", next.status.value_or(0)},
             {"reason", next.reason}});
  return {};
}

Attempt Deliverer::attempt(const store::ScheduleRow& schedule, const Delivery& delivery,
                           const std::stop_token& stop) {
  if (schedule.terms.webhook_url.empty()) return {404, "", "the schedule has no webhook any more"};
  const auto timestamp = unix_seconds(clock_());
  const http::Request request{
      .url = schedule.terms.webhook_url,
      .headers = {{"Content-Type", "application/json"},
                  {"User-Agent", program_},
                  {"webhook-id", delivery.id},
                  {"webhook-timestamp", std::to_string(timestamp)},
                  {"webhook-signature", webhook_signature(schedule.terms.webhook_secret,
                                                          delivery.id, timestamp, delivery.body)}},
      .body = delivery.body,
      .limits = limits(),
      .destinations = &destinations_};
  // What the receiver says beyond its status is nobody's business.
  const auto ignore = [](const http::Response&, std::string_view) { return http::Wish::enough; };
  const auto answer = client_.send(request, ignore, stop);
  if (!answer) return {std::nullopt, "", answer.error().error.message};
  return {answer->status, std::string(answer->header("retry-after")),
          fmt::format("the receiver answered {}", answer->status)};
}

void Deliverer::count() {
  const Moment yesterday{clock_().microseconds - day_seconds * second};
  const auto load =
      writer_.use([&](Database& database) { return store::delivery_load(database, yesterday); });
  if (!load) return;
  metrics_.set("insights_webhook_deliveries_waiting", static_cast<double>(load->waiting));
  metrics_.set("insights_webhook_deliveries_failed", static_cast<double>(load->failed));
  const std::scoped_lock lock(mutex_);
  load_ = *load;
}

std::optional<std::string> Deliverer::trouble() const {
  const std::scoped_lock lock(mutex_);
  if (load_.retried == 0 && load_.failed == 0) return std::nullopt;
  return fmt::format("webhooks: {} of {} waiting deliveries failed before, {} given up in a day",
                     load_.retried, load_.waiting, load_.failed);
}

}  // namespace insights::server
