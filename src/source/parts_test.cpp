#include "source/parts.h"

#include <doctest/doctest.h>

using namespace insights::source;

namespace {

Part part(const std::string& path, std::vector<TableColumn> columns,
          FileKind kind = FileKind::delimited) {
  const std::filesystem::path file(path);
  return {.file = {file, kind, file.stem().string(), false},
          .name = file.stem().string(),
          .parquet = path + ".parquet",
          .relation = "",
          .columns = std::move(columns),
          .comment = ""};
}

const std::vector<TableColumn> sales{
    {"day", "DATE", ""}, {"units", "BIGINT", ""}, {"shop", "VARCHAR", ""}};
const std::vector<TableColumn> sales_otherwise{
    {"units", "DOUBLE", ""}, {"shop", "VARCHAR", ""}, {"day", "DATE", ""}};
const std::vector<TableColumn> shops{{"shop", "VARCHAR", ""}, {"city", "VARCHAR", ""}};

std::string names(const TablePlans& plans) {
  std::string text;
  for (const auto& plan : plans.tables) {
    text += (text.empty() ? "" : ", ") + plan.name + " (" + std::to_string(plan.parts.size()) + ")";
  }
  return text;
}

}  // namespace

TEST_CASE("files with the same columns are one table with the name they share") {
  const auto plans = plan_tables({part("d/sales_2025.csv", sales), part("d/shops.csv", shops),
                                  part("d/sales_2024.csv", sales)});
  CHECK(names(plans) == "sales (2), shops (1)");
  CHECK(plans.tables.front().parts.front().file.path == "d/sales_2024.csv");
  CHECK(relation_of(plans.tables.front()) ==
        "read_parquet(['d/sales_2024.csv.parquet', 'd/sales_2025.csv.parquet'])");
  REQUIRE(plans.notes.size() == 1);
  CHECK(plans.notes.front() ==
        "Table sales: 2 files with the same columns were put together, from sales_2024.csv to "
        "sales_2025.csv.");
}

TEST_CASE("the order of the columns and the kind of number do not part a table") {
  const auto plans = plan_tables({part("d/a1.csv", sales), part("d/a2.csv", sales_otherwise)});
  REQUIRE(plans.tables.size() == 1);
  CHECK(relation_of(plans.tables.front()).find("union_by_name") != std::string::npos);
}

TEST_CASE("other columns, another kind of file or another directory part two tables") {
  CHECK(names(plan_tables({part("d/a.csv", sales), part("d/b.csv", shops)})) == "a (1), b (1)");
  CHECK(names(plan_tables({part("d/a.csv", sales),
                           part("d/b.parquet", sales, FileKind::parquet)})) == "a (1), b (1)");
  CHECK(names(plan_tables({part("d/a.csv", sales), part("e/a.csv", sales)})) == "a (1), a_2 (1)");
  auto dated = sales;
  dated[1].engine_type = "DATE";
  CHECK(names(plan_tables({part("d/a.csv", sales), part("d/b.csv", dated)})) == "a (1), b (1)");
}

TEST_CASE("files whose names number them are parts; those with names of their own are not") {
  const auto names_for = [](const std::string& one, const std::string& other,
                            const std::vector<TableColumn>& columns) {
    return names(plan_tables({part("data/" + one, columns), part("data/" + other, columns)}));
  };
  CHECK(names_for("customers.csv", "products.csv", shops) == "customers (1), products (1)");
  CHECK(names_for("Jan 2025.csv", "February 2025.csv", shops) == "data (2)");
  CHECK(names_for("2023.csv", "2024.csv", shops) == "data (2)");
  CHECK(names_for("part-0.csv", "part-1.csv", shops) == "data (2)");
  CHECK(names_for("export-2024-Q1.csv", "export-2024-Q2.csv", shops) == "export (2)");
  CHECK(names_for("customers_eu.csv", "customers_us.csv", shops) ==
        "customers_eu (1), customers_us (1)");
  CHECK(names_for("sales_jan.csv", "sales_jun.csv", shops) == "sales (2)");
  CHECK(names_for("march.csv", "may.csv", shops) == "data (2)");
  auto many = sales;
  many.push_back({"price", "DOUBLE", ""});
  CHECK(names_for("sales_north.csv", "sales_south.csv", many) == "sales (2)");
  CHECK(names(plan_tables({part("2023.csv", shops), part("2024.csv", shops)})) == "table (2)");
  CHECK(names(plan_tables({part("orders.parquet/part-0.parquet", shops, FileKind::parquet),
                           part("orders.parquet/part-1.parquet", shops, FileKind::parquet)})) ==
        "orders (2)");
}

TEST_CASE("one export in two formats is not put together with itself") {
  CHECK(names(plan_tables({part("d/sales.csv", sales), part("d/sales.tsv", sales)})) ==
        "sales (1), sales_2 (1)");
  CHECK(names(plan_tables({part("d/sales_1.csv", sales), part("d/sales_2.csv", sales),
                           part("d/sales_1.tsv", sales)})) == "sales (2), sales_1 (1)");
}

TEST_CASE("no two tables have the same name, in any case of letters") {
  const auto plans = plan_tables(
      {part("a/Sales.csv", sales), part("b/sales.csv", shops), part("c/SALES.csv", shops)});
  CHECK(names(plans) == "Sales (1), sales_2 (1), SALES_3 (1)");
  CHECK(plans.notes.size() == 2);
}

TEST_CASE("a path with quotes is quoted") {
  const auto plans = plan_tables({part("it's.csv", sales)});
  CHECK(relation_of(plans.tables.front()) == "read_parquet(['it''s.csv.parquet'])");
}
