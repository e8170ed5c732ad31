// A cache must not answer the second reading: what a finding says is what the database says now.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "analyst/statistical.h"
#include "cache/cached_source.h"
#include "explore/explore.h"
#include "source/gate.h"
#include "source/open.h"

using namespace insights;

namespace {

// A real source that can be made to lie: its texts are others, and it says that nothing changed.
class LyingSource final : public source::Source {
 public:
  LyingSource(std::unique_ptr<source::Source> source, const bool& lies, int& asked)
      : source_(std::move(source)), lies_(lies), asked_(asked) {}
  sql::Dialect dialect() const override { return source_->dialect(); }
  const std::vector<source::Table>& tables() const override { return source_->tables(); }
  const std::vector<std::string>& notes() const override { return source_->notes(); }
  base::Result<source::DataVersion> version(std::stop_token stop) override {
    auto version = source_->version(stop);
    if (version && cannot_tell) version->digest.clear();
    return version;
  }
  bool cannot_tell = false;  // which version it is
  base::Result<source::Rows> query(const sql::CheckedQuery& query, const source::Limits& limits,
                                   std::stop_token stop) override {
    ++asked_;
    auto rows = source_->query(query, limits, stop);
    if (!rows || !lies_) return rows;
    for (auto& row : rows->rows)
      for (auto& cell : row) {
        if (auto* number = std::get_if<double>(&cell)) *number = *number * 2 + 1;
        if (auto* number = std::get_if<std::int64_t>(&cell)) *number = *number * 2 + 1;
      }
    return rows;
  }
  base::Status scan(const sql::CheckedQuery& query, const source::Limits& limits,
                    std::stop_token stop, const source::BatchSink& sink) override {
    return source_->scan(query, limits, stop, sink);
  }

 private:
  std::unique_ptr<source::Source> source_;
  const bool& lies_;
  int& asked_;
};

struct Silent final : explore::RunObserver {
  void on(const explore::Event&) override {}
};

struct Place {
  explore::Run explored(bool with_cache) {
    auto opened = source::open(
        {.locations = {INSIGHTS_SOURCE_DIR "/examples/primary_sales/primary_sales.csv"}}, {});
    REQUIRE(opened);
    auto lying = std::make_unique<LyingSource>(*std::move(opened), lies, asked);
    lying->cannot_tell = cannot_tell;
    std::unique_ptr<source::Source> source = std::move(lying);
    if (with_cache)
      source = std::make_unique<cache::CachedSource>(std::move(source), *cache,
                                                     cache::Origin{"insights test", "sales"});
    std::ifstream file(INSIGHTS_SOURCE_DIR "/data/vocabulary.toml");
    std::stringstream text;
    text << file.rdbuf();
    const auto vocabulary = catalog::read_vocabulary(text.str(), "");
    REQUIRE(vocabulary);
    const auto gate = source::open_gate(*source);
    REQUIRE(gate);
    analyst::StatisticalAnalyst analyst(*vocabulary);
    const catalog::Metadata metadata;
    Silent observer;
    asked = 0;
    auto run = explore::explore({}, {*source, *gate, *vocabulary, metadata, analyst, observer}, {});
    REQUIRE(run);
    return *std::move(run);
  }

  bool lies = false, cannot_tell = false;
  int asked = 0;
  std::unique_ptr<cache::QueryCache> cache = cache::QueryCache::open({}, {}).value();
};

}  // namespace

TEST_CASE("a run finds the same without a cache, with an empty one and with a full one") {
  Place place;
  const auto without = place.explored(false);
  const int asked_without = place.asked;
  const auto empty = place.explored(true);
  CHECK(place.asked == asked_without);
  const auto full = place.explored(true);
  CHECK(place.asked < asked_without);
  CHECK(full.spent.queries_cached == asked_without - place.asked);
  CHECK(full.spent.queries == without.spent.queries);
  REQUIRE(without.findings.size() > 2);
  CHECK(empty.findings == without.findings);
  CHECK(full.findings == without.findings);
}

TEST_CASE("the second reading is not answered from the cache: data that moved unseen shows") {
  Place place;
  REQUIRE(place.explored(true).findings.size() > 2);
  place.lies = true;  // every number is another now, and the version is as before
  const auto run = place.explored(true);
  CHECK(run.spent.queries_cached > 0);
  CHECK(run.findings.empty());
  CHECK(std::ranges::any_of(run.ledger.entries, [](const auto& entry) {
    return entry.note.starts_with("second reading: ");
  }));
}

TEST_CASE("a source that cannot tell its version is asked again, or the report says since when") {
  const auto says_since = [](const explore::Run& run) {
    return std::ranges::any_of(run.notes, [](const std::string& note) {
      return note.find("answered from the cache, with data as it was at ") != std::string::npos;
    });
  };
  Place strict;
  strict.cannot_tell = true;
  strict.explored(true);
  const auto again = strict.explored(true);
  CHECK(again.spent.queries_cached == 0);
  CHECK_FALSE(says_since(again));

  Place lenient;
  lenient.cannot_tell = true;
  cache::Settings settings;
  settings.stale_max = std::chrono::hours(1);
  lenient.cache = cache::QueryCache::open(settings, {}).value();
  const auto first = lenient.explored(true);
  const auto second = lenient.explored(true);
  CHECK_FALSE(says_since(first));
  CHECK(second.spent.queries_cached > 0);
  CHECK(says_since(second));
  CHECK(second.findings == first.findings);
}
