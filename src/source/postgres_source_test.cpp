// The source contract against a real server: tests/postgres_server.py starts one and names it in
// INSIGHTS_TEST_POSTGRES. Without it these tests say that they were skipped.
#include "source/postgres_source.h"

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "source/postgres_role.h"
#include "source/scratch.h"

using namespace insights;
using namespace insights::source;
using base::ErrorKind;

namespace {

constexpr int contract_rows = 30'000;

std::string server_url() {
  const char* url = std::getenv("INSIGHTS_TEST_POSTGRES");
  if (url == nullptr) MESSAGE("SKIPPED: INSIGHTS_TEST_POSTGRES names no server");
  return url == nullptr ? "" : url;
}

postgres::Connection connected() {
  auto target = target_of(server_url());
  REQUIRE(target);
  auto connection = postgres::Connection::open(*target, {});
  INFO((connection ? "" : connection.error().message));
  REQUIRE(connection);
  return *std::move(connection);
}

void make_on_server(const std::vector<std::string>& statements) {
  auto connection = connected();
  const auto done = connection.run(statements, {});
  INFO((done ? "" : done.error().message));
  REQUIRE(done);
}

// The table of source_contract_test.cpp, made once.
std::unique_ptr<Source> server() {
  static const bool made = [] {
    make_on_server(
        {"DROP TABLE IF EXISTS sales",
         "CREATE TABLE sales AS SELECT CAST(i AS bigint) AS id, DATE '2024-01-01' + i / 100 AS "
         "day, "
         "CASE WHEN i % 10 = 0 THEN NULL ELSE 'customer ' || (i % 7) END AS customer, CAST(i % 50 "
         "AS bigint) AS units, CAST((i % 1000) / 8.0 AS double precision) AS price FROM "
         "generate_series(0, 29999) AS i"});
    return true;
  }();
  REQUIRE(made);
  auto source = PostgresSource::open({server_url(), true}, {});
  INFO((source ? "" : source.error().message));
  REQUIRE(source);
  return *std::move(source);
}

base::Result<Rows> tried(Source& source, std::string_view text, Limits limits = {},
                         std::stop_token stop = {}) {
  return source.query(checked(source, text), limits, std::move(stop));
}

}  // namespace

TEST_CASE("postgres: tables, rows and answers are those of every kind of file") {
  if (server_url().empty()) return;
  const auto source = server();
  CHECK(source->dialect() == sql::Dialect::postgres);
  const auto& tables = source->tables();
  const auto sales = std::ranges::find(tables, "sales", &Table::name);
  REQUIRE(sales != tables.end());
  CHECK(columns_of(*sales) ==
        "id bigint, day date, customer text, units bigint, price double precision");
  CHECK(answer(*source,
               "SELECT count(*), count(customer), min(day), max(day), sum(units), sum(price) FROM "
               "sales") == "30000|27000|2024-01-01|2024-10-26|735000|1873125");
  const auto rows = ask(*source, "SELECT * FROM sales ORDER BY id LIMIT 2 OFFSET 11");
  CHECK(rows.columns == std::vector<std::string>{"id", "day", "customer", "units", "price"});
  CHECK(text_of(rows) == "11|2024-01-01|customer 4|11|1.375\n12|2024-01-01|customer 5|12|1.5");
}

TEST_CASE("postgres: a scan gives the rows as they are stored, in batches of typed columns") {
  if (server_url().empty()) return;
  const auto source = server();
  std::int64_t expected = 0, nulls = 0;
  const auto done = source->scan(checked(*source, "SELECT id, day, customer, price FROM sales"), {},
                                 {}, [&](const Batch& batch) {
                                   for (std::size_t row = 0; row < batch.rows; ++row) {
                                     CHECK(batch.columns[0].integers[row] == expected++);
                                     nulls += batch.columns[2].valid[row] == 0 ? 1 : 0;
                                   }
                                   CHECK(batch.columns[1].type == ColumnBatch::Type::day);
                                   CHECK(batch.columns[2].texts.size() == batch.rows);
                                   CHECK(batch.columns[3].reals.size() == batch.rows);
                                   return true;
                                 });
  REQUIRE(done);
  CHECK(expected == contract_rows);
  CHECK(nulls == contract_rows / 10);
}

TEST_CASE("postgres: results are cut at the limits of rows and of bytes, and say so") {
  if (server_url().empty()) return;
  const auto source = server();
  const auto rows = [&](std::string_view text, std::int64_t rows_max) {
    return ask(*source, text, {.rows_max = rows_max});
  };
  CHECK(rows("SELECT id FROM sales", 10).rows.size() == 10);
  CHECK(rows("SELECT id FROM sales", 10).truncated);
  CHECK_FALSE(rows("SELECT id FROM sales LIMIT 10", 10).truncated);
  CHECK_FALSE(rows("SELECT id FROM sales WHERE false", 10).truncated);
  CHECK(rows("SELECT id FROM sales WHERE false", 10).columns == std::vector<std::string>{"id"});
  CHECK(rows("SELECT id FROM sales", 0).truncated);
  const auto cut =
      ask(*source, "SELECT repeat('x', 1000) FROM sales", {.rows_max = 1000, .bytes_max = 10'000});
  CHECK(cut.truncated);
  CHECK(cut.rows.size() == 9);
}

TEST_CASE("postgres: a query ends by its time, by a stop, and by what the server says of it") {
  if (server_url().empty()) return;
  const auto source = server();
  constexpr std::string_view endless =
      "SELECT sum(a.id * b.units + c.id) FROM sales a, sales b, sales c";
  const auto late = tried(*source, endless, {.time_max = std::chrono::milliseconds{100}});
  REQUIRE_FALSE(late);
  CHECK(late.error().kind == ErrorKind::timed_out);
  const auto never = tried(*source, endless, {.time_max = std::chrono::milliseconds{-1}});
  REQUIRE_FALSE(never);
  CHECK(never.error().kind == ErrorKind::timed_out);
  std::stop_source stop;
  const std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    stop.request_stop();
  });
  for (int repetition = 0; repetition < 2; ++repetition) {
    const auto stopped = tried(*source, endless, {}, stop.get_token());
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error().kind == ErrorKind::cancelled);
  }
  const auto zero = tried(*source, "SELECT 1 / (id - id) FROM sales");
  REQUIRE_FALSE(zero);
  CHECK(zero.error().kind == ErrorKind::unavailable);
  CHECK(contains(zero.error().message, "division by zero"));
  CHECK(answer(*source, "SELECT count(*) FROM sales") == "30000");
}

TEST_CASE("postgres: a scan ends in peace when its sink has enough") {
  if (server_url().empty()) return;
  const auto source = server();
  int batches = 0;
  CHECK(source->scan(checked(*source, "SELECT * FROM sales"), {}, {},
                     [&](const Batch&) { return ++batches < 3; }));
  CHECK(batches == 3);
  CHECK(answer(*source, "SELECT count(*) FROM sales") == "30000");
}

TEST_CASE("postgres: several threads may ask at once") {
  if (server_url().empty()) return;
  const auto source = server();
  const auto query =
      checked(*source, "SELECT customer, sum(units) FROM sales GROUP BY 1 ORDER BY 1 NULLS FIRST");
  const auto expected = source->query(query, {}, {});
  REQUIRE(expected);
  std::atomic<int> alike = 0;
  {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int number = 0; number < 4; ++number) {
      threads.emplace_back([&] {
        for (int repetition = 0; repetition < 10; ++repetition) {
          const auto rows = source->query(query, {}, {});
          if (rows && *rows == *expected) ++alike;
        }
      });
    }
  }
  CHECK(alike == 40);
}

TEST_CASE("postgres: what changes during a run is not seen by it, and locks of ours stop nobody") {
  if (server_url().empty()) return;
  make_on_server({"DROP TABLE IF EXISTS moving", "CREATE TABLE moving AS SELECT 1 AS a"});
  const auto source = server();
  CHECK(answer(*source, "SELECT count(*) FROM moving") == "1");
  make_on_server({"INSERT INTO moving VALUES (2)"});
  CHECK(answer(*source, "SELECT count(*) FROM moving") == "1");
  const auto before = source->version({});
  const auto now = server()->version({});
  REQUIRE(before);
  REQUIRE(now);
  CHECK(before->digest != now->digest);
  CHECK(before->digest.size() == 32);
  CHECK(contains(before->engine, "PostgreSQL "));
  make_on_server({"SET lock_timeout = '2s'", "ALTER TABLE moving ADD COLUMN b int"});
  make_on_server({"DROP TABLE moving"});
  const auto gone = tried(*source, "SELECT count(*) FROM moving");
  REQUIRE_FALSE(gone);
  CHECK(contains(gone.error().message, "does not exist"));
}

TEST_CASE("postgres: a session of a run cannot be made to write, nor be unpinned") {
  if (server_url().empty()) return;
  make_on_server({"DROP TABLE IF EXISTS kept", "CREATE TABLE kept (a int)"});
  auto target = target_of(server_url());  // of a superuser: the role stops nothing here
  auto sessions = postgres::Sessions::open(*target, {});
  REQUIRE(sessions);
  for (const auto* text :
       {"INSERT INTO kept VALUES (1)", "CREATE TABLE other (a int)",
        "CREATE TEMP TABLE sales (a int)", "SET TRANSACTION READ WRITE",
        "SELECT set_config('transaction_read_only', 'off', true)", "SELECT 1; SELECT 2",
        "COMMIT; INSERT INTO kept VALUES (1)", "SELECT a FROM kept FOR UPDATE",
        "WITH w AS (INSERT INTO kept VALUES (1) RETURNING a) SELECT a FROM w"}) {
    CAPTURE(text);
    auto lease = (*sessions)->begin(postgres::Sessions::Order::any, {});
    REQUIRE(lease);
    const auto done =
        lease->connection().stream(text, 1 << 20, {}, [](const postgres::Answer&) { return true; });
    CHECK_FALSE(done);
  }
  auto connection = connected();
  CHECK(text_of(connection.run({"SELECT count(*) FROM kept"}, {})->rows.at(0).at(0)) == "0");
}

TEST_CASE("postgres: the settings hold whatever the role's own are") {
  if (server_url().empty()) return;
  make_on_server({"ALTER ROLE owner SET standard_conforming_strings = off",
                  "ALTER ROLE owner SET DateStyle = 'German'",
                  "ALTER ROLE owner SET TimeZone = 'Asia/Kolkata'",
                  "ALTER ROLE owner SET extra_float_digits = -10"});
  const auto source = server();
  CHECK(answer(*source, "SELECT min(day), CAST(min(day) AS timestamp), 1.0 / 3 FROM sales") ==
        "2024-01-01|2024-01-01 00:00:00|0.3333333333333333");
  auto target = target_of(server_url());
  auto sessions = postgres::Sessions::open(*target, {});
  REQUIRE(sessions);
  auto lease = (*sessions)->begin(postgres::Sessions::Order::any, {});
  REQUIRE(lease);
  const auto rows = lease->connection().run({"SELECT '\\', current_setting('TimeZone')"}, {});
  REQUIRE(rows);
  CHECK(text_of(*rows) == "\\|UTC");
  make_on_server({"ALTER ROLE owner RESET ALL"});
}

TEST_CASE("postgres: a superuser is refused with all that follows from it") {
  if (server_url().empty()) return;
  const auto refused = PostgresSource::open({server_url(), false}, {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::refused);
  CHECK(contains(refused.error().message, "superuser"));
  CHECK(contains(refused.error().hint, "--role-sql"));
}
