#include "sql/gate.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <string>

using namespace insights;
using sql::Dialect;
using sql::Gate;

namespace {

// The tables of tests/guard/schema.sql, and one in a schema of its own.
sql::Relations tables() {
  const auto columns = [](std::initializer_list<const char*> names) {
    std::vector<sql::RelationColumn> all;
    for (const std::string name : names) {
      const bool is_name = name == "name" || name == "customer_name";
      all.push_back({name, "text",
                     name == "email" ? sql::Privacy::guarded
                     : is_name       ? sql::Privacy::masked
                                     : sql::Privacy::open});
    }
    return all;
  };
  return {{"", "sales",
           columns({"invoice_no", "invoice_date", "customer_id", "customer_name", "region",
                    "product_id", "product_name", "plant", "batch_id", "transaction_type",
                    "quantity", "gsv", "nsv1", "nsv2", "discount_pct"})},
          {"", "customers", columns({"id", "name", "email", "region", "segment"})},
          {"", "update_log", columns({"id", "update_date", "deleted_flag"})},
          {"", "regions", columns({"region"})},
          {"", "order",
           columns({"id", "parent_id", "name", "select", "from", "group", "user", "Größe"})}};
}

const Gate& gate(Dialect dialect = Dialect::duckdb) {
  static const auto duckdb = Gate::open(Dialect::duckdb, tables());
  static const auto postgres = Gate::open(Dialect::postgres, tables());
  const auto& opened = dialect == Dialect::duckdb ? duckdb : postgres;
  REQUIRE(opened);
  return *opened;
}

struct Case {
  Dialect dialect = Dialect::duckdb;
  std::string verdict;  // "allow", "mask" or "refuse"
  std::string reason;   // the class of the refusal
  std::string sql;
};

// A .sqltest file: statements parted by blank lines; "@dialect verdict [class]" stands above those
// it is for, "#" above remarks.
std::vector<Case> cases_of(const std::string& name) {
  std::ifstream file(std::string(INSIGHTS_SOURCE_DIR) + "/tests/guard/" + name);
  REQUIRE(file.is_open());
  std::vector<Case> cases;
  Case current;
  std::string line;
  const auto finish = [&] {
    if (!current.sql.empty()) cases.push_back(current);
    current.sql.clear();
  };
  while (std::getline(file, line)) {
    if (line.empty()) {
      finish();
    } else if (line[0] == '@' && current.sql.empty()) {
      std::istringstream words(line.substr(1));
      std::string dialect;
      current.reason.clear();
      words >> dialect >> current.verdict >> current.reason;
      current.dialect = dialect == "duckdb" ? Dialect::duckdb : Dialect::postgres;
    } else if (line[0] != '#' || !current.sql.empty()) {
      current.sql += (current.sql.empty() ? "" : "\n") + line;
    }
  }
  finish();
  return cases;
}

bool passes(std::string_view text, Dialect dialect = Dialect::duckdb) {
  return gate(dialect).check(text).has_value();
}

std::string rewritten(std::string_view text) {
  const auto query = gate(Dialect::postgres).check(text);
  INFO(text << ": " << (query ? "" : query.error().message));
  REQUIRE(query);
  return query->text();
}

base::Error refusal(std::string_view text) {
  const auto result = gate().check(text);
  INFO(text);
  REQUIRE_FALSE(result);
  CHECK((result.error().kind == base::ErrorKind::refused ||
         result.error().kind == base::ErrorKind::not_found));
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
           "SELECT region FROM sales UNION ALL SELECT name FROM customers ORDER BY 1 LIMIT 5",
           "PIVOT sales ON region IN ('North', 'South') USING sum(nsv2)",
           "SELECT 'Zürich', \"größe\" FROM \"order\" /* 日本 */",
           "SELECT sum(gsv) OVER (PARTITION BY region ORDER BY plant) FROM sales QUALIFY true",
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
  std::string sums = "SELECT 1";
  while (sums.size() < 60'000) sums += "+1";
  std::string joins = "SELECT 1 FROM sales a0";
  for (int index = 1; joins.size() < 60'000; ++index)
    joins += " JOIN sales a" + std::to_string(index) + " ON true";
  std::string fields = "SELECT a";
  while (fields.size() < 60'000) fields += ".a";
  for (const auto dialect : {Dialect::duckdb, Dialect::postgres}) {
    for (const auto& text :
         {ors, unions, minus + "1", nots + "true", cases, casts, sums, joins, fields}) {
      static_cast<void>(gate(dialect).check(text).has_value());
      static_cast<void>(gate(dialect).check(text.substr(0, 4095)).has_value());
    }
    CHECK(passes("SELECT 1", dialect));
  }
}

TEST_CASE("what must pass passes, and what must not is refused as what it is") {
  std::size_t count = 0;
  for (const auto* file : {"postgres_honest.sqltest", "duckdb_honest.sqltest", "refused.sqltest"}) {
    for (const auto& one : cases_of(file)) {
      ++count;
      const auto judged = gate(one.dialect).judge(one.sql);
      INFO(one.sql << "\n" << (judged ? "passed" : judged.error().message));
      CHECK(judged.has_value() == (one.verdict == "allow"));
      if (judged || one.verdict == "allow") continue;
      CHECK(sql::name(judged.error().reason) == one.reason);
      CHECK_FALSE(judged.error().hint.empty());
    }
  }
  CHECK(count > 500);
}

TEST_CASE("for a model, what carries personal data is masked and what would give it away refused") {
  const auto duckdb = Gate::open(Dialect::duckdb, tables(), sql::Reader::model);
  const auto postgres = Gate::open(Dialect::postgres, tables(), sql::Reader::model);
  REQUIRE((duckdb && postgres));
  std::size_t count = 0;
  for (const auto& one : cases_of("personal.sqltest")) {
    ++count;
    const auto judged = (one.dialect == Dialect::duckdb ? *duckdb : *postgres).judge(one.sql);
    const std::string verdict = !judged                                   ? "refuse"
                                : sql::gives_personal(judged->resolved()) ? "mask"
                                                                          : "allow";
    INFO(one.sql << "\n" << (judged ? "passed" : judged.error().message));
    CHECK(verdict == one.verdict);
    if (!judged) CHECK(sql::name(judged.error().reason) == one.reason);
    // To a person who may read the database it is a statement like others.
    if (one.reason == "personal") CHECK(passes(one.sql, one.dialect));
  }
  CHECK(count > 80);
}

TEST_CASE("of each column of a result it is known whether it is personal; in doubt it is") {
  const auto personal = [](std::string_view text, const std::vector<std::string>& names) {
    const auto query = gate().check(text);
    INFO(text << ": " << (query ? "" : query.error().message));
    REQUIRE(query);
    return sql::personal_columns(query->resolved(), names);
  };
  using Each = std::vector<bool>;
  CHECK(personal("SELECT region, email, count(*) FROM customers GROUP BY ALL", {"a", "b", "c"}) ==
        Each{false, true, false});
  CHECK(personal("FROM customers", {"id", "name", "email", "region", "segment"}) ==
        Each{false, true, true, false, false});
  CHECK(personal("SELECT s.gsv, c.* EXCLUDE (name) FROM sales s JOIN customers c ON true",
                 {"gsv", "id", "email", "region", "segment"}) ==
        Each{false, false, true, false, false});
  // USING gives region once: the names tell which is which.
  CHECK(personal("SELECT * FROM customers JOIN regions USING (region)",
                 {"id", "name", "email", "region", "segment"}) ==
        Each{false, true, true, false, false});
  CHECK(personal("SUMMARIZE customers",
                 {"column_name", "column_type", "min", "max", "approx_unique", "avg", "std", "q25",
                  "q50", "q75", "count", "null_percentage"}) ==
        Each{false, false, true, true, false, true, true, true, true, true, false, false});
  CHECK(personal("SELECT COLUMNS('e.*'), region FROM customers", {"email", "region"}) ==
        Each{true, true});
  CHECK(personal("SELECT region, gsv FROM sales", {"region", "gsv", "unexpected"}) ==
        Each{false, false, false});
}

TEST_CASE("a closed column is not read for a model, not even by a star") {
  auto closed = tables();
  closed[1].columns[2].privacy = sql::Privacy::closed;
  const auto opened = Gate::open(Dialect::duckdb, closed, sql::Reader::model);
  REQUIRE(opened);
  for (const auto* text :
       {"SELECT count(email) FROM customers", "FROM customers", "SELECT c FROM customers c",
        "SELECT 1 FROM customers WHERE email IS NULL"})
    CHECK_FALSE(opened->check(text));
  CHECK(opened->check("SELECT region FROM customers"));
}

TEST_CASE("nested comparisons take time by their length, not by twice for each level") {
  std::string nested = "email";
  for (int level = 0; level < 60; ++level) nested = "nullif(" + nested + ", 'x')";
  std::string between = "email";
  for (int level = 0; level < 60; ++level) between = "(" + between + " BETWEEN 'a' AND 'b')";
  for (const auto dialect : {Dialect::duckdb, Dialect::postgres}) {
    static_cast<void>(gate(dialect).check("SELECT " + nested + " FROM customers").has_value());
    static_cast<void>(gate(dialect).check("SELECT " + between + " FROM customers").has_value());
    CHECK(passes("SELECT 1", dialect));
  }
}

TEST_CASE(
    "a PostgreSQL statement is written anew: no comment, no text whose meaning a setting changes") {
  CHECK(rewritten("select /* a */ region -- b\n from sales;") == "SELECT region FROM sales");
  CHECK(rewritten("SELECT 'a\\' || 'b' FROM sales").find("'a\\'") == std::string::npos);
  // Where a bracket would be lost, it is kept.
  CHECK(rewritten("SELECT (now() AT TIME ZONE 'UTC')::date /* x */, 'a\\b'") ==
        "SELECT ( now ( ) AT TIME ZONE 'UTC' ) :: date , E'a\\\\b'");
}

TEST_CASE("a PostgreSQL table comes out with its schema, a name of WITH does not") {
  const auto opened = Gate::open(Dialect::postgres, {{"public", "sales", {{"region", "text"}}},
                                                     {"crm", "customers", {{"id", "int8"}}}});
  REQUIRE(opened);
  const auto text = [&](std::string_view sql) {
    const auto query = opened->check(sql);
    INFO(sql << ": " << (query ? "" : query.error().message));
    REQUIRE(query);
    return query->text();
  };
  CHECK(text("SELECT sales.region FROM sales") == "SELECT sales.region FROM public.sales");
  CHECK(text("WITH sales AS (SELECT 1 AS region) SELECT region FROM sales") ==
        "WITH sales AS (SELECT 1 AS region) SELECT region FROM sales");
  CHECK(text("WITH sales AS (SELECT * FROM sales) TABLE sales") ==
        "WITH sales AS (SELECT * FROM public.sales) SELECT * FROM sales");
  CHECK(text("SELECT id FROM crm.customers") == "SELECT id FROM crm.customers");
  CHECK_FALSE(opened->check("SELECT id FROM customers"));
  CHECK(opened->check("SELECT region FROM sales")->resolved().tables ==
        std::vector<std::string>{"public.sales"});
}

TEST_CASE("a checked query says which tables and columns it reads, and whether they are personal") {
  for (const auto dialect : {Dialect::duckdb, Dialect::postgres}) {
    const auto resolved = [&](std::string_view sql) {
      const auto query = gate(dialect).check(sql);
      INFO(sql << ": " << (query ? "" : query.error().message));
      REQUIRE(query);
      return query->resolved();
    };
    const auto joined = resolved(
        "SELECT c.region, sum(s.gsv) FROM sales s JOIN customers c ON c.id = s.customer_id GROUP "
        "BY 1");
    CHECK(joined.tables == std::vector<std::string>{"customers", "sales"});
    CHECK(joined.columns == std::vector<sql::ColumnName>{{"customers", "id"},
                                                         {"customers", "region"},
                                                         {"sales", "customer_id"},
                                                         {"sales", "gsv"}});
    CHECK_FALSE(joined.touches_personal);
    for (const auto* sql : {"SELECT email FROM customers", "SELECT * FROM customers",
                            "SELECT c.* FROM customers c", "SELECT c FROM customers c",
                            "WITH t(a, b, e) AS (SELECT * FROM customers) SELECT a FROM t",
                            "SELECT count(*) FROM customers WHERE email LIKE 'a%'",
                            "SELECT (SELECT max(email) FROM customers) FROM sales",
                            "SELECT region FROM sales UNION SELECT email FROM customers",
                            "SELECT x FROM (SELECT lower(email) AS x FROM customers) q",
                            "SELECT v.x FROM customers c, LATERAL (SELECT c.email AS x) v"}) {
      INFO(sql);
      CHECK(resolved(sql).touches_personal);
    }
    CHECK_FALSE(resolved("SELECT count(*) FROM customers").touches_personal);
    CHECK_FALSE(
        resolved("SELECT email FROM (SELECT region AS email FROM sales) q").touches_personal);
  }
  CHECK_FALSE(
      gate().check("SELECT * EXCLUDE (name, email) FROM customers")->resolved().touches_personal);
  CHECK(gate().check("SELECT COLUMNS('e.*') FROM customers")->resolved().touches_personal);
}

TEST_CASE("a refusal names the nearest table or column there is") {
  CHECK(refusal("SELECT regin FROM sales").hint == "did you mean \"region\"?");
  CHECK(refusal("SELECT * FROM custmers").hint == "did you mean \"customers\"?");
  CHECK(refusal("SELECT repeat('x', quantity) FROM sales").hint.find("least(") !=
        std::string::npos);
}

TEST_CASE("names and texts are quoted so that they come back as they were") {
  CHECK(sql::quote_identifier("a\"b") == "\"a\"\"b\"");
  CHECK(sql::quote_text("it's") == "'it''s'");
  CHECK(passes("SELECT " + sql::quote_text("'; DROP TABLE x; --") + " AS " +
               sql::quote_identifier("\"; --")));
}
