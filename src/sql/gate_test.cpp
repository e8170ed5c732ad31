#include "sql/gate.h"

#include <doctest/doctest.h>

#include <string>

using namespace insights;
using sql::Dialect;
using sql::Gate;

namespace {

const Gate& gate() {
  static const auto opened = Gate::open(Dialect::duckdb);
  REQUIRE(opened);
  return *opened;
}

bool passes(std::string_view text) { return gate().check(text).has_value(); }

base::Error refusal(std::string_view text) {
  const auto result = gate().check(text);
  INFO(text);
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == base::ErrorKind::refused);
  CHECK_FALSE(result.error().hint.empty());
  return result.error();
}

}  // namespace

TEST_CASE("a SELECT passes in any of its forms, with its text unchanged") {
  for (const auto* text : {
           "SELECT 1",
           "  select 'a;b' -- comment; here\n ;  ",
           "WITH recent AS (SELECT * FROM sales) SELECT count(*) FROM recent",
           "FROM sales",
           "TABLE sales",
           "VALUES (1), (2)",
           "SELECT a FROM x UNION ALL SELECT b FROM y ORDER BY 1 LIMIT 5",
           "PIVOT sales ON region IN ('North', 'South') USING sum(nsv2)",
           "SELECT 'Zürich', \"größe\" FROM t /* 日本 */",
           "SELECT sum(x) OVER (PARTITION BY y ORDER BY z) FROM t QUALIFY true",
       }) {
    const auto result = gate().check(text);
    INFO(text);
    REQUIRE(result);
    CHECK(result->text() == text);
    CHECK(result->dialect() == Dialect::duckdb);
  }
}

TEST_CASE("what is no SELECT is refused, and the refusal says what to write") {
  for (const auto* text : {
           "INSERT INTO sales VALUES (1)",
           "UPDATE sales SET a = 1",
           "DELETE FROM sales",
           "CREATE TABLE t AS SELECT 1",
           "CREATE TEMP MACRO sum(x) AS 0",
           "DROP TABLE sales",
           "ALTER TABLE t ADD COLUMN a INT",
           "COPY sales TO 'out.csv'",
           "COPY (SELECT 1) TO 'out.csv'",
           "ATTACH 'other.db'",
           "DETACH x",
           "USE x",
           "INSTALL httpfs",
           "LOAD httpfs",
           "SET threads = 1",
           "RESET threads",
           "PRAGMA database_list",
           "SET VARIABLE a = 1",
           "CALL pragma_version()",
           "BEGIN",
           "COMMIT",
           "CHECKPOINT",
           "VACUUM",
           "ANALYZE",
           "EXPLAIN SELECT 1",
           "EXPLAIN ANALYZE SELECT 1",
           "PREPARE p AS SELECT 1",
           "EXECUTE p",
           "EXPORT DATABASE 'x'",
           "IMPORT DATABASE 'x'",
           "TRUNCATE t",
           "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE",
       }) {
    refusal(text);
  }
}

TEST_CASE("more than one statement is refused, and so is a PIVOT that would make a type first") {
  CHECK(refusal("SELECT 1; SELECT 2").message == "the query holds 2 statements");
  CHECK(refusal("SELECT 1; DROP TABLE sales").message == "the query holds 2 statements");
  CHECK(refusal("PIVOT sales ON region USING sum(nsv2)").hint.find("IN (...)") !=
        std::string::npos);
  CHECK(passes("SELECT 1;"));
  CHECK(passes("SELECT 1;;"));
}

TEST_CASE("nothing, comments alone and garbage are refused") {
  for (const auto* text : {"", "   ", ";", "-- nothing", "/* nothing */", "selec 1",
                           "SELECT FROM WHERE", "hello", "SELECT 'a", "SELECT (1", "😀"}) {
    refusal(text);
  }
  CHECK(refusal("selec 1").message.find("syntax error") != std::string::npos);
}

TEST_CASE("a NUL, and bytes that are no UTF-8, are refused before they are parsed") {
  refusal(std::string_view("SELECT 1\0", 9));
  refusal(std::string_view("SELECT '\0 DROP'", 15));
  for (const auto* bytes : {"\xFF", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80",
                            "\xC3", "\xE2\x82", "\x80"}) {
    const auto error = refusal("SELECT '" + std::string(bytes) + "'");
    CHECK(error.message == "the query is not valid UTF-8");
  }
  CHECK(passes("SELECT '\xF0\x9F\x98\x80\xED\x9F\xBF'"));
}

TEST_CASE("a query of 64 KB passes, one byte more does not") {
  const auto of_size = [](std::size_t bytes) {
    const std::string start = "SELECT '";
    return start + std::string(bytes - start.size() - 1, 'x') + "'";
  };
  CHECK(passes(of_size(64 << 10)));
  refusal(of_size((64 << 10) + 1));
}

TEST_CASE(
    "brackets nested 200 deep pass, deeper ones are refused and do not bring the parser down") {
  const auto nested = [](std::size_t depth) {
    return "SELECT " + std::string(depth, '(') + "1" + std::string(depth, ')');
  };
  CHECK(passes(nested(200)));
  refusal(nested(201));
  refusal(nested(30'000));
  refusal("SELECT " + std::string(30'000, '['));
  refusal("SELECT " + std::string(30'000, '{'));
}

TEST_CASE("long chains that need no brackets end in an answer, whichever it is") {
  std::string ors = "SELECT 1 WHERE true";
  while (ors.size() < 60'000) ors += " OR true";
  std::string unions = "SELECT 1";
  while (unions.size() < 60'000) unions += " UNION ALL SELECT 1";
  std::string minus = "SELECT 1 ";
  while (minus.size() < 60'000) minus += "- ";
  std::string nots = "SELECT ";
  while (nots.size() < 60'000) nots += "NOT ";
  std::string cases = "SELECT ";
  while (cases.size() < 60'000) cases += "CASE WHEN ";
  std::string casts = "SELECT 1";
  while (casts.size() < 60'000) casts += "::INT";
  for (const auto& text : {ors, unions, minus + "1", nots + "true", cases, casts}) {
    static_cast<void>(gate().check(text).has_value());
  }
  CHECK(passes("SELECT 1"));
}

TEST_CASE("there is no gate for PostgreSQL yet, and it says so") {
  const auto result = Gate::open(Dialect::postgres);
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == base::ErrorKind::unavailable);
}

TEST_CASE("names and texts are quoted so that they come back as they were") {
  CHECK(sql::quote_identifier("a\"b") == "\"a\"\"b\"");
  CHECK(sql::quote_text("it's") == "'it''s'");
  CHECK(passes("SELECT " + sql::quote_text("'; DROP TABLE x; --") + " AS " +
               sql::quote_identifier("\"; --")));
}
