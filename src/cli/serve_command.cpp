// `insights serve`: the server from its settings to its end.
#include <fmt/format.h>
#include <sys/resource.h>

#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/parts.h"
#include "cli/say.h"
#include "cli/serve_engine.h"
#include "http/destinations.h"
#include "server/clock.h"
#include "server/deliverer.h"
#include "server/listener.h"
#include "server/log.h"
#include "server/run_queue.h"
#include "server/scheduler.h"
#include "server/service.h"
#include "store/keys.h"
#include "store/lock.h"
#include "store/migrations.h"

namespace insights::cli {

using base::ErrorKind;
using base::Result;
using config::Config;
using server::log_event;

namespace {

// Every connection is a descriptor; the usual soft limit of 1024 is too low.
void allow_many_connections() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Result<store::SharedDatabase*> opened(std::unique_ptr<store::SharedDatabase>& place,
                                      const Config& config) {
  place = std::make_unique<store::SharedDatabase>(TRY(store::open_store(config.store)));
  return place.get();
}

// Old runs go at the start, and then every hour.
void forget_old_runs(const std::stop_token& stop, store::SharedDatabase& writer,
                     std::int64_t keep_days) {
  constexpr std::int64_t day = 86'400'000'000;
  std::mutex mutex;
  std::condition_variable_any ended;
  std::unique_lock lock(mutex);
  do {
    const base::Moment before{server::now().microseconds - keep_days * day};
    const auto gone =
        writer.use([&](store::Database& database) { return store::forget_runs(database, before); });
    if (!gone) log_event("error", "store", {{"what", gone.error().message}});
    if (gone && *gone > 0) log_event("info", "runs_forgotten", {{"runs", *gone}});
  } while (
      !ended.wait_for(lock, stop, std::chrono::hours(1), [&] { return stop.stop_requested(); }));
}

// What is wrong with asking for no key here.
std::optional<base::Error> unsafe(const Config& config, const server::Listener& listener) {
  if (!config.without_keys || listener.is_loopback()) return std::nullopt;
  return base::Error{ErrorKind::refused,
                     fmt::format("--without-keys is for this machine alone, and {} is reached from "
                                 "elsewhere",
                                 config.host),
                     "Leave --host at 127.0.0.1, or make a key: insights keys create NAME"};
}

base::Status say_keys(const Config& config, store::SharedDatabase& reader) {
  if (config.without_keys) return {};
  const auto keys =
      TRY(reader.use([](store::Database& database) { return store::list_keys(database); }));
  const bool has_any = std::ranges::any_of(keys, [](const auto& key) { return !key.revoked_at; });
  if (!has_any)
    log_event("warning", "no_keys",
              {{"what", "there is no API key yet: insights keys create NAME"}});
  return {};
}

}  // namespace

Result<ExitCode> run_serve(const Invocation&, const Config& config) {
  if (config.locations.empty()) return usage_error(nothing_named("serve"));
  if (const auto focus = focus_of(config); !focus) return usage_error(focus.error());
  const auto destinations = http::Destinations::of(config.webhook_hosts, config.webhook_networks);
  if (!destinations) return usage_error(destinations.error());
  const Interrupt interrupt;  // First: the threads made after it leave signals to it.
  allow_many_connections();

  std::unique_ptr<store::SharedDatabase> writer, reader, streams;
  TRY(opened(writer, config));
  const auto lock = TRY(store::StoreLock::take(config.store));
  TRY(opened(reader, config));
  TRY(opened(streams, config));
  const auto listener = TRY(server::Listener::open(
      config.host, static_cast<std::uint16_t>(config.port), server::Limits{}));
  if (const auto why = unsafe(config, *listener)) return std::unexpected(*why);
  TRY(say_keys(config, *reader));

  server::Metrics metrics;
  const auto engine = TRY(serve_engine(config, metrics));
  std::stop_source ending;
  server::RunQueue queue(engine, *writer, metrics, [&] { listener->ring(); },
                         {.waiting_max = static_cast<std::size_t>(config.runs_waiting_max),
                          .at_once = static_cast<int>(config.runs_at_once)});
  server::Deliverer deliverer(*writer, metrics, *destinations, engine.program);
  server::SchedulerOptions options;
  options.keep_days = config.keep_days;
  options.told = [&] { deliverer.wake(); };
  server::Scheduler scheduler(*writer, queue, metrics, std::move(options));
  server::Desk desk{.engine = engine,
                    .writer = *writer,
                    .reader = *reader,
                    .streams = *streams,
                    .queue = queue,
                    .metrics = metrics,
                    .listener = *listener,
                    .scheduler = scheduler,
                    .deliverer = deliverer,
                    .destinations = *destinations,
                    .stop = ending.get_token()};
  server::Service service(
      desk, {.access = {server::known_hosts(config.host, listener->port(), config.allowed_hosts),
                        config.allowed_origins},
             .needs_key = !config.without_keys,
             .requests_per_minute = config.requests_per_minute});
  TRY(queue.begin());
  scheduler.begin();
  deliverer.begin();
  const std::jthread forgetting(
      [&](const std::stop_token& stop) { forget_old_runs(stop, *writer, config.keep_days); });
  // Runs end first: who waits for one is answered; then the connections.
  const std::jthread closing([&] {
    std::mutex mutex;
    std::condition_variable_any asked;
    std::unique_lock turn(mutex);
    asked.wait(turn, interrupt.token(), [] { return false; });
    log_event("info", "stopping", nlohmann::ordered_json::object());
    ending.request_stop();
    scheduler.stop();
    deliverer.stop();
    queue.stop();
    listener->stop();
  });
  log_event("info", "serving",
            {{"address", fmt::format("http://{}:{}", config.host, listener->port())},
             {"keys", !config.without_keys},
             {"store", config.store}});
  listener->run(service.handlers());
  log_event("info", "stopped", nlohmann::ordered_json::object());
  return ExitCode::done;
}

}  // namespace insights::cli
