// Keys of the database come before what names and values tell, and each join says which it is.
#include <doctest/doctest.h>

#include <algorithm>

#include "catalog/star.h"
#include "catalog/test_frame.h"

using namespace insights;
using namespace insights::catalog;

namespace {

// Sales of twelve to four people whose columns' names have nothing in common.
std::vector<Subject> sales_and_people(bool declared) {
  std::string sales = "line,bought_by,net\n";
  for (int line = 1; line <= 120; ++line)
    sales += std::to_string(line) + "," + std::to_string(101 + line % 4) + "," +
             std::to_string(10 + line % 7) + "\n";
  auto fact = test_table("sales", sales);
  if (declared) fact.table.foreign_keys = {{{"bought_by"}, "people", {"number"}}};
  auto people =
      test_table("people", "number,city\n101,Amsterdam\n102,Bruges\n103,Amsterdam\n104,Calais\n");
  std::vector<Subject> subjects;
  subjects.push_back(understand(fact.table, std::move(fact.frame), test_vocabulary(), {}));
  subjects.push_back(understand(people.table, std::move(people.frame), test_vocabulary(), {}));
  return subjects;
}

const Subject& named(const std::vector<Subject>& subjects, std::string_view name) {
  const auto found = std::ranges::find(subjects, name, &Subject::table);
  REQUIRE(found != subjects.end());
  return *found;
}

}  // namespace

TEST_CASE("a foreign key joins what names alone would not") {
  const auto without = join_stars(sales_and_people(false));
  CHECK(named(without, "sales").joins.empty());
  const auto with = join_stars(sales_and_people(true));
  const auto& sales = named(with, "sales");
  REQUIRE(sales.joins.size() == 1);
  CHECK(sales.joins.front().declared);
  CHECK(sales.joins.front().to_table == "people");
  CHECK(sales.joins.front().matched == 1);
  REQUIRE(sales.find("city") != nullptr);
  CHECK(sales.from_sql ==
        "\"sales\" LEFT JOIN \"people\" AS \"people_1\" ON \"sales\".\"bought_by\" = "
        "\"people_1\".\"number\"");
}

TEST_CASE("a key to a column that repeats its values joins nothing: rows would be counted twice") {
  auto subjects = sales_and_people(true);
  subjects[0].foreign_keys = {{{"bought_by"}, "people", {"city"}}};
  CHECK(named(join_stars(std::move(subjects)), "sales").joins.empty());
}

TEST_CASE("columns are joined as they are read, under the alias of their table") {
  auto fact = test_table("sales", "line,shop,net\n1,A,5\n2,B,6\n3,A,7\n4,B,8\n5,A,9\n");
  fact.table.relation = "\"public\".\"sales\"";
  fact.table.foreign_keys = {{{"shop"}, "x.shops", {"code"}}};
  fact.table.columns[1].sql = "CAST(\"shop\" AS text) COLLATE \"C\"";
  auto shops = test_table("x.shops", "code,city\nA,Amsterdam\nB,Bruges\n");
  shops.table.relation = "\"x\".\"shops\"";
  shops.table.columns[0].sql = "\"code\" COLLATE \"C\"";
  shops.table.columns[1].sql = "\"city\" COLLATE \"C\"";
  std::vector<Subject> subjects;
  subjects.push_back(understand(fact.table, std::move(fact.frame), test_vocabulary(), {}));
  subjects.push_back(understand(shops.table, std::move(shops.frame), test_vocabulary(), {}));
  CHECK(subjects[1].from_sql == "\"x\".\"shops\" AS \"x.shops\"");
  const auto joined = join_stars(std::move(subjects));
  const auto& sales = named(joined, "sales");
  CHECK(sales.from_sql ==
        "\"public\".\"sales\" LEFT JOIN \"x\".\"shops\" AS \"x.shops_1\" ON "
        "CAST(\"sales\".\"shop\" AS text) COLLATE \"C\" = \"x.shops_1\".\"code\" COLLATE \"C\"");
  REQUIRE(sales.find("city") != nullptr);
  CHECK(sales.find("city")->sql == "\"x.shops_1\".\"city\" COLLATE \"C\"");
}
