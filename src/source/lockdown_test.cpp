// A source reads what was named, and does nothing else.
#include "source/duckdb_source.h"
#include "source/private_directory.h"
#include "source/scratch.h"
#include "sql/dialect.h"

using namespace insights;
using namespace insights::source;

namespace {

// A Parquet file and a database file in a source, and the engine below it, which the gate does not
// guard.
struct Engine {
  Engine() {
    make({"COPY (SELECT 1 AS id) TO '" + (scratch / "a.parquet") + "'"});
    make({"CREATE TABLE orders AS SELECT 1 AS id",
          "CREATE VIEW outside AS SELECT * FROM read_text('/etc/passwd')"},
         scratch / "shop.duckdb");
    contents.databases.push_back({scratch / "shop.duckdb", "shop"});
    contents.parquet.emplace_back(scratch / "a.parquet");
    auto staging =
        Staging::create({.threads = 1}, {scratch / "a.parquet", scratch / "shop.duckdb"}, {});
    REQUIRE(staging);
    REQUIRE(staging->run("CREATE VIEW a AS FROM read_parquet('" + (scratch / "a.parquet") + "')"));
    auto done = std::move(*staging).close();
    REQUIRE(done);
    closed.emplace(*std::move(done));
    auto shut = open_shut(*closed, contents);
    INFO((shut ? "" : shut.error().message));
    REQUIRE(shut);
    database.emplace(*std::move(shut));
  }

  engine::Outcome<Rows> run(const std::string& statement) const {
    const auto connection = engine::Connection::open(*database);
    REQUIRE(connection);
    return engine::run(*connection, statement);
  }

  Scratch scratch;
  DuckDbContents contents;
  std::optional<Staging::Closed> closed;
  std::optional<engine::Database> database;
};

}  // namespace

TEST_CASE("a SELECT that the gate would let through reaches no file but those that were named") {
  const Engine engine;
  const auto connection = engine::Connection::open(*engine.database);
  const auto secret = engine.scratch.write("secret.csv", "a,b\n1,2\n");
  for (const auto& text : std::vector<std::string>{
           "SELECT * FROM read_text('/etc/passwd')",
           "SELECT * FROM read_blob('/proc/self/environ')", "SELECT * FROM '/etc/passwd'",
           "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM glob('/*')",
           "SELECT * FROM read_json('/etc/passwd')", "SELECT * FROM read_parquet('/etc/passwd')",
           "SELECT * FROM sniff_csv('/etc/passwd')",
           "SELECT * FROM parquet_metadata('/etc/passwd')",
           "SELECT * FROM read_text('http://127.0.0.1:9/x')",
           "SELECT * FROM 's3://bucket/x.parquet'", "SELECT * FROM read_duckdb('/tmp/x.duckdb')",
           "SELECT * FROM read_csv(" + sql::quote_text(secret) + ")"}) {
    INFO(text);
    auto stream = engine::Stream::select(*connection, text);
    CHECK_FALSE((stream && stream->next()));
  }
}

TEST_CASE("the named text file itself is not read again: what is read is the copy made of it") {
  const Scratch scratch;
  const auto named = scratch.write("named.csv", "a,b\n1,2\n");
  const auto source = opened({named});
  const auto gate = open_gate(*source);
  REQUIRE(gate);
  CHECK_FALSE(gate->check("SELECT * FROM read_csv(" + sql::quote_text(named) + ")"));
  CHECK_FALSE(gate->check("SELECT * FROM " + sql::quote_text(named)));
  CHECK(answer(*source, "SELECT a, b FROM named") == "1|2");
}

TEST_CASE("the engine below the gate writes, attaches, installs and sets nothing") {
  const Engine engine;
  CHECK(engine.run("SELECT * FROM a"));
  CHECK(engine.run("SELECT * FROM shop.orders"));
  const auto out = sql::quote_text(engine.scratch / "out.csv");
  for (const auto& statement :
       std::vector<std::string>{"COPY a TO " + out,
                                "COPY (SELECT 1) TO " + out + " (FORMAT parquet)",
                                "EXPORT DATABASE '" + (engine.scratch / "all") + "'",
                                "ATTACH '" + (engine.scratch / "new.duckdb") + "'",
                                "ATTACH ':memory:' AS m",
                                "ATTACH '/etc/passwd' AS p (TYPE sqlite)",
                                "INSTALL httpfs",
                                "LOAD httpfs",
                                "LOAD '" + (engine.scratch / "x.duckdb_extension") + "'",
                                "SET threads = 2",
                                "SET memory_limit = '64GB'",
                                "SET enable_external_access = true",
                                "SET allowed_paths = ['/etc/passwd']",
                                "SET lock_configuration = false",
                                "RESET lock_configuration",
                                "SET TimeZone = 'Asia/Tokyo'",
                                "SET temp_directory = '/tmp'",
                                "CREATE TABLE t AS SELECT 1",
                                "CREATE VIEW v AS SELECT 1",
                                "CREATE MACRO sum(x) AS 0",
                                "CREATE SCHEMA s",
                                "DROP VIEW a",
                                "INSERT INTO shop.orders VALUES (2)",
                                "DELETE FROM shop.orders",
                                "UPDATE shop.orders SET id = 5",
                                "DROP TABLE shop.orders",
                                "CREATE TABLE shop.t AS SELECT 1",
                                "ALTER TABLE shop.orders ADD COLUMN x INT",
                                "SELECT * FROM shop.outside",
                                "SELECT * FROM read_text('/etc/passwd')",
                                "CREATE SECRET s (TYPE s3)"}) {
    INFO(statement);
    CHECK_FALSE(engine.run(statement));
  }
  CHECK_FALSE(std::filesystem::exists(engine.scratch / "out.csv"));
  CHECK_FALSE(std::filesystem::exists(engine.scratch / "new.duckdb"));
}

TEST_CASE("what the engine alone lets through, a source does not run: only a SELECT is started") {
  const Engine engine;
  const auto connection = engine::Connection::open(*engine.database);
  const auto before = std::filesystem::file_size(engine.scratch / "a.parquet");
  // The list of allowed files does not tell reading from writing.
  const auto overwrite = "COPY (SELECT range AS x FROM range(1000)) TO '" +
                         (engine.scratch / "a.parquet") + "' (USE_TMP_FILE false)";
  for (const auto& statement : std::vector<std::string>{
           overwrite, "CREATE TEMP TABLE orders AS SELECT 99 AS id", "SET VARIABLE x = 1", "BEGIN",
           "CHECKPOINT", "CALL pragma_version()", "PREPARE p AS SELECT 1", "EXPLAIN SELECT 1",
           "DETACH shop", "SELECT 1; SELECT 2"}) {
    INFO(statement);
    CHECK_FALSE(engine::Stream::select(*connection, statement));
  }
  CHECK(std::filesystem::file_size(engine.scratch / "a.parquet") == before);
}

TEST_CASE("a view in a database file that reads other files is left out, and never run") {
  const Engine engine;
  const auto source = opened({engine.scratch / "shop.duckdb"});
  CHECK(tables_of(*source) == "orders");
  CHECK(contains(notes_of(*source), "outside was left out"));
}

TEST_CASE("a source leaves nothing behind, and its private directory is for this user alone") {
  std::filesystem::path path;
  {
    const auto directory = PrivateDirectory::create();
    REQUIRE(directory);
    path = directory->path();
    std::ofstream(path / "file") << "x";
    CHECK((std::filesystem::status(path).permissions() & std::filesystem::perms::others_all) ==
          std::filesystem::perms::none);
    const auto another = PrivateDirectory::create();
    REQUIRE(another);
    CHECK(another->path() != path);
    CHECK(std::filesystem::exists(path / "file"));
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE(
    "what a killed program left behind is removed by the next; what is in use or no directory of "
    "ours is not") {
  const auto parent = std::filesystem::temp_directory_path();
  const auto make_old = [](const std::filesystem::path& lock) {
    std::ofstream(lock) << "";
    std::filesystem::last_write_time(
        lock, std::filesystem::file_time_type::clock::now() - std::chrono::hours{1});
  };
  const auto abandoned = parent / "insights-Aband0";
  const auto foreign = parent / "insights-Foreig";
  for (const auto& path : {abandoned, foreign}) std::filesystem::create_directories(path);
  make_old(abandoned / "in-use");
  const auto used = PrivateDirectory::create();
  REQUIRE(used);
  std::filesystem::last_write_time(
      used->path() / "in-use",
      std::filesystem::file_time_type::clock::now() - std::chrono::hours{1});
  REQUIRE(PrivateDirectory::create());
  CHECK_FALSE(std::filesystem::exists(abandoned));
  CHECK(std::filesystem::exists(foreign));
  CHECK(std::filesystem::exists(used->path()));
  std::filesystem::remove_all(foreign);
}
