#include "store/journal.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/scratch.h"
#include "store/migrations.h"
#include "store/model_runs.h"

using namespace insights;
using namespace insights::store;

TEST_CASE("what was appended is there in its order, also after the process was killed") {
  const base::Scratch scratch;
  const auto path = scratch / "state.db";
  const auto child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto database = open_store(path);
    StoredJournal journal(*database, "run-1");
    for (int i = 0; i < 20; ++i)
      if (!journal.append("turn", std::to_string(i))) _exit(1);
    raise(SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  auto database = open_store(path);
  REQUIRE(database);
  StoredJournal journal(*database, "run-1"), other(*database, "run-2");
  const auto entries = journal.entries();
  REQUIRE(entries);
  REQUIRE(entries->size() == 20);
  for (int i = 0; i < 20; ++i)
    CHECK(entries->at(static_cast<std::size_t>(i)) == JournalEntry{"turn", std::to_string(i)});
  CHECK(other.entries()->empty());
  REQUIRE(other.append("note", "x"));
  CHECK(other.entries()->size() == 1);
  CHECK(journal.entries()->size() == 20);
}

TEST_CASE("runs and what they sent are read back as they were written") {
  const base::Scratch scratch;
  auto database = open_store(scratch / "state.db");
  REQUIRE(database);
  ModelRun first{
      "run-1", {1'000'000}, "a.csv\nb.csv", "", "openai gpt-5.2", "full", "running", "", 0, 0};
  const ModelRun second{"run-2",  {2'000'000}, "c.csv", "churn", "chat x",
                        "tokens", "done",      "",      1.5,     7};
  REQUIRE(save_model_run(*database, first));
  REQUIRE(save_model_run(*database, second));
  first.state = "partial";
  first.reason = "killed";
  REQUIRE(save_model_run(*database, first));
  CHECK(*model_runs(*database) == std::vector{second, first});
  CHECK(*model_run(*database, "run-1") == first);
  CHECK(model_run(*database, "run-3").error().kind == base::ErrorKind::not_found);
  const Egress with{{5}, "http://h/v1/responses", 1234, "full", {"sales.region", "sales.net"}};
  const Egress without{{6}, "http://h/v1/responses", 99, "schema", {}};
  REQUIRE(add_egress(*database, "run-1", with));
  REQUIRE(add_egress(*database, "run-1", without));
  CHECK(*egress_of(*database, "run-1") == std::vector{with, without});
  CHECK(egress_of(*database, "run-2")->empty());
}
