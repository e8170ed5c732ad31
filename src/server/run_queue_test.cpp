#include "server/run_queue.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "store/events.h"
#include "store/findings.h"
#include "store/migrations.h"

namespace insights::server {
namespace {

using namespace std::chrono_literals;
using store::Database;
using store::RunState;

findings::Finding finding(std::string fingerprint) {
  findings::Finding one;
  one.fingerprint = std::move(fingerprint);
  one.pattern = "trend";
  one.title = "title of " + one.fingerprint;
  return one;
}

// A store in a file of its own, and a queue over it whose runs do what `work` says.
struct Place {
  using Work = std::function<base::Result<explore::Run>(const std::string& run,
                                                        explore::RunObserver&, std::stop_token)>;

  explicit Place(Work work, QueueLimits limits = {}) {
    static std::atomic<int> count = 0;
    folder = std::filesystem::temp_directory_path() /
             ("queue-test-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
    std::filesystem::create_directories(folder);
    writer = std::make_unique<store::SharedDatabase>(
        store::open_store((folder / "a.db").string()).value());
    engine.subject = "test";
    engine.focus_name = [](const RunRequest&) { return std::string(); };
    engine.explore = [work](const RunRequest&, const std::string& run,
                            explore::RunObserver& observer,
                            std::stop_token stop) { return work(run, observer, std::move(stop)); };
    open(limits);
  }
  ~Place() {
    queue.reset();
    writer.reset();
    std::filesystem::remove_all(folder);
  }

  // A queue as after a restart of the program.
  void open(QueueLimits limits = {}) {
    queue = std::make_unique<RunQueue>(engine, *writer, metrics, [] {}, limits);
  }
  std::string submit(const std::string& owner = "local") {
    const auto added = queue->submit(owner, {}, {});
    REQUIRE(added);
    return added->id;
  }
  store::RunRow row(const std::string& run) {
    return writer->use([&](Database& database) { return store::find_run(database, run); })
        .value()
        .value();
  }
  RunState ended(const std::string& run) {
    for (int i = 0; i < 1000 && !store::has_ended(row(run).state); ++i)
      std::this_thread::sleep_for(5ms);
    return row(run).state;
  }
  std::vector<store::EventRow> events(const std::string& run) {
    return writer
        ->use([&](Database& database) { return store::events_after(database, run, 0, 1000); })
        .value();
  }

  std::filesystem::path folder;
  std::unique_ptr<store::SharedDatabase> writer;
  Metrics metrics;
  Engine engine;
  std::unique_ptr<RunQueue> queue;
};

base::Result<explore::Run> until_stopped(const std::string& run, explore::RunObserver& observer,
                                         std::stop_token stop) {
  const auto proven = finding("a");
  observer.on(explore::FindingProven{&proven});
  while (!stop.stop_requested()) std::this_thread::sleep_for(1ms);
  explore::Run result;
  result.id = run;
  result.partial = true;
  result.partial_reason = "the run was stopped";
  result.findings = {proven};
  return result;
}

TEST_CASE("a run is stored with its findings, its events in order, and its end last") {
  Place place([](const std::string& run, explore::RunObserver& observer, std::stop_token) {
    observer.on(explore::Started{run});
    observer.on(explore::QueryRun{"SELECT 1", 1, 2, ""});
    const auto proven = finding("a");
    observer.on(explore::FindingProven{&proven});
    explore::Run result;
    result.findings = {proven};
    return base::Result<explore::Run>(result);
  });
  REQUIRE(place.queue->begin());
  const auto run = place.submit();
  CHECK(place.ended(run) == RunState::done);
  place.queue->stop();
  std::string kinds;
  std::int64_t sequence = 0;
  for (const auto& event : place.events(run)) {
    kinds += event.kind + " ";
    CHECK(event.sequence == ++sequence);
  }
  CHECK(kinds == "started query finding ended ");
  const auto listed =
      place.writer->use([](Database& database) { return store::list_findings(database, {}); });
  REQUIRE(listed->size() == 1);
  CHECK(listed->front().published);
}

TEST_CASE("a proven finding is in the store before the run ends") {
  Place place(until_stopped);
  REQUIRE(place.queue->begin());
  const auto run = place.submit();
  std::size_t found = 0;
  for (int i = 0; i < 1000 && found == 0; ++i) {
    std::this_thread::sleep_for(2ms);
    found = place.writer->use([](Database& database) { return store::list_findings(database, {}); })
                ->size();
  }
  CHECK(found == 1);
  CHECK(place.row(run).state == RunState::running);
  CHECK(place.queue->cancel(run).value());
  CHECK(place.ended(run) == RunState::cancelled);
  while (place.queue->load().running > 0) std::this_thread::sleep_for(1ms);
  CHECK_FALSE(place.queue->cancel(run).value());
}

TEST_CASE("one that waits is cancelled at once; no more than so many wait") {
  Place place(until_stopped, {.waiting_max = 2, .at_once = 1});
  REQUIRE(place.queue->begin());
  const auto first = place.submit();
  while (place.row(first).state != RunState::running) std::this_thread::sleep_for(1ms);
  const auto second = place.submit();
  place.submit();
  CHECK(place.queue->submit("local", {}, {}).error().kind == base::ErrorKind::unavailable);
  CHECK(place.queue->cancel(second).value());
  CHECK(place.row(second).state == RunState::cancelled);
  CHECK(place.events(second).back().kind == "ended");
  CHECK(place.queue->load().waiting == 1);
}

TEST_CASE("who asks for much does not keep others waiting") {
  std::mutex mutex;
  std::vector<std::string> order;
  std::atomic<bool> open = false;
  Place place([&](const std::string& run, explore::RunObserver&, std::stop_token) {
    while (!open) std::this_thread::sleep_for(1ms);
    const std::scoped_lock lock(mutex);
    order.push_back(run);
    return base::Result<explore::Run>(explore::Run{});
  });
  REQUIRE(place.queue->begin());
  std::vector<std::string> busy;
  for (int i = 0; i < 4; ++i) busy.push_back(place.submit("busy"));
  const auto other = place.submit("other");
  open = true;
  CHECK(place.ended(busy.back()) == RunState::done);
  CHECK(place.ended(other) == RunState::done);
  place.queue->stop();
  const auto at = std::ranges::find(order, other) - order.begin();
  CHECK(at <= 1);
}

TEST_CASE("a shutdown keeps what is proven, and what waits runs after a restart") {
  Place place(until_stopped);
  REQUIRE(place.queue->begin());
  const auto running = place.submit();
  while (place.row(running).state != RunState::running) std::this_thread::sleep_for(1ms);
  const auto waiting = place.submit();
  place.queue->stop();
  CHECK(place.row(running).state == RunState::interrupted);
  CHECK(place.row(waiting).state == RunState::queued);
  place.open();
  REQUIRE(place.queue->begin());
  while (place.row(waiting).state != RunState::running) std::this_thread::sleep_for(1ms);
  CHECK(place.queue->cancel(waiting).value());
}

TEST_CASE("what a killed program left running is interrupted at the start, and says so") {
  Place place(until_stopped);
  const store::NewRun left{"run-1", "local", "test", "", "{}", base::Moment{1}};
  place.writer->use([&](Database& database) {
    REQUIRE(store::add_run(database, left));
    REQUIRE(store::start_run(database, "run-1", base::Moment{2}));
    REQUIRE(store::add_events(database, "run-1", {{{1, {2}, "started", "{}"}}, {}}));
    store::Sighting proven;
    proven.fingerprint = "a";
    REQUIRE(store::see(database, "run-1", proven, base::Moment{3}));
    return 0;
  });
  REQUIRE(place.queue->begin());
  CHECK(place.row("run-1").state == RunState::interrupted);
  const auto events = place.events("run-1");
  REQUIRE(events.size() == 2);
  CHECK(events.back().kind == "ended");
  CHECK(events.back().body.find("\"findings\":1") != std::string::npos);
}

TEST_CASE("an interrupted run is resumed under its own name, and its events go on") {
  std::atomic<int> asked = 0;
  Place place([&](const std::string& run, explore::RunObserver& observer, std::stop_token stop) {
    if (++asked == 1) return until_stopped(run, observer, std::move(stop));
    explore::Run result;
    result.findings = {finding("b")};
    return base::Result<explore::Run>(result);
  });
  REQUIRE(place.queue->begin());
  const auto run = place.submit();
  while (place.events(run).empty()) std::this_thread::sleep_for(1ms);
  CHECK_FALSE(place.queue->resume(run).value());
  place.queue->stop();
  CHECK(place.row(run).state == RunState::interrupted);
  const auto told = place.events(run).size();
  place.open();
  REQUIRE(place.queue->begin());
  CHECK(place.queue->resume(run).value());
  CHECK(place.ended(run) == RunState::done);
  const auto events = place.events(run);
  CHECK(events.size() > told);
  CHECK(events.back().sequence == static_cast<std::int64_t>(events.size()));
  const auto listed =
      place.writer->use([](Database& database) { return store::list_findings(database, {}); });
  REQUIRE(listed->size() == 1);
  CHECK(listed->front().fingerprint == "b");
}

TEST_CASE("a run that fails, or throws, is told as failed, and the next one runs") {
  std::atomic<int> asked = 0;
  Place place([&](const std::string&, explore::RunObserver&,
                  std::stop_token) -> base::Result<explore::Run> {
    if (++asked == 1) return base::fail(base::ErrorKind::unavailable, "no such table");
    if (asked == 2) throw std::runtime_error("a bug");
    return explore::Run{};
  });
  REQUIRE(place.queue->begin());
  const auto first = place.submit(), second = place.submit(), third = place.submit();
  CHECK(place.ended(first) == RunState::failed);
  CHECK(place.row(first).reason == "no such table");
  CHECK(place.ended(second) == RunState::failed);
  CHECK(place.row(second).reason == "an internal error");
  CHECK(place.ended(third) == RunState::done);
}

TEST_CASE("a run whose findings cannot be stored is stopped, and nothing is announced") {
  Place place(until_stopped);
  REQUIRE(place.queue->begin());
  place.writer->use([](Database& database) {
    return database
        .script(
            "CREATE TRIGGER full BEFORE INSERT ON sightings BEGIN SELECT "
            "raise(ABORT, 'no'); END")
        .has_value();
  });
  const auto run = place.submit();
  CHECK(place.ended(run) == RunState::failed);
  for (const auto& event : place.events(run)) CHECK(event.kind != "finding");
}

TEST_CASE(
    "a run that could not be ended in the store is ended when the store can be written again") {
  Place place(until_stopped);
  REQUIRE(place.queue->begin());
  const auto allow = [&](const char* script) {
    place.writer->use([&](Database& database) { return database.script(script).has_value(); });
  };
  const auto run = place.submit();
  while (place.events(run).empty()) std::this_thread::sleep_for(1ms);
  allow("PRAGMA query_only = ON");
  CHECK(place.queue->cancel(run).value());
  std::this_thread::sleep_for(100ms);
  CHECK(place.row(run).state == RunState::running);
  allow("PRAGMA query_only = OFF");
  CHECK(place.ended(run) == RunState::failed);
  const auto events = place.events(run);
  CHECK(events.back().kind == "ended");
  CHECK(events.back().sequence == static_cast<std::int64_t>(events.size()));
}

}  // namespace
}  // namespace insights::server
