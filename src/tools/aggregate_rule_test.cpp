#include "tools/aggregate_rule.h"

#include <doctest/doctest.h>

#include <initializer_list>

using insights::tools::aggregate_objection;

namespace {

std::string judged(std::string_view sql) { return aggregate_objection(sql, "group_rows"); }

}  // namespace

TEST_CASE("plain aggregates whose groups count their rows may be told") {
  for (const auto* sql : std::initializer_list<const char*>{
           "SELECT region, sum(net) AS net, count(*) AS group_rows FROM sales GROUP BY region",
           "select count(*) as group_rows from sales",
           "SELECT \"region\", round(avg(net), 2) AS a, COUNT( * ) AS group_rows FROM "
           "\"main\".\"sales\" AS "
           "s WHERE s.day >= DATE '2025-01-01' AND region IN ('a', 'b') GROUP BY 1 HAVING count(*) "
           "> 3 "
           "ORDER BY a DESC LIMIT 5",
           "SELECT extract(year FROM day) AS y, count(DISTINCT customer) AS c, count(*) AS "
           "group_rows "
           "FROM sales GROUP BY extract(year FROM day)"})
    CHECK_MESSAGE(judged(sql).empty(), sql << ": " << judged(sql));
}

TEST_CASE("whatever could show single rows, or count a row twice, may not") {
  for (const auto* sql : std::initializer_list<const char*>{
           "SELECT * FROM sales",
           "SELECT region, sum(net) AS net FROM sales GROUP BY region",
           "SELECT region, 9 AS group_rows FROM sales GROUP BY region",
           "SELECT region, count(*) AS n, 9 AS group_rows FROM sales GROUP BY region",
           "SELECT region, count(*) AS group_rows, 9 AS group_rows FROM sales GROUP BY region",
           "SELECT region, max(net) AS m, count(*) AS group_rows FROM sales GROUP BY region",
           "SELECT string_agg(customer, ',') AS m, count(*) AS group_rows FROM sales",
           "SELECT \"max\"(net) AS m, count(*) AS group_rows FROM sales",
           "SELECT net.max() AS m, count(*) AS group_rows FROM sales",
           "SELECT sum(net) FILTER (WHERE id = 5) AS m, count(*) AS group_rows FROM sales",
           "SELECT sum(CASE WHEN id = 5 THEN net END) AS m, count(*) AS group_rows FROM sales",
           "SELECT a.id, sum(a.net) AS m, count(*) AS group_rows FROM sales a JOIN sales b ON true "
           "GROUP BY a.id",
           "SELECT a.id, sum(a.net) AS m, count(*) AS group_rows FROM sales a, sales b GROUP BY "
           "a.id",
           "SELECT a.id, count(*) AS group_rows FROM sales a, range(9) GROUP BY a.id",
           "SELECT (SELECT net FROM sales LIMIT 1) AS m, count(*) AS group_rows FROM sales",
           "WITH s AS (SELECT 1) SELECT count(*) AS group_rows FROM s",
           "SELECT id, count(*) AS group_rows FROM sales GROUP BY id UNION ALL SELECT 1, 9",
           "SELECT sum(net) OVER (PARTITION BY id) AS m, count(*) AS group_rows FROM sales",
           "SELECT region, count(*) AS group_rows FROM sales GROUP BY ROLLUP (region)",
           "SELECT 'x' /* count(*) AS group_rows */, net FROM sales",
           "SELECT net, 'count(*) AS group_rows' FROM sales",
           "SELECT [net] AS l, count(*) AS group_rows FROM sales, (VALUES (1), (2)) v GROUP BY net",
           "",
           ";"})
    CHECK_MESSAGE(!judged(sql).empty(), sql);
}
