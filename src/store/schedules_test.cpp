#include "store/schedules.h"

#include <doctest/doctest.h>

#include "base/scratch.h"
#include "store/changes.h"
#include "store/deliveries.h"
#include "store/migrations.h"

namespace insights::store {
namespace {

using base::Moment;

ScheduleRow schedule(const std::string& id, std::int64_t starts_at) {
  ScheduleRow row;
  row.id = id;
  row.owner = "local";
  row.terms = {.name = "nightly",
               .cron = "0 6 * * *",
               .time_zone = "Europe/Berlin",
               .request = "{}",
               .jitter_seconds = 30,
               .missed = Missed::run_once,
               .webhook_url = "https://hooks.example/x",
               .webhook_secret = "whsec_x"};
  row.plan = {Moment{starts_at}, Moment{starts_at}, Moment{1}};
  row.created_at = row.changed_at = Moment{1};
  return row;
}

struct Place {
  base::Scratch scratch;
  Database database = open_store(scratch / "a.db").value();

  void run(const std::string& id, std::int64_t at = 1) {
    REQUIRE(add_run(database, {id, "local", "sales.csv", "", "{}", Moment{at}}));
  }
  void ended(const std::string& id, std::vector<Sighting> published, std::int64_t at,
             RunState state = RunState::done) {
    run(id, at);
    REQUIRE(start_run(database, id, Moment{at}));
    REQUIRE(close(database, id, {state, "", "{}", std::move(published), {}, Moment{at}}));
  }
};

TEST_CASE(
    "a schedule is read back as it was stored, changed and removed with all that hangs on it") {
  Place place;
  auto row = schedule("sch-1", 100);
  REQUIRE(add_schedule(place.database, row));
  auto found = find_schedule(place.database, "sch-1").value();
  REQUIRE(found);
  CHECK(found->terms == row.terms);
  CHECK(found->plan == row.plan);
  row.terms.enabled = false;
  row.terms.webhook_url = "";
  row.plan = {{}, {}, Moment{7}};
  REQUIRE(change_schedule(place.database, row));
  found = find_schedule(place.database, "sch-1").value();
  CHECK(found->terms == row.terms);
  CHECK(found->plan == row.plan);
  CHECK(count_schedules(place.database).value() == 1);
  place.run("run-1");
  REQUIRE(add_occurrence(place.database, {.schedule = "sch-1", .run = "run-1"}, {}));
  REQUIRE(tell(place.database, 1,
               Delivery{.id = "msg_1", .schedule = "sch-1", .run = "run-1", .body = "{}"}));
  CHECK(remove_schedule(place.database, "sch-1").value());
  CHECK_FALSE(remove_schedule(place.database, "sch-1").value());
  CHECK(list_deliveries(place.database, "sch-1", {}, 10).value().empty());
  CHECK(list_occurrences(place.database, "sch-1", {}, 10).value().empty());
  CHECK(find_run(place.database, "run-1").value());
}

TEST_CASE(
    "due are those that are enabled and start by now, or were planned in what is the future") {
  Place place;
  REQUIRE(add_schedule(place.database, schedule("sch-1", 100)));
  REQUIRE(add_schedule(place.database, schedule("sch-2", 90)));
  auto paused = schedule("sch-3", 80);
  paused.terms.enabled = false;
  REQUIRE(add_schedule(place.database, paused));
  auto never = schedule("sch-4", 0);
  never.plan = {{}, {}, Moment{1}};
  REQUIRE(add_schedule(place.database, never));
  auto ahead = schedule("sch-5", 2000);
  ahead.plan.planned_at = Moment{1000};
  REQUIRE(add_schedule(place.database, ahead));
  const auto due = [&](std::int64_t now) {
    std::vector<std::string> ids;
    const auto rows = schedules_due(place.database, Moment{now});
    for (const auto& row : rows.value()) ids.push_back(row.id);
    return ids;
  };
  CHECK(due(89) == std::vector<std::string>{"sch-5"});
  CHECK(due(100) == std::vector<std::string>{"sch-2", "sch-1", "sch-5"});
  CHECK(due(1500) == std::vector<std::string>{"sch-2", "sch-1"});
}

TEST_CASE("a time is dealt with once; the runs asked for by hand are many") {
  Place place;
  REQUIRE(add_schedule(place.database, schedule("sch-1", 100)));
  for (const auto* run : {"run-1", "run-2", "run-3"}) place.run(run);
  const auto add = [&](std::optional<Moment> due, const char* run) {
    REQUIRE(add_occurrence(place.database, {.schedule = "sch-1", .due_at = due, .run = run},
                           Plan{Moment{200}, Moment{205}, Moment{101}}));
  };
  CHECK_FALSE(was_dealt_with(place.database, "sch-1", Moment{100}).value());
  add(Moment{100}, "run-1");
  CHECK(was_dealt_with(place.database, "sch-1", Moment{100}).value());
  add(Moment{100}, "run-2");
  CHECK(list_occurrences(place.database, "sch-1", {}, 10).value().size() == 1);
  CHECK(find_schedule(place.database, "sch-1").value()->plan ==
        Plan{Moment{200}, Moment{205}, Moment{101}});
  REQUIRE(add_occurrence(place.database,
                         {.schedule = "sch-1", .due_at = Moment{150}, .outcome = Outcome::missed},
                         {}));
  CHECK_FALSE(was_dealt_with(place.database, "sch-1", Moment{150}).value());
  add(Moment{150}, "run-2");
  CHECK(was_dealt_with(place.database, "sch-1", Moment{150}).value());
  CHECK(list_occurrences(place.database, "sch-1", {}, 10).value()[0].outcome == Outcome::started);
  add({}, "run-2");
  add({}, "run-3");
  const auto page = list_occurrences(place.database, "sch-1", {}, 2).value();
  REQUIRE(page.size() == 2);
  CHECK(page[0].run == "run-3");
  CHECK(list_occurrences(place.database, "sch-1", page[1].number, 3).value().size() == 2);
}

TEST_CASE("a run that waits or runs is unfinished; one that ended is to be told, once") {
  Place place;
  REQUIRE(add_schedule(place.database, schedule("sch-1", 100)));
  place.run("run-1");
  REQUIRE(add_occurrence(place.database, {.schedule = "sch-1", .run = "run-1"}, {}));
  CHECK(unfinished_run(place.database, "sch-1").value() == "run-1");
  CHECK(untold_occurrences(place.database, 10).value().empty());
  REQUIRE(end_run(place.database, "run-1", RunState::failed, "no", {}, Moment{5}));
  CHECK_FALSE(unfinished_run(place.database, "sch-1").value());
  const auto untold = untold_occurrences(place.database, 10).value();
  REQUIRE(untold.size() == 1);
  REQUIRE(tell(place.database, untold[0].number, {}));
  CHECK(untold_occurrences(place.database, 10).value().empty());
}

TEST_CASE("a delivery waits for its turn, and for all of them when its receiver is no more") {
  Place place;
  REQUIRE(add_schedule(place.database, schedule("sch-1", 100)));
  place.run("run-1");
  for (int one = 1; one <= 3; ++one) {
    REQUIRE(add_occurrence(place.database, {.schedule = "sch-1", .run = "run-1"}, {}));
    REQUIRE(tell(place.database, one,
                 Delivery{.id = "msg_" + std::to_string(one),
                          .schedule = "sch-1",
                          .run = "run-1",
                          .body = "{}",
                          .created_at = Moment{1},
                          .next_at = Moment{40 - one * 10}}));
  }
  auto due = deliveries_due(place.database, Moment{20}, 10).value();
  REQUIRE(due.size() == 2);
  CHECK(due[0].id == "msg_3");
  auto tried = due[0];
  tried.attempts = 1;
  tried.status = 503;
  tried.reason = "503";
  tried.tried_at = Moment{20};
  tried.next_at = Moment{500};
  REQUIRE(change_delivery(place.database, tried));
  CHECK(deliveries_due(place.database, Moment{40}, 10).value().size() == 2);
  CHECK(deliveries_due(place.database, Moment{19}, 10).value().size() == 1);  // the clock went back
  const auto load = delivery_load(place.database, Moment{0}).value();
  CHECK(load.waiting == 3);
  CHECK(load.retried == 1);
  REQUIRE(end_webhook(place.database, "sch-1", "gone", Moment{50}));
  CHECK(deliveries_due(place.database, Moment{1000}, 10).value().empty());
  CHECK(delivery_load(place.database, Moment{0}).value().failed == 3);
  CHECK(find_schedule(place.database, "sch-1").value()->webhook_gone_at == Moment{50});
  CHECK(list_deliveries(place.database, "sch-1", {}, 10).value()[0].reason == "gone");
}

TEST_CASE("old occurrences and deliveries are forgotten, but none that waits or is to be told") {
  Place place;
  REQUIRE(add_schedule(place.database, schedule("sch-1", 100)));
  place.run("run-1");
  for (int one = 1; one <= 3; ++one)
    REQUIRE(add_occurrence(
        place.database,
        {.schedule = "sch-1", .due_at = Moment{one}, .at = Moment{one * 10}, .run = "run-1"}, {}));
  REQUIRE(tell(place.database, 1,
               Delivery{.id = "a", .schedule = "sch-1", .run = "run-1", .body = "{}"}));
  REQUIRE(tell(place.database, 3, {}));
  REQUIRE(forget_occurrences(place.database, Moment{25}));
  CHECK(list_occurrences(place.database, "sch-1", {}, 10).value().size() == 2);
  CHECK(list_deliveries(place.database, "sch-1", {}, 10).value().size() == 1);
}

Sighting sighting(const std::string& fingerprint, double amount) {
  return {.fingerprint = fingerprint,
          .pattern = "customer_silent",
          .title = "about " + fingerprint,
          .stake = {"high", "at_risk", amount, {}, {}},
          .entities = {},
          .body = "{}"};
}

std::vector<std::string> told(Database& database, const std::string& run, std::int64_t at = 1000) {
  std::vector<std::string> list;
  const auto changes = changes_of(database, run, Moment{at});
  for (const auto& one : changes.value())
    list.push_back(std::string(name(one.change)) + " " + one.title.substr(6));
  return list;
}

TEST_CASE("the changes of a run are what is not as it was, and what is resolved, last") {
  using List = std::vector<std::string>;
  Place place;
  place.ended("run-1", {sighting("a", 100), sighting("b", 100), sighting("c", 100)}, 10);
  CHECK(told(place.database, "run-1") == List{"new a", "new b", "new c"});
  place.ended("run-2", {sighting("c", 50), sighting("a", 200)}, 20);
  CHECK(told(place.database, "run-2") == List{"better c", "worse a", "resolved b"});
  const auto changes = changes_of(place.database, "run-2", Moment{1000}).value();
  CHECK(changes[1].before->amount == 100);
  CHECK(changes[1].now.amount == 200);
  CHECK_FALSE(changes_of(place.database, "run-1", Moment{1000}).value()[0].before);
  place.ended("run-3", {sighting("c", 50), sighting("a", 200)}, 30);
  CHECK(told(place.database, "run-3").empty());
  place.ended("run-4", {sighting("a", 200), sighting("b", 100), sighting("c", 50)}, 40);
  CHECK(told(place.database, "run-4") == List{"back b"});
  CHECK_FALSE(changes_of(place.database, "run-5", Moment{1}));
}

TEST_CASE("what sleeps, what was not reported and what a partial run did not reach is not told") {
  using List = std::vector<std::string>;
  Place place;
  place.ended("run-1", {sighting("a", 100), sighting("b", 100)}, 10);
  REQUIRE(snooze(place.database, 1, Moment{2000}));
  place.ended("run-2", {sighting("a", 500), sighting("b", 500)}, 20);
  CHECK(told(place.database, "run-2", 1999) == List{"worse b"});
  CHECK(told(place.database, "run-2", 2000) == List{"worse a", "worse b"});
  place.run("run-3", 30);
  REQUIRE(start_run(place.database, "run-3", Moment{30}));
  REQUIRE(see(place.database, "run-3", sighting("hidden", 1), Moment{30}));
  REQUIRE(
      close(place.database, "run-3",
            {RunState::done, "", "{}", {sighting("a", 500), sighting("b", 500)}, {}, Moment{31}}));
  CHECK(told(place.database, "run-3", 2000).empty());
  place.ended("run-4", {sighting("a", 500)}, 40, RunState::partial);
  CHECK(told(place.database, "run-4", 2000).empty());
  place.ended("run-5", {sighting("a", 500)}, 50);
  CHECK(told(place.database, "run-5", 2000) == List{"resolved b"});  // and not the unreported one
}

}  // namespace
}  // namespace insights::store
