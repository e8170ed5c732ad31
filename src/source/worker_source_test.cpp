// Queries in a process of their own. This test program is its own worker: started with the one word
// that says so, it is one before any test runs.
#include "source/worker_source.h"

#include <cstdlib>

#include "source/scratch.h"
#include "source/wire.h"
#include "source/worker.h"

using namespace insights;
using namespace insights::source;

namespace {

[[maybe_unused]] const bool is_tests = [] {
  std::ifstream words("/proc/self/cmdline");
  std::string program, first;
  std::getline(words, program, '\0');
  std::getline(words, first, '\0');
  if (first == worker_word) std::_Exit(run_worker());
  return true;
}();

std::unique_ptr<Source> in_worker(const std::string& location,
                                  std::int64_t memory_max_bytes = std::int64_t{1} << 30) {
  auto source =
      open_in_worker({.locations = {location}, .threads = 2, .memory_max_bytes = memory_max_bytes},
                     {"/proc/self/exe", worker_word}, {});
  INFO((source ? "" : source.error().message));
  REQUIRE(source);
  return *std::move(source);
}

}  // namespace

TEST_CASE("a worker answers as the source in this process does, rows and batches") {
  const Scratch scratch;
  const auto file = scratch.write(
      "sales.csv", "day,name,amount,ok\n2024-01-01,Ada,1.5,true\n2024-01-02,,,\n,Bob,2,false\n");
  const auto inside = opened({file});
  const auto apart = in_worker(file);
  CHECK(apart->tables() == inside->tables());
  for (const auto* text :
       {"SELECT * FROM sales ORDER BY amount", "SELECT count(*), max(day) FROM sales",
        "SELECT * FROM sales WHERE false", "SELECT range FROM range(5000)",
        "SELECT TIMESTAMP '2024-01-01 10:00', [1, 2], NULL"}) {
    CHECK(ask(*apart, text, {.rows_max = 10'000}) == ask(*inside, text, {.rows_max = 10'000}));
  }
  const auto sum_of = [](Source& source) {
    std::int64_t sum = 0;
    const auto done = source.scan(checked(source, "SELECT range AS n, 'x' AS t FROM range(5000)"),
                                  {}, {}, [&](const Batch& batch) {
                                    for (const auto number : batch.columns.at(0).integers)
                                      sum += number;
                                    CHECK(batch.columns.at(1).texts.at(0) == "x");
                                    return true;
                                  });
    CHECK(done);
    return sum;
  };
  CHECK(sum_of(*apart) == sum_of(*inside));
  CHECK(ask(*apart, "SELECT range FROM range(100)", {.rows_max = 10}).truncated);
}

TEST_CASE("a worker that will not stop is killed at the deadline, and the next query is answered") {
  const Scratch scratch;
  const auto source = in_worker(scratch.write("t.csv", "a,b\n1,2\n"));
  // One expression: the engine does not look for an interrupt inside of it.
  const auto endless =
      checked(*source,
              "SELECT count(*) FROM range(100000) "
              "WHERE regexp_matches(repeat('a', 90000 + range % 7), '(a?){1000}b')");
  const auto started = std::chrono::steady_clock::now();
  const auto result = source->query(endless, {.time_max = std::chrono::milliseconds{300}}, {});
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == base::ErrorKind::timed_out);
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds{10});
  CHECK(answer(*source, "SELECT a, b FROM t") == "1|2");
  std::stop_source stop;
  stop.request_stop();
  CHECK(source->query(endless, {}, stop.get_token()).error().kind == base::ErrorKind::cancelled);
  CHECK(answer(*source, "SELECT a, b FROM t") == "1|2");
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("a worker that needs too much memory ends alone, and the next query is answered") {
  const Scratch scratch;
  const auto source = in_worker(scratch.write("t.csv", "a,b\n1,2\n"), std::int64_t{512} << 20);
  const auto result = source->query(
      checked(*source, "SELECT len(list(repeat('y', 90000) || range)) FROM range(1000000)"), {},
      {});
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == base::ErrorKind::unavailable);
  CHECK(answer(*source, "SELECT a, b FROM t") == "1|2");
}
#endif

TEST_CASE("what is no message of a worker is refused, however it is cut") {
  Rows rows{{"a", "b"}, {{std::int64_t{1}, std::string("x")}, {2.5, std::monostate{}}}, true};
  const auto bytes = packed(rows);
  CHECK(unpacked_answer(bytes)->rows == rows);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(unpacked_answer(bytes.substr(0, size)));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto changed = bytes;
    changed[at] = '\xFF';
    static_cast<void>(unpacked_answer(changed).has_value());
  }
  CHECK_FALSE(unpacked_answer(std::string("\x09", 1)));
}
