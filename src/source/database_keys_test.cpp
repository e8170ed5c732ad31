// What a DuckDB file declares of its tables reaches them.
#include "source/scratch.h"

using namespace insights;
using namespace insights::source;

TEST_CASE("primary and foreign keys of a database file are known, each to its own table") {
  const Scratch scratch;
  make({"CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR)",
        "CREATE TABLE places (country VARCHAR, code INTEGER, PRIMARY KEY (country, code))",
        "CREATE TABLE sales (line INTEGER PRIMARY KEY, buyer INTEGER REFERENCES people (id), "
        "country VARCHAR, place INTEGER, FOREIGN KEY (country, place) REFERENCES places (country, "
        "code))"},
       scratch / "shop.duckdb");
  const auto source = opened({scratch / "shop.duckdb"});
  const auto& tables = source->tables();
  REQUIRE(tables_of(*source) == "people, places, sales");
  CHECK(tables[0].primary_key == std::vector<std::string>{"id"});
  CHECK(tables[1].primary_key == std::vector<std::string>{"country", "code"});
  CHECK(tables[2].primary_key == std::vector<std::string>{"line"});
  CHECK(tables[0].foreign_keys.empty());
  CHECK(tables[2].foreign_keys ==
        std::vector<ForeignKey>{{{"buyer"}, "people", {"id"}},
                                {{"country", "place"}, "places", {"country", "code"}}});
}
