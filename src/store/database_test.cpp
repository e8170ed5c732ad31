#include "store/database.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <thread>

#include "base/scratch.h"
#include "store/backup.h"
#include "store/migrations.h"

namespace insights::store {
namespace {

using base::ErrorKind;

unsigned rights(const std::string& path) {
  struct stat about{};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  return about.st_mode & 0777;
}

Database with_numbers(const std::string& path) {
  auto database = Database::open(path);
  REQUIRE(database);
  REQUIRE(database->script("CREATE TABLE numbers (n INTEGER NOT NULL UNIQUE, word TEXT) STRICT"));
  return *std::move(database);
}

std::int64_t count(Database& database) {
  const auto rows = database.integer("SELECT count(*) FROM numbers");
  REQUIRE(rows);
  return *rows;
}

TEST_CASE("what is bound comes back as it was, byte for byte") {
  const base::Scratch scratch;
  auto database = with_numbers(scratch / "a.db");
  const std::string odd("'; DROP TABLE numbers; --\0\xe2\x82\xb9", 29);
  REQUIRE(database.execute("INSERT INTO numbers VALUES (?, ?)", {-7, odd}));
  REQUIRE(database.execute("INSERT INTO numbers VALUES (?, ?)", {8, Value()}));
  auto rows = database.prepare("SELECT n, word FROM numbers ORDER BY n");
  REQUIRE(rows);
  REQUIRE(rows->next().value());
  CHECK(rows->integer(0) == -7);
  CHECK(rows->text(1) == odd);
  REQUIRE(rows->next().value());
  CHECK(rows->is_null(1));
  CHECK(rows->optional_text(1) == std::nullopt);
  CHECK_FALSE(rows->next().value());
}

TEST_CASE("a store and the files beside it are the owner's alone") {
  const base::Scratch scratch;
  auto database = with_numbers(scratch / "new/folder/a.db");
  REQUIRE(database.execute("INSERT INTO numbers VALUES (1, NULL)"));
  CHECK(rights(scratch / "new/folder/a.db") == 0600);
  CHECK(rights(scratch / "new/folder/a.db-wal") == 0600);
  const auto loose = scratch.write("loose.db", "");
  REQUIRE(::chmod(loose.c_str(), 0664) == 0);
  REQUIRE(Database::open(loose));
  CHECK(rights(loose) == 0600);
}

TEST_CASE("a store that must be there and is not is not made") {
  const base::Scratch scratch;
  const auto opened = Database::open(scratch / "none.db", {.create = false});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().kind == ErrorKind::not_found);
  CHECK_FALSE(std::filesystem::exists(scratch / "none.db"));
}

TEST_CASE("a transaction that fails leaves nothing behind") {
  const base::Scratch scratch;
  auto database = with_numbers(scratch / "a.db");
  const auto done = database.transaction([&]() -> base::Status {
    TRY(database.execute("INSERT INTO numbers VALUES (1, 'one')"));
    return base::fail(ErrorKind::cancelled, "changed my mind");
  });
  CHECK(done.error().message == "changed my mind");
  CHECK(count(database) == 0);
  const auto kept = database.transaction([&]() -> base::Result<int> {
    TRY(database.execute("INSERT INTO numbers VALUES (1, 'one')"));
    return 5;
  });
  CHECK(kept.value() == 5);
  CHECK(count(database) == 1);
}

TEST_CASE("a row the tables forbid is refused, and the store goes on") {
  const base::Scratch scratch;
  auto database = with_numbers(scratch / "a.db");
  REQUIRE(database.execute("INSERT INTO numbers VALUES (1, 'one')"));
  const auto twice = database.execute("INSERT INTO numbers VALUES (1, 'one')");
  REQUIRE_FALSE(twice);
  CHECK(twice.error().kind == ErrorKind::refused);
  CHECK(count(database) == 1);
}

TEST_CASE("a full disk is said to be full, and what was stored stays") {
  const base::Scratch scratch;
  auto database = with_numbers(scratch / "a.db");
  REQUIRE(database.execute("INSERT INTO numbers VALUES (1, 'one')"));
  // The same code of SQLite as for a disk: SQLITE_FULL.
  REQUIRE(database.script("PRAGMA max_page_count = 8"));
  const auto refused =
      database.execute("INSERT INTO numbers VALUES (2, ?)", {std::string(100'000, 'x')});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("is full") != std::string::npos);
  CHECK(count(database) == 1);
  REQUIRE(database.execute("INSERT INTO numbers VALUES (3, 'three')"));
}

TEST_CASE("a store that may not be written is said to be read-only") {
  const base::Scratch scratch;
  auto database = with_numbers(scratch / "a.db");
  REQUIRE(database.script("PRAGMA query_only = ON"));
  const auto refused = database.execute("INSERT INTO numbers VALUES (1, 'one')");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::unavailable);
  CHECK(refused.error().message.find("read-only") != std::string::npos);
}

TEST_CASE("a file that is no database, and one that is damaged, are told apart") {
  const base::Scratch scratch;
  const auto letter = scratch.write("letter.db", std::string(5000, 'a'));
  const auto opened = Database::open(letter);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().message == letter + " is not a store of insights");
  {
    auto database = with_numbers(scratch / "a.db");
    REQUIRE(
        database.execute("WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM "
                         "counted WHERE n < 2000) INSERT INTO numbers SELECT n, 'some words to "
                         "fill pages' FROM counted"));
    REQUIRE(database.script("PRAGMA wal_checkpoint(TRUNCATE)"));
    CHECK(damages(database).empty());
  }
  std::fstream file(scratch / "a.db", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(3 * 4096);
  file << std::string(2 * 4096, '\x5a');
  file.close();
  auto damaged = Database::open(scratch / "a.db");
  REQUIRE(damaged);
  CHECK_FALSE(damages(*damaged).empty());
  const auto copied = back_up(*damaged, scratch / "copy.db");
  REQUIRE_FALSE(copied);
  CHECK(copied.error().message.find("is damaged") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(scratch / "copy.db"));
}

TEST_CASE("a second writer waits, and is told when it waited long enough") {
  const base::Scratch scratch;
  auto first = with_numbers(scratch / "a.db");
  auto second = Database::open(scratch / "a.db", {.busy_time_max = std::chrono::milliseconds(50)});
  REQUIRE(second);
  REQUIRE(first.execute("BEGIN IMMEDIATE"));
  const auto busy = second->execute("INSERT INTO numbers VALUES (1, 'one')");
  REQUIRE_FALSE(busy);
  CHECK(busy.error().message.find("written by another program") != std::string::npos);
  CHECK(count(*second) == 0);  // a reader waits for nobody
  REQUIRE(first.execute("COMMIT"));
  REQUIRE(second->execute("INSERT INTO numbers VALUES (1, 'one')"));
}

TEST_CASE("a backup taken while another connection writes is whole and has what came before it") {
  const base::Scratch scratch;
  auto database = with_numbers(scratch / "a.db");
  REQUIRE(database.execute("INSERT INTO numbers VALUES (-1, 'before')"));
  std::jthread writer([&](std::stop_token stop) {
    auto own = Database::open(scratch / "a.db");
    for (int i = 0; own && !stop.stop_requested(); ++i)
      (void)own->execute("INSERT INTO numbers VALUES (?, ?)", {i, std::string(500, 'x')});
  });
  for (int i = 0; i < 5; ++i) REQUIRE(back_up(database, scratch / "copy.db"));
  writer.request_stop();
  writer.join();
  CHECK(rights(scratch / "copy.db") == 0600);
  CHECK_FALSE(std::filesystem::exists(scratch / "copy.db-wal"));
  auto copy = Database::open(scratch / "copy.db");
  REQUIRE(copy);
  CHECK(damages(*copy).empty());
  CHECK(copy->text("SELECT word FROM numbers WHERE n = -1").value() == "before");
}

constexpr Migration first{"one", "CREATE TABLE one (n INTEGER)"};
constexpr Migration second{"two", "CREATE TABLE two (n INTEGER); INSERT INTO two VALUES (2)"};
constexpr Migration broken{"bad", "CREATE TABLE three (n INTEGER); CREATE TABEL four (n INTEGER)"};

TEST_CASE("migrations run once each, in order, and a broken one changes nothing") {
  const base::Scratch scratch;
  auto database = Database::open(scratch / "a.db");
  REQUIRE(database);
  REQUIRE(migrate(*database, std::vector{first}));
  REQUIRE(migrate(*database, std::vector{first, second}));
  REQUIRE(migrate(*database, std::vector{first, second}));
  CHECK(database->integer("SELECT count(*) FROM two").value() == 1);
  CHECK_FALSE(migrate(*database, std::vector{first, second, broken}));
  CHECK(database->integer("PRAGMA user_version").value() == 2);
  CHECK_FALSE(database->integer("SELECT count(*) FROM three"));
}

TEST_CASE("a store of a newer program, and a database of another one, are refused in words") {
  const base::Scratch scratch;
  {
    auto database = Database::open(scratch / "a.db");
    REQUIRE(migrate(*database, std::vector{first, second}));
    const auto older = migrate(*database, std::vector{first});
    REQUIRE_FALSE(older);
    CHECK(older.error().message.find("newer insights (version 2") != std::string::npos);
  }
  auto other = with_numbers(scratch / "other.db");
  const auto refused = open_store(scratch / "other.db");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("another program") != std::string::npos);
}

TEST_CASE("a store opens with the program's tables, and opens again") {
  const base::Scratch scratch;
  REQUIRE(open_store(scratch / "a.db"));
  auto again = open_store(scratch / "a.db", {.create = false});
  REQUIRE(again);
  CHECK(again->integer("SELECT count(*) FROM runs").value() == 0);
  CHECK(damages(*again).empty());
}

}  // namespace
}  // namespace insights::store
