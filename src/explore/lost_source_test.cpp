// A database that goes away in the middle of a run takes nothing of what was proven with it.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "analyst/statistical.h"
#include "explore/explore.h"
#include "source/gate.h"
#include "source/open.h"

using namespace insights;
using namespace insights::explore;

namespace {

// A real source that answers so many queries, and is gone then.
class LeavingSource final : public source::Source {
 public:
  LeavingSource(source::Source& source, int queries) : source_(source), left_(queries) {}

  sql::Dialect dialect() const override { return source_.dialect(); }
  const std::vector<source::Table>& tables() const override { return source_.tables(); }
  const std::vector<std::string>& notes() const override { return source_.notes(); }
  base::Result<source::DataVersion> version(std::stop_token stop) override {
    return source_.version(stop);
  }
  base::Result<source::Rows> query(const sql::CheckedQuery& query, const source::Limits& limits,
                                   std::stop_token stop) override {
    if (left_-- <= 0) return base::fail(base::ErrorKind::disconnected, "the connection was lost");
    ++answered;
    return source_.query(query, limits, stop);
  }
  base::Status scan(const sql::CheckedQuery& query, const source::Limits& limits,
                    std::stop_token stop, const source::BatchSink& sink) override {
    return source_.scan(query, limits, stop, sink);
  }
  int answered = 0;

 private:
  source::Source& source_;
  int left_;
};

struct Silent final : RunObserver {
  void on(const Event&) override {}
};

constexpr int always = 1'000'000;

struct Outcome {
  base::Result<Run> run;
  int answered = 0;
};

Outcome explored(int queries) {
  // Of the thread, not static: DuckDB's own state of the thread must outlive it.
  thread_local const auto opened = source::open(
      {.locations = {INSIGHTS_SOURCE_DIR "/examples/primary_sales/primary_sales.csv"}}, {});
  static const auto vocabulary = [] {
    std::ifstream file(INSIGHTS_SOURCE_DIR "/data/vocabulary.toml");
    std::stringstream text;
    text << file.rdbuf();
    return catalog::read_vocabulary(text.str(), "");
  }();
  REQUIRE(opened);
  REQUIRE(vocabulary);
  const auto gate = source::open_gate(**opened);
  REQUIRE(gate);
  LeavingSource leaving(**opened, queries);
  analyst::StatisticalAnalyst analyst(*vocabulary);
  const catalog::Metadata metadata;
  Silent observer;
  auto run = explore::explore({}, {leaving, *gate, *vocabulary, metadata, analyst, observer}, {});
  return {std::move(run), leaving.answered};
}

bool was_asked_once(const findings::Finding& finding) {
  return std::ranges::any_of(finding.guards, [](const findings::ProvenGuard& guard) {
    return guard.name == "second_reading" && guard.status == findings::GuardStatus::downgraded;
  });
}

}  // namespace

TEST_CASE("a database that is lost before any proof leaves a partial run that says so") {
  const auto [run, answered] = explored(1);  // which counts the rows, to read them
  REQUIRE(run);
  CHECK(run->partial);
  CHECK(run->partial_reason == "the connection was lost");
  CHECK(run->findings.empty());
}

TEST_CASE("a database that is lost during the second reading leaves every finding, and marks it") {
  const auto [whole, all] = explored(always);
  REQUIRE(whole);
  REQUIRE_FALSE(whole->partial);
  REQUIRE(whole->findings.size() > 2);
  CHECK(std::ranges::none_of(whole->findings, was_asked_once));
  const auto [cut, answered] = explored(all - 1);  // lost at the very last query
  REQUIRE(cut);
  CHECK(cut->partial);
  REQUIRE(cut->findings.size() == whole->findings.size());
  for (std::size_t i = 0; i < cut->findings.size(); ++i)
    CHECK(cut->findings[i].title == whole->findings[i].title);
  CHECK(was_asked_once(cut->findings.back()));
  CHECK_FALSE(was_asked_once(cut->findings.front()));
}

TEST_CASE("a database that is lost during the proofs leaves what was proven by then") {
  const auto [whole, all] = explored(always);
  REQUIRE(whole);
  const auto [cut, answered] = explored(all / 4);
  REQUIRE(cut);
  CHECK(cut->partial);
  CHECK_FALSE(cut->findings.empty());
  CHECK(cut->findings.size() < whole->findings.size());
  CHECK(std::ranges::all_of(cut->findings, was_asked_once));
}
