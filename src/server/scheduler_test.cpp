#include "server/scheduler.h"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/scratch.h"
#include "server/deliverer.h"
#include "server/schedule_terms.h"
#include "server/webhook_signature.h"
#include "store/deliveries.h"
#include "store/migrations.h"

namespace insights::server {
namespace {

using namespace std::chrono_literals;
using base::Moment;
using store::Database;
using store::Outcome;

constexpr std::int64_t second = 1'000'000;

// "2025-03-30 01:00:00", UTC.
Moment utc(const std::string& text) {
  const auto day = base::parse_day(text.substr(0, 10));
  REQUIRE(day);
  const auto part = [&](std::size_t at) { return std::stoll(text.substr(at, 2)); };
  return {(day->since_epoch * 86'400LL + part(11) * 3600 + part(14) * 60 + part(17)) * second};
}

// A scheduler whose clock is set by hand, over a real queue; a run ends when it is let go.
struct Place {
  explicit Place(const std::string& at) : clock(utc(at)) {
    engine.subject = "test";
    engine.focus_name = [](const RunRequest&) { return std::string(); };
    engine.explore = [this](const RunRequest&, const std::string&, explore::RunObserver&,
                            std::stop_token stop) -> base::Result<explore::Run> {
      std::unique_lock lock(mutex);
      changed.wait(lock, stop, [&] { return is_open; });
      return explore::Run{};
    };
    open();
  }
  ~Place() { queue->stop(); }

  // As after a restart of the program.
  void open() {
    scheduler.reset();
    queue.reset();
    queue =
        std::make_unique<RunQueue>(engine, writer, metrics, [] {}, QueueLimits{.waiting_max = 3});
    REQUIRE(queue->begin());
    SchedulerOptions options;
    options.clock = [this] { return clock; };
    options.steady = [this] { return steady; };
    scheduler = std::make_unique<Scheduler>(writer, *queue, metrics, std::move(options));
  }

  std::string add(const std::string& cron, std::function<void(store::ScheduleTerms&)> change = {}) {
    store::ScheduleRow row;
    row.id = "sch-" + std::to_string(++count);
    row.owner = "local";
    row.terms = {.name = "test", .cron = cron, .time_zone = "UTC", .request = "{}"};
    if (change) change(row.terms);
    row.plan = plan_of(row.id, row.terms, clock, clock).value();
    row.created_at = row.changed_at = clock;
    REQUIRE(writer.use([&](Database& database) { return store::add_schedule(database, row); }));
    return row.id;
  }
  // The clock on the wall and the one of elapsed time go on together, and there is a turn.
  void pass(std::chrono::seconds time) {
    clock.microseconds += time.count() * second;
    steady += time;
    scheduler->turn();
  }
  // Somebody sets the clock; ten seconds pass besides.
  void set_clock(const std::string& text) {
    clock = utc(text);
    steady += 10s;
    scheduler->turn();
  }
  void let_runs_end() {
    {
      const std::scoped_lock lock(mutex);
      is_open = true;
    }
    changed.notify_all();
    while (queue->load().running + queue->load().waiting > 0) std::this_thread::sleep_for(1ms);
  }
  std::vector<store::Occurrence> occurrences(const std::string& schedule) {
    auto list = writer
                    .use([&](Database& database) {
                      return store::list_occurrences(database, schedule, {}, 100);
                    })
                    .value();
    std::ranges::reverse(list);
    return list;
  }
  // "03:00 started": the time it was due, and what came of it.
  std::vector<std::string> told(const std::string& schedule) {
    std::vector<std::string> list;
    for (const auto& one : occurrences(schedule))
      list.push_back((one.due_at ? utc_text(*one.due_at).substr(11, 5) : "now") + " " +
                     std::string(store::name(one.outcome)));
    return list;
  }

  base::Scratch scratch;
  store::SharedDatabase writer{store::open_store(scratch / "a.db").value()};
  Metrics metrics;
  Engine engine;
  Moment clock;
  std::chrono::steady_clock::time_point steady = std::chrono::steady_clock::now();
  int count = 0;
  std::mutex mutex;
  std::condition_variable_any changed;
  bool is_open = true;
  std::unique_ptr<RunQueue> queue;
  std::unique_ptr<Scheduler> scheduler;
};

using List = std::vector<std::string>;

TEST_CASE("a schedule starts a run at its time, once, and then at the next") {
  Place place("2025-06-01 02:59:30");
  const auto id = place.add("0 3,4 * * *");
  place.scheduler->turn();
  place.pass(29s);
  CHECK(place.told(id).empty());
  place.pass(1s);
  place.pass(1s);
  CHECK(place.told(id) == List{"03:00 started"});
  place.let_runs_end();
  place.pass(3599s);
  CHECK(place.told(id) == List{"03:00 started", "04:00 started"});
}

TEST_CASE("the next run waits for its turn until the one before has ended, and that is recorded") {
  Place place("2025-06-01 02:59:59");
  place.is_open = false;
  const auto id = place.add("*/5 * * * *");
  place.pass(1s);
  place.pass(300s);
  CHECK(place.told(id) == List{"03:00 started", "03:05 skipped"});
  CHECK(place.occurrences(id)[1].reason.find("had not ended") != std::string::npos);
  const auto by_hand = place.scheduler->run_now(id);
  REQUIRE_FALSE(by_hand);
  CHECK(by_hand.error().kind == base::ErrorKind::refused);
  place.let_runs_end();
  place.pass(300s);
  CHECK(place.told(id).back() == "03:10 started");
  place.let_runs_end();
  CHECK(place.scheduler->run_now(id));
  CHECK(place.told(id).back() == "now started");
}

TEST_CASE("times that were missed are skipped, or one run is started for all of them") {
  Place place("2025-06-01 02:30:00");
  const auto skipping = place.add("0 * * * *");
  const auto catching_up =
      place.add("0 * * * *", [](auto& terms) { terms.missed = store::Missed::run_once; });
  place.open();  // the server was down for five hours
  place.pass(5h + 15min);
  CHECK(place.told(skipping) == List{"03:00 missed"});
  CHECK(place.occurrences(skipping)[0].reason.starts_with("5 times were missed"));
  CHECK(place.told(catching_up) == List{"03:00 started"});
  CHECK(place.occurrences(catching_up)[0].reason.starts_with("5 times were missed"));
  place.let_runs_end();
  place.pass(15min);
  CHECK(place.told(skipping) == List{"03:00 missed", "08:00 started"});
  CHECK(place.told(catching_up) == List{"03:00 started", "08:00 started"});
}

TEST_CASE("a minute late is not missed, more is") {
  Place place("2025-06-01 02:59:00");
  const auto id = place.add("0 3,4 * * *");
  place.pass(120s);
  CHECK(place.told(id) == List{"03:00 started"});
  place.let_runs_end();
  place.pass(3601s);
  CHECK(place.told(id) == List{"03:00 started", "04:00 missed"});
}

TEST_CASE("a clock that goes back starts nothing a second time, and is spoken of for a while") {
  Place place("2025-06-01 02:59:59");
  const auto id = place.add("0 * * * *");
  place.scheduler->turn();
  CHECK_FALSE(place.scheduler->clock_trouble());
  place.pass(1s);
  place.let_runs_end();
  place.set_clock("2025-06-01 02:30:00");
  REQUIRE(place.scheduler->clock_trouble());
  CHECK(place.scheduler->clock_trouble()->starts_with("the clock went back by 1810 s"));
  place.pass(30min);  // it is 3 again
  CHECK(place.told(id) == List{"03:00 started"});
  place.pass(1min);  // it has caught up
  CHECK_FALSE(place.scheduler->clock_trouble());
  place.pass(59min);
  place.let_runs_end();
  CHECK(place.told(id) == List{"03:00 started", "04:00 started"});
}

TEST_CASE("a clock that went ahead by years and is set right again stops no schedule") {
  Place place("2025-06-01 02:59:59");
  const auto id = place.add("0 3 * * *");
  place.pass(1s);
  place.let_runs_end();
  place.set_clock("2035-01-01 12:00:00");
  CHECK(place.told(id) == List{"03:00 started", "03:00 missed"});
  place.set_clock("2025-06-01 03:01:00");
  REQUIRE(place.scheduler->clock_trouble());
  place.pass(24h);
  CHECK_FALSE(place.scheduler->clock_trouble());
  const auto list = place.occurrences(id);
  REQUIRE(list.size() == 2);  // the 2nd of June was missed only by the wrong clock
  CHECK(list[1].due_at == utc("2025-06-02 03:00:00"));
  CHECK(list[1].outcome == Outcome::started);
}

TEST_CASE("a clock that went back while the server was down is noticed at the start") {
  Place place("2025-06-01 02:59:59");
  const auto id = place.add("0 * * * *");
  place.pass(1s);
  place.let_runs_end();
  place.clock = utc("2025-06-01 01:30:00");
  place.open();
  place.scheduler->turn();
  CHECK(place.scheduler->clock_trouble());
  place.pass(30min);  // 2:00 was not dealt with
  CHECK(place.told(id) == List{"03:00 started", "02:00 started"});
  place.let_runs_end();
  place.pass(1h);  // 3:00 was
  CHECK(place.told(id) == List{"03:00 started", "02:00 started"});
}

TEST_CASE("a time is left out or comes twice on the clock: one run on that day") {
  Place place("2025-03-30 00:59:00");
  const auto id = place.add("30 2 * * *", [](auto& terms) { terms.time_zone = "Europe/Berlin"; });
  place.pass(1min);
  CHECK(place.told(id) == List{"01:00 started"});  // 03:00 in Berlin, the end of the gap
  place.let_runs_end();
  for (int minute = 0; minute < 120; ++minute) place.pass(1min);
  CHECK(place.told(id).size() == 1);
}

TEST_CASE("what was asked for and not recorded when the program was killed is asked for once") {
  Place place("2025-06-01 02:59:59");
  const auto id = place.add("0 3 * * *");
  place.pass(1s);
  place.let_runs_end();
  const auto first = place.occurrences(id)[0].run;
  // As if it had been killed after the queue had it: the time is still due.
  REQUIRE(place.writer.use([&](Database& database) -> base::Status {
    TRY(database.execute("DELETE FROM occurrences"));
    return store::set_plan(database, id,
                           {utc("2025-06-01 03:00:00"), utc("2025-06-01 03:00:00"), Moment{1}});
  }));
  place.open();
  place.pass(2s);
  REQUIRE(place.occurrences(id).size() == 1);
  CHECK(place.occurrences(id)[0].run == first);
}

TEST_CASE("what cannot be asked for is recorded as failed, and the next time comes") {
  Place place("2025-06-01 02:59:59");
  place.is_open = false;
  List ids;
  for (int one = 0; one < 6; ++one) ids.push_back(place.add("*/5 * * * *"));
  place.pass(1s);
  int failed = 0;
  for (const auto& id : ids) failed += place.told(id) == List{"03:00 failed"} ? 1 : 0;
  CHECK(failed >= 2);  // one runs or waits, three wait
  CHECK(failed <= 3);
  place.let_runs_end();
  place.pass(300s);
  CHECK(place.told(ids.back()).size() == 2);
}

TEST_CASE("the jitter delays a start by up to so much, always the same for one time") {
  store::ScheduleTerms terms{.name = "test", .cron = "0 3 * * *", .time_zone = "UTC"};
  terms.jitter_seconds = 600;
  std::set<std::int64_t> delays;
  for (int one = 0; one < 50; ++one) {
    const auto id = "sch-" + std::to_string(one);
    const auto now = utc("2025-06-01 02:00:00");
    const auto plan = plan_of(id, terms, now, now).value();
    const auto delay = (plan.starts_at->microseconds - plan.due_at->microseconds) / second;
    CHECK(delay >= 0);
    CHECK(delay <= 600);
    CHECK(plan_of(id, terms, utc("2025-06-01 02:30:00"), now).value() == plan);
    delays.insert(delay);
  }
  CHECK(delays.size() > 30);
}

TEST_CASE("a paused schedule starts nothing") {
  Place place("2025-06-01 02:59:59");
  const auto id = place.add("* * * * *", [](auto& terms) { terms.enabled = false; });
  place.pass(1s);
  place.pass(60s);
  CHECK(place.told(id).empty());
}

TEST_CASE("the end of a run is told once; of one that changed nothing only when that is wanted") {
  Place place("2025-06-01 02:59:59");
  const auto with_webhook = [](auto& terms) {
    terms.webhook_url = "https://hooks.example/x";
    terms.webhook_secret = new_webhook_secret();
  };
  const auto quiet = place.add("0 3 * * *", with_webhook);
  const auto always = place.add("0 3 * * *", [&](auto& terms) {
    with_webhook(terms);
    terms.only_if_changed = false;
  });
  place.add("0 3 * * *");  // nobody to tell
  place.pass(1s);
  place.let_runs_end();
  place.pass(1s);
  place.pass(1s);
  const auto deliveries = [&](const std::string& id) {
    return place.writer
        .use([&](Database& database) { return store::list_deliveries(database, id, {}, 10); })
        .value();
  };
  CHECK(deliveries(quiet).empty());
  REQUIRE(deliveries(always).size() == 1);
  const auto body = nlohmann::json::parse(deliveries(always)[0].body);
  CHECK(body["type"] == "exploration.ended");
  CHECK(body["data"]["exploration"]["state"] == "done");
  CHECK(body["data"]["counts"]["new"] == 0);
  CHECK(deliveries(always)[0].body.find("whsec_") == std::string::npos);
}

}  // namespace
}  // namespace insights::server
