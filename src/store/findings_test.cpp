#include "store/findings.h"

#include <doctest/doctest.h>

#include "base/scratch.h"
#include "store/migrations.h"

namespace insights::store {
namespace {

using base::ErrorKind;
using base::Moment;

Sighting sighting(std::string fingerprint, double amount = 100) {
  return {.fingerprint = fingerprint,
          .pattern = "customer_silent",
          .title = "about " + fingerprint,
          .stake = {"high", "at_risk", amount, {}, {}},
          .entities = {{"customer", fingerprint}},
          .body = "{}"};
}

// A store in which runs can be made in one line.
struct History {
  base::Scratch scratch;
  Database database = open_store(scratch / "a.db").value();
  std::int64_t clock = 0;

  void begin(const std::string& run, const std::string& focus = "",
             const std::string& subject = "sales.csv") {
    REQUIRE(add_run(database, {run, "local", subject, focus, "{}", Moment{++clock}}));
    REQUIRE(start_run(database, run, Moment{++clock}));
  }
  void end(const std::string& run, std::vector<Sighting> published,
           RunState state = RunState::done) {
    REQUIRE(close(database, run, {state, "", "{}", std::move(published), {}, Moment{++clock}}));
  }
  void whole(const std::string& run, const std::vector<Sighting>& found,
             const std::string& focus = "") {
    begin(run, focus);
    for (const auto& one : found) REQUIRE(see(database, run, one, Moment{++clock}));
    end(run, found);
  }
  std::string state_of(const std::string& fingerprint) {
    const auto rows = list_findings(database, {.with_unreported = true, .limit = 100});
    for (const auto& row : rows.value())
      if (row.fingerprint == fingerprint) return std::string(name(row.state));
    return "not there";
  }
};

TEST_CASE("a finding is new, persists, gets worse, better, is resolved and comes back") {
  History history;
  history.whole("run-1", {sighting("a", 100)});
  CHECK(history.state_of("a") == "new");
  history.whole("run-2", {sighting("a", 102)});
  CHECK(history.state_of("a") == "persisting");
  history.whole("run-3", {sighting("a", 150)});
  CHECK(history.state_of("a") == "worse");
  history.whole("run-4", {sighting("a", 90)});
  CHECK(history.state_of("a") == "better");
  history.whole("run-5", {});
  CHECK(history.state_of("a") == "resolved");
  history.whole("run-6", {sighting("a", 90)});
  CHECK(history.state_of("a") == "back");
  history.whole("run-7", {sighting("a", 90)});
  CHECK(history.state_of("a") == "persisting");
}

TEST_CASE(
    "an amount within the interval stated before is no change; severity decides without one") {
  const Stake before{"high", "lost", 100, 80, 130};
  CHECK(compared(before, {"high", "lost", 125, {}, {}}) == FindingState::persisting);
  CHECK(compared(before, {"high", "lost", 135, {}, {}}) == FindingState::worse);
  CHECK(compared(before, {"high", "lost", 60, {}, {}}) == FindingState::better);
  CHECK(compared({"medium", "none", {}, {}, {}}, {"high", "none", {}, {}, {}}) ==
        FindingState::worse);
  CHECK(compared(before, {"low", "at_risk", 1'000'000, {}, {}}) == FindingState::better);
}

TEST_CASE("a run that was cut off resolves nothing, and loses nothing it proved") {
  History history;
  history.whole("run-1", {sighting("a"), sighting("b")});
  history.begin("run-2");
  REQUIRE(see(history.database, "run-2", sighting("c"), Moment{50}));
  CHECK(history.state_of("c") == "new");
  REQUIRE(interrupt_running(history.database, "killed", Moment{60}));
  const auto listed = list_findings(history.database, {}).value();
  REQUIRE(listed.size() == 3);
  CHECK(listed[0].fingerprint == "c");
  CHECK_FALSE(listed[0].published);
  history.begin("run-3");
  history.end("run-3", {sighting("a")}, RunState::partial);
  CHECK(history.state_of("b") == "new");
}

TEST_CASE("a run with a focus resolves only what was found with it; other data is another matter") {
  History history;
  history.whole("run-1", {sighting("a")});
  history.whole("run-2", {sighting("b")}, "churn");
  CHECK(history.state_of("a") == "new");
  history.whole("run-3", {}, "churn");
  CHECK(history.state_of("b") == "resolved");
  CHECK(history.state_of("a") == "new");
  history.begin("run-4", "", "other.csv");
  history.end("run-4", {sighting("a")});
  CHECK(list_findings(history.database, {.run = "run-4"}).value().front().state ==
        FindingState::is_new);
}

TEST_CASE(
    "what is proven and left out of the report is not resolved, and not listed unless asked") {
  History history;
  history.whole("run-1", {sighting("a")});
  history.begin("run-2");
  for (const auto* one : {"a", "b"})
    REQUIRE(see(history.database, "run-2", sighting(one), Moment{70}));
  history.end("run-2", {sighting("b")});
  CHECK(history.state_of("a") == "persisting");
  CHECK(list_findings(history.database, {}).value().size() == 1);
  CHECK(list_findings(history.database, {.with_unreported = true}).value().size() == 2);
}

TEST_CASE("only changes are listed when one asks since when; snoozed ones sleep until their time") {
  History history;
  history.whole("run-1", {sighting("a"), sighting("b")});
  const Moment since{history.clock + 1};
  history.whole("run-2", {sighting("a"), sighting("b", 200)});
  const auto changed = list_findings(history.database, {.changed_since = since}).value();
  REQUIRE(changed.size() == 1);
  CHECK(changed[0].fingerprint == "b");
  CHECK(snooze(history.database, changed[0].number, Moment{1000}).value());
  CHECK(list_findings(history.database, {.awake_at = Moment{999}}).value().size() == 1);
  CHECK(list_findings(history.database, {.awake_at = Moment{1000}}).value().size() == 2);
  CHECK_FALSE(snooze(history.database, 99, {}).value());
}

TEST_CASE("findings are filtered by pattern, severity, entity and page") {
  History history;
  history.whole("run-1", {sighting("a"), sighting("b"), sighting("c")});
  CHECK(list_findings(history.database, {.pattern = "trend"}).value().empty());
  CHECK(list_findings(history.database, {.severity = "high"}).value().size() == 3);
  CHECK(list_findings(history.database, {.entity = "b' OR 1=1 --"}).value().empty());
  CHECK(list_findings(history.database, {.entity = "b"}).value().front().fingerprint == "b");
  const auto page = list_findings(history.database, {.limit = 2}).value();
  CHECK(list_findings(history.database, {.before = page[1].number}).value().size() == 1);
}

TEST_CASE("the difference of two runs is what is new, worse, better and gone, in order") {
  History history;
  history.whole("run-1", {sighting("a"), sighting("b"), sighting("c")});
  history.whole("run-2", {sighting("d"), sighting("b", 200), sighting("a")});
  const auto found = diff(history.database, "run-1", "run-2").value();
  std::string changes;
  for (const auto& one : found.list) changes += one.fingerprint + " " + one.change + "; ";
  CHECK(changes == "d new; b worse; a persisting; c gone; ");
  CHECK(found.notes.empty());
  CHECK(diff(history.database, "run-1", "run-9").error().kind == ErrorKind::not_found);
  history.begin("run-3", "", "other.csv");
  CHECK(diff(history.database, "run-1", "run-3").error().kind == ErrorKind::invalid_input);
}

}  // namespace
}  // namespace insights::store
