#include "sql/repeatable.h"

#include <doctest/doctest.h>

using namespace insights::sql;

namespace {

bool repeatable(Dialect dialect, std::string_view text) {
  const auto gate =
      Gate::open(dialect, {{dialect == Dialect::postgres ? "public" : "",
                            "sales",
                            {{"day", "DATE"}, {"snow", "INTEGER"}, {"price", "DOUBLE"}}}});
  REQUIRE(gate);
  const auto query = gate->check(text);
  INFO(text << ": " << (query ? "" : query.error().message));
  REQUIRE(query);
  return is_repeatable(*query);
}

}  // namespace

TEST_CASE("a statement about the data alone is repeatable") {
  for (const auto dialect : {Dialect::duckdb, Dialect::postgres}) {
    CHECK(repeatable(dialect,
                     "SELECT count(*), sum(price) FROM sales WHERE day < DATE '2025-01-01'"));
    CHECK(repeatable(dialect, "SELECT snow FROM sales ORDER BY snow LIMIT 3"));
  }
}

TEST_CASE("a statement that asks the clock or chance is not, however it is written") {
  for (const auto dialect : {Dialect::duckdb, Dialect::postgres}) {
    CHECK_FALSE(repeatable(dialect, "SELECT count(*) FROM sales WHERE day < current_date"));
    CHECK_FALSE(repeatable(dialect, "SELECT NOW(), count(*) FROM sales"));
    CHECK_FALSE(repeatable(dialect, "SELECT price * \"random\"() FROM sales"));
    CHECK_FALSE(repeatable(dialect, "SELECT age(day) FROM sales"));
  }
  CHECK_FALSE(repeatable(Dialect::duckdb, "SELECT count(*) FROM sales TABLESAMPLE 10 PERCENT"));
  CHECK_FALSE(repeatable(Dialect::postgres, "SELECT count(*) FROM sales WHERE day < 'today'"));
  CHECK_FALSE(repeatable(Dialect::postgres, "SELECT LOCALTIMESTAMP, count(*) FROM sales"));
}
