// What every kind of file must do alike, once it is open.
#include <algorithm>
#include <limits>
#include <map>
#include <thread>

#include "source/scratch.h"

using namespace insights;
using namespace insights::source;
using base::ErrorKind;

namespace {

constexpr int contract_rows = 30'000;

// The same table as each kind of file: id, day, customer (with nulls), units, price.
struct Kinds {
  Kinds() {
    const std::string table =
        "CREATE TABLE sales AS SELECT i AS id, DATE '2024-01-01' + (i // 100)::INTEGER AS day, "
        "CASE WHEN i % 10 = 0 THEN NULL ELSE 'customer ' || (i % 7) END AS customer, i % 50 AS "
        "units, (i % 1000) / 8 AS price "
        "FROM range(" +
        std::to_string(contract_rows) + ") t(i)";
    const auto copy = [&](std::string_view name, std::string_view options) {
      return "COPY sales TO '" + (scratch / name) + "' (" + std::string(options) + ")";
    };
    make({table, copy("sales.csv", "HEADER"), copy("sales.csv.gz", "HEADER, COMPRESSION gzip"),
          copy("sales.tsv", "HEADER, DELIMITER '\t'"), copy("sales.json", "ARRAY true"),
          copy("sales.ndjson", "ARRAY false"),
          copy("sales.parquet", "FORMAT parquet, ROW_GROUP_SIZE 8192")});
    make({table}, scratch / "sales.duckdb");
    std::filesystem::create_directories(scratch / "parts");
    make({table,
          "COPY (FROM sales WHERE id < 10000) TO '" + (scratch / "parts/sales_1.parquet") + "'",
          "COPY (FROM sales WHERE id >= 10000) TO '" + (scratch / "parts/sales_2.parquet") + "'"});
  }
  Scratch scratch;
  std::vector<std::string> names{"sales.csv",    "sales.csv.gz",  "sales.tsv",    "sales.json",
                                 "sales.ndjson", "sales.parquet", "sales.duckdb", "parts"};
};

const Kinds& kinds() {
  static const Kinds made;
  return made;
}

// All of a scan in one text.
std::string scanned(Source& source, std::string_view text) {
  std::string all;
  const auto done = source.scan(checked(source, text), {}, {}, [&](const Batch& batch) {
    for (std::size_t row = 0; row < batch.rows; ++row) {
      for (const auto& column : batch.columns) {
        if (column.valid[row] == 0) {
          all += "null";
        } else if (column.type == ColumnBatch::Type::text) {
          all += column.texts[row];
        } else if (column.type == ColumnBatch::Type::real) {
          all += text_of(Cell(column.reals[row]));
        } else {
          all += std::to_string(column.integers[row]);
        }
        all += '|';
      }
      all += '\n';
    }
    return true;
  });
  INFO((done ? "" : done.error().message));
  REQUIRE(done);
  return all;
}

}  // namespace

TEST_CASE("every kind of file gives the same table, rows and answers") {
  std::string first_scan;
  for (const auto& name : kinds().names) {
    CAPTURE(name);
    const auto source = opened({kinds().scratch / name});
    CHECK(tables_of(*source) == "sales");
    CHECK(columns_of(source->tables().front()) ==
          "id BIGINT, day DATE, customer VARCHAR, units BIGINT, price DOUBLE");
    CHECK(source->dialect() == sql::Dialect::duckdb);
    CHECK(answer(*source,
                 "SELECT count(*), count(customer), min(day), max(day), sum(units), sum(price) "
                 "FROM sales") == "30000|27000|2024-01-01|2024-10-26|735000|1873125");
    const auto rows = ask(*source, "SELECT * FROM sales LIMIT 2 OFFSET 11");
    CHECK(rows.columns == std::vector<std::string>{"id", "day", "customer", "units", "price"});
    CHECK(text_of(rows) == "11|2024-01-01|customer 4|11|1.375\n12|2024-01-01|customer 5|12|1.5");
    const auto scan = scanned(*source, "SELECT * FROM sales");
    if (first_scan.empty()) first_scan = scan;
    CHECK((scan == first_scan));
  }
}

TEST_CASE("rows come in the order of the file, on one thread and on two") {
  for (const auto* name : {"sales.csv", "sales.parquet", "parts"}) {
    CAPTURE(name);
    std::string expected;
    for (int id = 0; id < contract_rows; ++id) expected += std::to_string(id) + "|\n";
    for (const int threads : {1, 2}) {
      const auto source = opened({kinds().scratch / name}, threads);
      CHECK((scanned(*source, "SELECT id FROM sales") == expected));
    }
  }
}

TEST_CASE("a result beyond the limit of rows is cut there and says so; one at the limit is whole") {
  const auto source = opened({kinds().scratch / "sales.parquet"});
  const auto rows = [&](std::string_view text, std::int64_t rows_max) {
    return ask(*source, text, {.rows_max = rows_max});
  };
  CHECK(rows("SELECT id FROM sales", 10).rows.size() == 10);
  CHECK(rows("SELECT id FROM sales", 10).truncated);
  CHECK(rows("SELECT id FROM sales ORDER BY id DESC", 5000).rows.back().front() ==
        Cell(std::int64_t{contract_rows - 5000}));
  CHECK_FALSE(rows("SELECT id FROM sales LIMIT 10", 10).truncated);
  CHECK_FALSE(rows("SELECT id FROM sales WHERE false", 10).truncated);
  CHECK(rows("SELECT id FROM sales", 0).rows.empty());
  CHECK(rows("SELECT id FROM sales", 0).truncated);
}

TEST_CASE("a result beyond the limit of bytes is cut before the row that would pass it") {
  const auto source = opened({kinds().scratch / "sales.parquet"});
  const auto rows =
      ask(*source, "SELECT repeat('x', 1000) FROM sales", {.rows_max = 1000, .bytes_max = 10'000});
  CHECK(rows.truncated);
  CHECK(rows.rows.size() == 9);
  CHECK(ask(*source, "SELECT repeat('x', 20000) FROM sales LIMIT 100", {.bytes_max = 10'000})
            .rows.empty());
}

TEST_CASE("a query that takes too long is an error of its own kind, and the source lives on") {
  const auto source = opened({kinds().scratch / "sales.parquet"});
  const auto endless =
      checked(*source, "SELECT sum(a.id * b.id * c.id) FROM sales a, sales b, sales c");
  const auto result = source->query(endless, {.time_max = std::chrono::milliseconds{50}}, {});
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::timed_out);
  CHECK(contains(result.error().message, "0.05 s"));
  const auto scan = source->scan(endless, {.time_max = std::chrono::milliseconds{50}}, {},
                                 [](const Batch&) { return true; });
  REQUIRE_FALSE(scan);
  CHECK(scan.error().kind == ErrorKind::timed_out);
  CHECK(answer(*source, "SELECT count(*) FROM sales") == "30000");
}

TEST_CASE("a limit of no time at all is reached, and one of all time is not") {
  const auto source = opened({kinds().scratch / "sales.parquet"});
  const auto endless =
      checked(*source, "SELECT sum(a.id * b.id * c.id) FROM sales a, sales b, sales c");
  const auto none = source->query(endless, {.time_max = std::chrono::milliseconds{-1}}, {});
  REQUIRE_FALSE(none);
  CHECK(none.error().kind == ErrorKind::timed_out);
  CHECK(ask(*source, "SELECT 1", {.time_max = std::chrono::milliseconds::max()}).rows.size() == 1);
}

TEST_CASE("a stop ends a running query, and one that was asked for before ends it at once") {
  const auto source = opened({kinds().scratch / "sales.parquet"});
  const auto endless =
      checked(*source, "SELECT sum(a.id * b.id * c.id) FROM sales a, sales b, sales c");
  std::stop_source stop;
  const std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    stop.request_stop();
  });
  for (int repetition = 0; repetition < 2; ++repetition) {
    const auto result = source->query(endless, {}, stop.get_token());
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::cancelled);
  }
}

TEST_CASE(
    "a scan ends in peace when its sink has enough, and as cancelled when a stop is asked for") {
  const auto source = opened({kinds().scratch / "sales.csv"});
  int batches = 0;
  CHECK(source->scan(checked(*source, "SELECT * FROM sales a, sales b"), {}, {},
                     [&](const Batch&) { return ++batches < 3; }));
  CHECK(batches == 3);
  std::stop_source stop;
  const auto done = source->scan(checked(*source, "SELECT * FROM sales a, sales b"), {},
                                 stop.get_token(), [&](const Batch&) {
                                   stop.request_stop();
                                   return true;
                                 });
  REQUIRE_FALSE(done);
  CHECK(done.error().kind == ErrorKind::cancelled);
}

TEST_CASE("a query that fails says why in the engine's words, also when it fails on the way") {
  const auto source = opened({kinds().scratch / "sales.parquet"});
  const auto unknown = source->query(
      checked(*source, "SELECT struct_pack(price := price).prise FROM sales"), {}, {});
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().kind == ErrorKind::unavailable);
  CHECK(contains(unknown.error().message, "prise"));
  const auto late =
      checked(*source, "SELECT CASE WHEN id = 29000 THEN 'x' ELSE '1' END::INTEGER FROM sales");
  CHECK_FALSE(source->query(late, {.rows_max = 100'000}, {}));
  const auto scan = source->scan(late, {}, {}, [](const Batch&) { return true; });
  REQUIRE_FALSE(scan);
  CHECK(contains(scan.error().message, "Could not convert"));
}

TEST_CASE("several threads may ask at once") {
  const auto source = opened({kinds().scratch / "sales.parquet"});
  const auto query =
      checked(*source, "SELECT customer, sum(units) FROM sales GROUP BY 1 ORDER BY 1 NULLS FIRST");
  const auto expected = source->query(query, {}, {});
  std::atomic<int> alike = 0;
  {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int number = 0; number < 4; ++number) {
      threads.emplace_back([&] {
        for (int repetition = 0; repetition < 10; ++repetition) {
          const auto rows = source->query(query, {}, {});
          if (rows && *rows == *expected) ++alike;
          if (source->version({})) ++alike;
        }
      });
    }
  }
  CHECK(alike == 80);
}

TEST_CASE(
    "the version is that of the bytes: the same wherever they lie, another when one changes") {
  const Scratch scratch;
  const auto version = [](const std::string& path) { return opened({path})->version({})->digest; };
  const auto one = version(scratch.write("one/a.csv", "a,b\n1,2\n"));
  CHECK(one.size() == 64);
  CHECK(version(scratch.write("two/a.csv", "a,b\n1,2\n")) == one);
  CHECK(version(scratch.write("three/a.csv", "a,b\n1,3\n")) != one);
  const auto source = opened({scratch / "one/a.csv"});
  CHECK(contains(source->version({})->engine, "DuckDB v1."));
  const auto late = opened({scratch / "two/a.csv"});
  scratch.write("two/a.csv", "a,b\n1,23\n");  // nobody can tell now which of the two was read
  CHECK(late->version({})->digest.empty());
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = opened({scratch / "one/a.csv"})->version(stop.get_token());
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().kind == ErrorKind::cancelled);
}

TEST_CASE("opening ends when a stop is asked for") {
  std::stop_source stop;
  stop.request_stop();
  const auto source = open({.locations = {kinds().scratch / "sales.csv"}}, stop.get_token());
  REQUIRE_FALSE(source);
  CHECK(source.error().kind == ErrorKind::cancelled);
}

TEST_CASE("an expression as deep as the gate lets through does not bring the engine down") {
  const auto source = opened({kinds().scratch / "sales.parquet"});
  std::string minus = "SELECT 1 ";
  while (minus.size() < 60'000) minus += "- ";
  std::string ors = "SELECT 1 WHERE false";
  while (ors.size() < 60'000) ors += " OR false";
  const std::string brackets = "SELECT " + std::string(200, '(') + "1" + std::string(200, ')');
  for (const auto& text : {minus + "1", ors, brackets}) {
    const auto gate = open_gate(*source);
    if (const auto query = gate->check(text))
      static_cast<void>(source->query(*query, {}, {}).has_value());
  }
  CHECK(answer(*source, "SELECT 1") == "1");
}
