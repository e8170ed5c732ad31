#include "source/logged_source.h"

#include <doctest/doctest.h>

#include "source/scratch.h"

using namespace insights::source;

TEST_CASE("what is asked of a source is told: what, how much it gave, and what went wrong") {
  const Scratch folder;
  std::vector<QueryRecord> told;
  LoggedSource source(opened({folder.write("t.csv", "a,b\n1,x\n2,yy\n3,zzz\n")}),
                      [&](const QueryRecord& record) { told.push_back(record); });
  ask(source, "SELECT b FROM t ORDER BY a", {.rows_max = 2});
  const auto all = checked(source, "SELECT a, b FROM t");
  REQUIRE(source.scan(all, {}, {}, [](const Batch&) { return true; }));
  const auto wrong = source.query(checked(source, "SELECT CAST(b AS INT) FROM t"), {}, {});
  CHECK_FALSE(wrong);
  REQUIRE(told.size() == 3);
  CHECK(told[0].sql == "SELECT b FROM t ORDER BY a");
  CHECK(told[0].dialect == "duckdb");
  CHECK(told[0].verdict == "allow");
  CHECK((told[0].rows == 2 && told[0].bytes == 3 && told[0].truncated));
  CHECK((told[1].rows == 3 && told[1].bytes == 3 * 8 + 6 && !told[1].truncated));
  CHECK_FALSE(told[2].error.empty());
}
