#include "findings/evidence.h"

#include <doctest/doctest.h>

#include <cmath>

#include "findings/same_cell.h"
#include "findings/testing.h"

using namespace insights;
using namespace insights::findings;
using source::Cell;

namespace {

std::vector<Evidence> evidence() {
  Evidence one;
  one.id = "q1";
  one.columns = {"name", "gross", "day", "twice", "twice"};
  one.rows = {{std::string("Ada"), 400.0, base::Day{10}, 1.0, 2.0},
              {std::string("Bob"), Cell{}, base::Day{3}, 1.0, 2.0}};
  return {one};
}

std::string why_not(const Binding& binding) {
  const auto value = value_of(binding, evidence());
  return value ? "it has a value" : value.error().message;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

CellReference at(std::size_t row, std::string column) { return {"q1", row, std::move(column)}; }

}  // namespace

TEST_CASE("the same query runs once and keeps its id") {
  testing::Database database;
  auto reader = database.reader();
  const auto* first = reader.read("SELECT count(*) AS n FROM sales", {}).value();
  const auto* other = reader.read("SELECT max(day) AS day FROM sales", {}).value();
  CHECK(reader.read("SELECT count(*) AS n FROM sales", {}).value() == first);
  CHECK(reader.queries_run() == 2);
  CHECK(first->id == "q1");
  CHECK(other->id == "q2");
  CHECK(first->rows.rows[0][0] == Cell{std::int64_t{6}});
  CHECK(other->rows.rows[0][0] == Cell{*base::parse_day("2025-05-12")});
}

TEST_CASE("what is asked ahead, side by side, reads as what is asked when it is time") {
  testing::Database database;
  const std::vector<std::string> texts{
      "SELECT count(*) AS n FROM sales", "DROP TABLE sales", "SELECT max(day) AS day FROM sales",
      "SELECT count(*) AS n FROM sales", "SELECT CAST(customer AS INTEGER) AS n FROM sales"};
  auto ahead = database.reader(), in_time = database.reader();
  ahead.read_ahead(texts, 2, {});
  CHECK(ahead.queries_run() == 0);  // ids are given by read(), in its order
  for (const std::size_t i : {2UL, 4UL, 1UL, 0UL, 3UL}) {
    const auto one = ahead.read(texts[i], {}), other = in_time.read(texts[i], {});
    REQUIRE(one.has_value() == other.has_value());
    if (!one) {
      CHECK(one.error().kind == other.error().kind);
      CHECK(one.error().message == other.error().message);
      continue;
    }
    CHECK((*one)->id == (*other)->id);
    CHECK((*one)->rows == (*other)->rows);
  }
}

TEST_CASE("a reader runs only what passes the gate, and no more than it may") {
  testing::Database database;
  EvidenceReader reader(database.source(), database.gate(), {.query = {}, .queries_max = 1});
  CHECK(reader.read("DROP TABLE sales", {}).error().kind == base::ErrorKind::refused);
  CHECK(reader.read("SELECT absent FROM sales", {}).error().kind == base::ErrorKind::not_found);
  CHECK(reader.queries_run() == 0);
  CHECK(reader.read("SELECT count(*) FROM sales", {}).has_value());
  CHECK(reader.read("SELECT count(*) FROM sales", {}).has_value());
  CHECK(reader.read("SELECT 1 FROM sales", {}).error().kind == base::ErrorKind::cancelled);
}

TEST_CASE("a binding reads its cell, its formula or its name") {
  CHECK(value_of(at(0, "name"), evidence()).value() == Cell{std::string("Ada")});
  const Formula span{"(later - earlier) * k",
                     {{"later", at(0, "day")}, {"earlier", at(1, "day")}, {"k", 2.0}}};
  CHECK(value_of(span, evidence()).value() == Cell{14.0});
  CHECK(value_of(CatalogName{"gross"}, evidence()).value() == Cell{std::string("gross")});
}

TEST_CASE("a binding to what is not there is an error that says what") {
  CHECK(has(why_not(CellReference{"q2", 0, "gross"}), "no query \"q2\""));
  CHECK(has(why_not(at(0, "net")), "no column \"net\""));
  CHECK(has(why_not(at(2, "gross")), "no row 2"));
  CHECK(has(why_not(at(1'000'000'000'000, "gross")), "no row"));
  CHECK(has(why_not(at(1, "gross")), "null"));
  CHECK(has(why_not(at(0, "twice")), "two columns"));
  CHECK(has(why_not(Formula{"2 * 3", {}}), "no cell"));
  CHECK(has(why_not(Formula{"k + 1", {{"k", 3.0}, {"unused", at(0, "gross")}}}), "no cell"));
  CHECK(has(why_not(Formula{"a + b", {{"a", at(0, "gross")}}}), "\"b\" has no value"));
  CHECK(has(why_not(Formula{"a + 1", {{"a", at(0, "name")}}}), "text"));
  CHECK(has(why_not(Formula{"a / 0", {{"a", at(0, "gross")}}}), "division by zero"));
  CHECK(has(why_not(Formula{"a (", {{"a", at(0, "gross")}}}), "no function"));
}

TEST_CASE("a number cannot come in as a name") {
  const std::vector<source::Table> tables{{"sales_2024", "", {{"net2", "DOUBLE", ""}}, ""}};
  CHECK(check_catalog_name({"net sales"}, tables).has_value());
  CHECK(check_catalog_name({"net2"}, tables).has_value());
  CHECK(check_catalog_name({"Net 2"}, tables).has_value());
  CHECK(check_catalog_name({"Sales 2024"}, tables).has_value());
  CHECK_FALSE(check_catalog_name({"₹5M"}, tables).has_value());
  CHECK_FALSE(check_catalog_name({"net3"}, tables).has_value());
  CHECK_FALSE(check_catalog_name({"5"}, tables).has_value());
}

TEST_CASE("cells are the same up to the last digits of a sum, and never across kinds") {
  CHECK(same_cell(0.1 + 0.2, 0.3));
  CHECK_FALSE(same_cell(1.0, 1.00000000001));
  CHECK(same_cell(1e300, 1e300 * (1 + 1e-15)));
  CHECK(same_cell(std::int64_t{5}, 5.0));
  CHECK_FALSE(same_cell(std::int64_t{5}, 5.1));
  CHECK_FALSE(same_cell(std::int64_t{9'007'199'254'740'993}, std::int64_t{9'007'199'254'740'992}));
  CHECK_FALSE(same_cell(std::nan(""), std::nan("")));
  CHECK_FALSE(same_cell(std::string("5"), 5.0));
  CHECK_FALSE(same_cell(base::Day{5}, std::int64_t{5}));
  CHECK_FALSE(same_cell(Cell{}, std::string()));
  CHECK(same_cell(Cell{}, Cell{}));
  CHECK_FALSE(same_cell(0.0, 1e-300));
}
