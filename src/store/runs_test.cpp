#include "store/runs.h"

#include <doctest/doctest.h>

#include "base/scratch.h"
#include "store/events.h"
#include "store/findings.h"
#include "store/journal.h"
#include "store/keys.h"
#include "store/migrations.h"
#include "store/model_runs.h"

namespace insights::store {
namespace {

using base::ErrorKind;
using base::Moment;

NewRun asked(std::string id, std::int64_t at = 1) {
  return {std::move(id), "local", "sales.csv", "", "{}", Moment{at}};
}

struct Opened {
  base::Scratch scratch;
  Database database = open_store(scratch / "a.db").value();
};

TEST_CASE("a run goes from queued to running to its end, once") {
  Opened store;
  REQUIRE(add_run(store.database, asked("run-1")));
  CHECK(find_run(store.database, "run-1").value()->state == RunState::queued);
  CHECK(start_run(store.database, "run-1", Moment{5}).value());
  CHECK_FALSE(start_run(store.database, "run-1", Moment{6}).value());
  REQUIRE(end_run(store.database, "run-1", RunState::failed, "no such table", {}, Moment{9}));
  REQUIRE(end_run(store.database, "run-1", RunState::cancelled, "too late", {}, Moment{10}));
  const auto run = find_run(store.database, "run-1").value();
  CHECK(run->state == RunState::failed);
  CHECK(run->reason == "no such table");
  CHECK(run->started_at == Moment{5});
  CHECK(run->ended_at == Moment{9});
  CHECK_FALSE(find_run(store.database, "run-2").value());
}

TEST_CASE("the same request with the same token gives the same run, another request is refused") {
  Opened store;
  const auto first = add_run(store.database, asked("run-1"), Repeat{"t", "digest"});
  CHECK_FALSE(first->is_repeat);
  const auto again = add_run(store.database, asked("run-2"), Repeat{"t", "digest"});
  CHECK(again->id == "run-1");
  CHECK(again->is_repeat);
  const auto other = add_run(store.database, asked("run-3"), Repeat{"t", "other"});
  CHECK(other.error().kind == ErrorKind::refused);
  CHECK(list_runs(store.database, {}).value().size() == 1);
}

TEST_CASE("what a killed program left running is interrupted, and what is queued stays so") {
  Opened store;
  REQUIRE(add_run(store.database, asked("run-1")));
  REQUIRE(add_run(store.database, asked("run-2")));
  REQUIRE(start_run(store.database, "run-1", Moment{5}));
  CHECK(interrupt_running(store.database, "the program was ended", Moment{7}).value() == 1);
  CHECK(find_run(store.database, "run-1").value()->state == RunState::interrupted);
  CHECK(find_run(store.database, "run-2").value()->state == RunState::queued);
}

TEST_CASE("runs are listed newest first, a page at a time, by state when asked") {
  Opened store;
  for (const auto* id : {"run-1", "run-2", "run-3"}) REQUIRE(add_run(store.database, asked(id)));
  REQUIRE(start_run(store.database, "run-2", Moment{2}));
  const auto first = list_runs(store.database, {.limit = 2}).value();
  REQUIRE(first.size() == 2);
  CHECK(first[0].id == "run-3");
  const auto rest = list_runs(store.database, {.before = first[1].number, .limit = 2}).value();
  REQUIRE(rest.size() == 1);
  CHECK(rest[0].id == "run-1");
  CHECK(list_runs(store.database, {.state = RunState::running}).value().size() == 1);
}

TEST_CASE("events and queries come back in order, from where one asks") {
  Opened store;
  REQUIRE(add_run(store.database, asked("run-1")));
  const std::vector<EventRow> events{{1, {10}, "started", "{}"}, {2, {11}, "query", R"({"n":1})"}};
  REQUIRE(add_events(store.database, "run-1", {events, {{1, {11}, "SELECT 1", 1, 3, ""}}}));
  CHECK(events_after(store.database, "run-1", 0, 100).value() == events);
  CHECK(events_after(store.database, "run-1", 1, 100).value() == std::vector{events[1]});
  CHECK(queries_after(store.database, "run-1", 0, 10).value().front().sql == "SELECT 1");
  // A sequence number is given once: all of it is refused, not a part.
  CHECK_FALSE(add_events(store.database, "run-1", {{{3, {1}, "a", ""}, {2, {1}, "b", ""}}, {}}));
  CHECK(events_after(store.database, "run-1", 0, 100).value().size() == 2);
}

TEST_CASE("old runs go, with all that hangs on them; the run that saw a finding last stays") {
  Opened store;
  for (const auto* id : {"run-1", "run-2"}) {
    REQUIRE(add_run(store.database, asked(id)));
    REQUIRE(start_run(store.database, id, Moment{2}));
    REQUIRE(add_events(store.database, id, {{{1, {2}, "started", "{}"}}, {}}));
    REQUIRE(see(store.database, id, {"f/a", "f", "A", {"high", "none", {}, {}, {}}, {}, "{}"},
                Moment{3}));
    REQUIRE(close(store.database, id, {RunState::done, "", "{}", {}, {}, Moment{4}}));
  }
  CHECK(forget_runs(store.database, Moment{4}).value() == 0);
  CHECK(forget_runs(store.database, Moment{5}).value() == 1);
  CHECK_FALSE(find_run(store.database, "run-1").value());
  CHECK(events_after(store.database, "run-1", 0, 9).value().empty());
  CHECK(find_finding(store.database, 1).value()->last_run == "run-2");
}

TEST_CASE("with an old run of a model goes its journal, and what was kept of what it sent") {
  Opened store;
  for (const auto& [id, started, state] :
       {std::tuple{"run-old", 1, "done"}, std::tuple{"run-new", 9, "done"},
        std::tuple{"run-cut", 1, "running"}}) {
    ModelRun head;
    head.run = id;
    head.started_at = Moment{started};
    head.state = state;
    REQUIRE(save_model_run(store.database, head));
    StoredJournal journal(store.database, id);
    REQUIRE(journal.append("turn", "{}"));
    REQUIRE(add_egress(store.database, id, {Moment{1}, "", 1, "full", {}}));
  }
  REQUIRE(forget_runs(store.database, Moment{5}));
  const auto left = [&](const char* sql) { return store.database.text(sql).value(); };
  for (const auto* table : {"model_runs", "journal", "egress"})
    CHECK(left(("SELECT group_concat(run) FROM (SELECT run FROM " + std::string(table) +
                " ORDER BY run)")
                   .c_str()) == "run-cut,run-new");
}

TEST_CASE("a key is found by its secret until it is revoked, and the secret is nowhere") {
  Opened store;
  const auto made = create_key(store.database, "dashboard", {"read", "run"}, Moment{1}).value();
  CHECK(find_key(store.database, made.secret).value()->id == made.key.id);
  CHECK(find_key(store.database, made.secret).value()->scopes ==
        std::vector<std::string>{"read", "run"});
  const std::string longer(100'000, 'x');
  for (const auto& wrong :
       {std::string(), std::string("insights_"), made.secret + "0", made.secret.substr(1), longer})
    CHECK_FALSE(find_key(store.database, wrong).value());
  CHECK(store.database
            .integer("SELECT count(*) FROM keys WHERE digest LIKE ?",
                     {"%" + made.secret.substr(9) + "%"})
            .value() == 0);
  CHECK(revoke_key(store.database, made.key.id, Moment{2}).value());
  CHECK_FALSE(revoke_key(store.database, made.key.id, Moment{3}).value());
  CHECK_FALSE(find_key(store.database, made.secret).value());
  CHECK(list_keys(store.database).value().front().revoked_at == Moment{2});
}

TEST_CASE("digests have one length, and differ when the texts do") {
  CHECK(digest_of("").size() == 64);
  CHECK(digest_of(std::string(1'000'000, 'x')).size() == 64);
  CHECK(same_digest(digest_of("a"), digest_of("a")));
  CHECK_FALSE(same_digest(digest_of("a"), digest_of("b")));
}

}  // namespace
}  // namespace insights::store
