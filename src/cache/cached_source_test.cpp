#include "cache/cached_source.h"

#include <doctest/doctest.h>

#include "source/scratch.h"

using namespace insights;
using namespace insights::cache;
using namespace std::chrono_literals;
using source::Rows;

namespace {

// Counts what reaches the database; says of its version what it is told to.
class CountingSource final : public source::Source {
 public:
  CountingSource(std::unique_ptr<source::Source> source, int& asked, source::DataVersion& version)
      : source_(std::move(source)), asked_(asked), version_(version) {}
  sql::Dialect dialect() const override { return source_->dialect(); }
  const std::vector<source::Table>& tables() const override { return source_->tables(); }
  const std::vector<std::string>& notes() const override { return source_->notes(); }
  base::Result<source::DataVersion> version(std::stop_token) override { return version_; }
  base::Result<Rows> query(const sql::CheckedQuery& query, const source::Limits& limits,
                           std::stop_token stop) override {
    ++asked_;
    if (changes_during_query) version_.digest += "+";
    return source_->query(query, limits, stop);
  }
  base::Status scan(const sql::CheckedQuery& query, const source::Limits& limits,
                    std::stop_token stop, const source::BatchSink& sink) override {
    ++asked_;
    return source_->scan(query, limits, stop, sink);
  }
  bool changes_during_query = false;

 private:
  std::unique_ptr<source::Source> source_;
  int& asked_;
  source::DataVersion& version_;
};

struct Place {
  explicit Place(std::chrono::milliseconds stale_max = 0ms) {
    Settings settings;
    settings.stale_max = stale_max;
    cache = QueryCache::open(
                settings, {.asked = [this](Outcome outcome,
                                           auto) { outcomes += std::string(name(outcome)) + " "; },
                           .reached = {}})
                .value();
    open();
  }
  void open(Origin origin = {"insights test", "t.csv"}) {
    auto counting = std::make_unique<CountingSource>(source::opened({file}), asked, version);
    inner = counting.get();
    source = std::make_unique<CachedSource>(std::move(counting), *cache, std::move(origin));
  }
  Rows ask(std::string_view text, source::Limits limits = {.may_be_cached = true}) {
    return source::ask(*source, text, limits);
  }

  source::Scratch folder;
  std::string file = folder.write("t.csv", "a,b\n1,x\n2,yy\n3,zzz\n");
  int asked = 0;
  source::DataVersion version{"DuckDB", "d1", true};
  std::string outcomes;
  std::unique_ptr<QueryCache> cache;
  CountingSource* inner = nullptr;
  std::unique_ptr<CachedSource> source;
};

constexpr std::string_view text = "SELECT a, b FROM t ORDER BY a";

}  // namespace

TEST_CASE("a query that was answered is not asked again, and gives the same") {
  Place place;
  const auto first = place.ask(text);
  CHECK_FALSE(first.cached);
  place.open();  // as another run does
  const auto second = place.ask(text);
  CHECK(place.asked == 1);
  REQUIRE(second.cached);
  CHECK(second.rows == first.rows);
  CHECK(second.columns == first.columns);
  CHECK(place.outcomes == "miss hit ");
}

TEST_CASE("who does not say that an old answer will do is answered by the database") {
  Place place;
  place.ask(text);
  CHECK_FALSE(place.ask(text, {}).cached);
  CHECK(place.asked == 2);
  CHECK(place.outcomes == "miss ");
}

TEST_CASE("another version, statement, limit, program or source is another answer") {
  Place place;
  place.ask(text);
  place.ask("SELECT a, b FROM t ORDER BY b");
  place.ask(text, {.rows_max = 2, .may_be_cached = true});
  place.version.digest = "d2";
  place.ask(text);
  place.version.digest = "d1";
  place.open({"insights next", "t.csv"});
  place.ask(text);
  place.open({"insights test", "u.csv"});
  place.ask(text);
  CHECK(place.asked == 6);
  CHECK(place.outcomes == "miss miss miss miss miss miss ");
}

TEST_CASE(
    "a source that cannot tell its version is asked each time, unless the settings allow it") {
  Place strict;
  strict.version.digest.clear();
  strict.ask(text);
  strict.ask(text);
  CHECK(strict.asked == 2);
  strict.version = {"PostgreSQL", "d1", false};  // its queries may see a later state
  strict.ask(text);
  strict.ask(text);
  CHECK(strict.asked == 4);
  CHECK(strict.outcomes == "passed passed passed passed ");

  Place lenient(1h);
  lenient.version.digest.clear();
  lenient.ask(text);
  CHECK(lenient.ask(text).cached);
  CHECK(lenient.asked == 1);
}

TEST_CASE("a statement that asks the clock or chance, and an error, are not kept") {
  Place place;
  place.ask("SELECT a, current_date FROM t");
  place.ask("SELECT a, current_date FROM t");
  CHECK(place.asked == 2);
  const auto wrong = source::checked(*place.source, "SELECT CAST(b AS INT) FROM t");
  CHECK_FALSE(place.source->query(wrong, {.may_be_cached = true}, {}));
  CHECK_FALSE(place.source->query(wrong, {.may_be_cached = true}, {}));
  CHECK(place.asked == 4);
}

TEST_CASE("a scan is never answered from the cache") {
  Place place;
  for (int time = 0; time < 2; ++time)
    REQUIRE(place.source->scan(source::checked(*place.source, text), {.may_be_cached = true}, {},
                               [](const source::Batch&) { return true; }));
  CHECK(place.asked == 2);
  CHECK(place.outcomes.empty());
}

TEST_CASE("what was read while the data became another is not kept") {
  Place place;
  place.inner->changes_during_query = true;
  place.ask(text);
  place.inner->changes_during_query = false;
  place.version.digest = "d1";
  place.ask(text);
  CHECK(place.asked == 2);
}

TEST_CASE("what is sealed opens under its own address alone, unchanged, and tells nothing") {
  Place place;
  const auto query = source::checked(*place.source, text);
  const auto address = address_of({"p", "i"}, place.version, place.source->tables(), query, {});
  const auto other =
      address_of({"p", "i"}, {"DuckDB", "d2", true}, place.source->tables(), query, {});
  const std::string secret = "GHI Service Center, 39900";
  const auto sealed = seal(address, secret);
  CHECK(unseal(address, sealed) == secret);
  CHECK(sealed.find("Service") == std::string::npos);
  CHECK(seal(address, secret) != sealed);
  CHECK_FALSE(unseal(other, sealed));
  CHECK_FALSE(unseal({other.name, address.key}, sealed));
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    auto changed = sealed;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CHECK_FALSE(unseal(address, changed));
    CHECK_FALSE(unseal(address, sealed.substr(0, at)));
  }
}
