// FROM: which relations come into sight.
#include <fmt/format.h>

#include <algorithm>

#include "sql/duckdb_rules.h"

namespace insights::sql {

namespace {

// What a table function of the list calls its columns.
Columns columns_of_function(std::string_view name, Privacy privacy) {
  Columns columns;
  if (name == "json_each" || name == "json_tree") {
    for (const auto* column :
         {"key", "value", "type", "atom", "id", "parent", "fullkey", "path", "json", "rowid"})
      columns.all.push_back({column, privacy});
    return columns;
  }
  columns.all.push_back({std::string(name), privacy});
  if (name == "unnest") {  // structs become columns
    columns.is_open = true;
    columns.is_counted = false;
    columns.rest = privacy;
  }
  return columns;
}

// What SUMMARIZE and DESCRIBE tell of each column of a query: its values only where they are
// `privacy`.
Columns summary_columns(Privacy privacy) {
  Columns columns;
  for (const auto* name : {"column_name", "column_type"}) columns.all.push_back({name});
  for (const auto* name : {"min", "max"}) columns.all.push_back({name, privacy});
  columns.all.push_back({"approx_unique"});
  for (const auto* name : {"avg", "std", "q25", "q50", "q75"})
    columns.all.push_back({name, privacy});
  for (const auto* name : {"count", "null_percentage"}) columns.all.push_back({name});
  return columns;
}

Columns description_columns() {
  Columns columns;
  for (const auto* name : {"column_name", "column_type", "null", "key", "default", "extra"})
    columns.all.push_back({name});
  return columns;
}

}  // namespace

Verdict DuckDbRules::from(Node node, Scope& scope, const CommonTables* tables) {
  const auto type = node["type"].text();
  TRY(only(node["sample"], {"sample_size", "is_percentage", "method", "seed"}));
  if (type == "EMPTY") return only(node, {"type"});
  if (type == "BASE_TABLE") return base_table(node, scope, tables);
  if (type == "SUBQUERY") return subquery_table(node, scope, tables);
  if (type == "JOIN") return join(node, scope, tables);
  if (type == "TABLE_FUNCTION") return table_function(node, scope, tables);
  if (type == "EXPRESSION_LIST") return values(node, scope, tables);
  if (type == "PIVOT") return pivot(node, scope, tables);
  if (type == "SHOW_REF") return show(node, scope, tables);
  return refuse(RefusalClass::construct, fmt::format("{} in FROM is not known here", type),
                "Read a table, a subquery or range(...).");
}

Verdict DuckDbRules::base_table(Node node, Scope& scope, const CommonTables* tables) {
  TRY(only(node, {"type", "alias", "sample", "schema_name", "table_name", "column_name_alias",
                  "catalog_name"}));
  const auto name = node["table_name"].text();
  const auto schema = node["schema_name"].text();
  const auto aliases = node["column_name_alias"].texts();
  const auto alias = node["alias"].text();
  InSight seen{std::string(alias.empty() ? name : alias), {}, nullptr, ""};
  if (node["catalog_name"]) {
    return refuse(RefusalClass::relation,
                  fmt::format("there is no table {}.{}.{} to read", node["catalog_name"].text(),
                              schema, name),
                  "Write the table's name alone.");
  }
  const auto* common = schema.empty() ? names_.common_table(name, tables) : nullptr;
  if (common != nullptr) {
    seen.columns = common->columns;
  } else {
    seen.table = TRY(names_.table(schema, name));
    seen.columns = columns_of(*seen.table);
    if (alias.empty()) seen.schema = schema.empty() ? "main" : std::string(schema);
  }
  seen.columns = renamed(std::move(seen.columns), aliases);
  scope.relations.push_back(std::move(seen));
  return {};
}

Verdict DuckDbRules::subquery_table(Node node, Scope& scope, const CommonTables* tables) {
  TRY(only(node, {"type", "alias", "sample", "subquery", "column_name_alias"}));
  TRY(only(node["subquery"], {"node"}));
  // What stands to the left is in sight, LATERAL or not.
  const Scope left = scope;
  auto columns = TRY(query(node["subquery"]["node"], &left, tables));
  scope.relations.push_back({std::string(node["alias"].text()),
                             renamed(std::move(columns), node["column_name_alias"].texts()),
                             nullptr, ""});
  return {};
}

Verdict DuckDbRules::join(Node node, Scope& scope, const CommonTables* tables) {
  TRY(only(node, {"type", "alias", "sample", "left", "right", "condition", "join_type", "ref_type",
                  "using_columns"}));
  const auto before = scope.relations.size();
  TRY(from(node["left"], scope, tables));
  const auto right = scope.relations.size();
  TRY(from(node["right"], scope, tables));
  for (const auto column : node["using_columns"]) {
    if (names_.find(column.text(), &scope) == Names::Found::nothing)
      return std::unexpected(names_.unknown_column(column.text(), &scope));
    names_.join_by_name(column.text(), scope, before, right);
  }
  TRY(condition(node["condition"], {&scope, tables}));
  const auto kind = node["join_type"].text(), ref = node["ref_type"].text();
  const bool is_plain = (ref == "REGULAR" || ref == "CROSS") && kind != "SEMI" && kind != "ANTI";
  if (ref == "NATURAL") names_.join_by_every_name(scope, before, right);
  if (!is_plain || node["using_columns"] || node["alias"]) scope.joins_by_name = true;
  if (node["alias"]) {
    Columns all;
    for (const auto& relation : scope.relations) {
      all.all.insert(all.all.end(), relation.columns.all.begin(), relation.columns.all.end());
      all.is_open = all.is_open || relation.columns.is_open;
      all.rest = std::max(all.rest, relation.columns.rest);
    }
    all.is_counted = false;
    scope.relations.push_back({std::string(node["alias"].text()), std::move(all), nullptr, ""});
  }
  return {};
}

Verdict DuckDbRules::table_function(Node node, Scope& scope, const CommonTables* tables) {
  TRY(only(node, {"type", "alias", "sample", "function", "column_name_alias", "with_ordinality"}));
  const auto call = node["function"];
  TRY(only(call, {"class", "type", "alias", "function_name", "schema", "catalog", "children",
                  "order_bys"}));
  const auto name = call["function_name"].text();
  const bool qualified = call["schema"] || call["catalog"];
  if (call["class"].text() != "FUNCTION" || qualified ||
      !sql::contains(duckdb_functions().table_functions, name)) {
    return refuse(RefusalClass::function, fmt::format("{}() in FROM is not allowed", name),
                  "Read a table of the source, a subquery, range(...) or unnest(...).");
  }
  TRY(only(call["order_bys"], {"type"}));
  const Scope left = scope;
  const auto privacy = TRY(
      carried_by(names_.flow(), [&] { return expressions(call["children"], {&left, tables}); }));
  if (!opens_up(name)) names_.flow().decide(privacy);
  if (const auto* rule = growing(duckdb_functions(), name);
      rule != nullptr && rule->growth == Growth::series) {
    TRY(series(call["children"], false));
  }
  auto columns = columns_of_function(name, privacy);
  if (node["with_ordinality"].text() == "WITH_ORDINALITY") columns.all.push_back({"ordinality"});
  const auto alias = node["alias"].text();
  auto shown = renamed(std::move(columns), node["column_name_alias"].texts());
  scope.relations.push_back(
      {std::string(alias.empty() ? name : alias), std::move(shown), nullptr, ""});
  return {};
}

Verdict DuckDbRules::values(Node node, Scope& scope, const CommonTables* tables) {
  TRY(only(node, {"type", "alias", "sample", "values", "expected_names", "column_name_alias"}));
  const Scope left = scope;
  Columns columns;
  const auto width = node["values"].first().size();
  for (std::size_t index = 0; index < width; ++index)
    columns.all.push_back({fmt::format("col{}", index)});
  for (const auto row : node["values"]) {
    std::size_t index = 0;
    for (const auto value : row) {
      const auto privacy = TRY(told(value, {&left, tables}));
      if (index >= columns.all.size()) continue;
      auto& column = columns.all[index++];
      column.privacy = std::max(column.privacy, privacy);
    }
  }
  columns = renamed(std::move(columns), node["expected_names"].texts());
  columns = renamed(std::move(columns), node["column_name_alias"].texts());
  scope.relations.push_back({std::string(node["alias"].text()), std::move(columns), nullptr, ""});
  return {};
}

// PIVOT and UNPIVOT: the columns they make have names only the engine knows.
Verdict DuckDbRules::pivot(Node node, Scope& scope, const CommonTables* tables) {
  TRY(only(node, {"type", "alias", "sample", "source", "aggregates", "unpivot_names", "pivots",
                  "groups", "column_name_alias", "include_nulls"}));
  Scope inside{scope.outer, {}, {}};
  TRY(from(node["source"], inside, tables));
  const Place place{&inside, tables};
  const auto known = [&](std::string_view name) -> Verdict {
    if (names_.find(name, &inside) == Names::Found::nothing)
      return std::unexpected(names_.unknown_column(name, &inside));
    return {};
  };
  // What the columns that are made hold.
  Columns columns{{}, true, false, Privacy::open};
  columns.rest =
      TRY(carried_by(names_.flow(), [&] { return expressions(node["aggregates"], place); }));
  for (const auto group : node["groups"]) TRY(known(group.text()));
  for (const auto pivot : node["pivots"]) {
    TRY(only(pivot, {"pivot_expressions", "unpivot_names", "entries"}));
    // Which rows go into which column is told by comparing.
    const auto compared = TRY(
        carried_by(names_.flow(), [&] { return expressions(pivot["pivot_expressions"], place); }));
    names_.flow().decide(compared);
    const auto entry_of = [&](Node entry) -> Verdict {
      TRY(only(entry, {"values", "alias", "expr", "star_expr"}));
      if (entry["star_expr"]) TRY(expression(entry["star_expr"], place));
      if (entry["expr"]) TRY(expression(entry["expr"], place));
      if (!pivot["unpivot_names"]) return {};
      for (const auto value : entry["values"]) TRY(known(value["value"].text()));
      return {};
    };
    for (const auto entry : pivot["entries"]) {
      const auto held = TRY(carried_by(names_.flow(), [&] { return entry_of(entry); }));
      columns.rest = std::max(columns.rest, held);
    }
  }
  // What is neither pivoted nor grouped by stays, and is read.
  for (const auto& relation : inside.relations) {
    const auto kept = names_.all_columns(relation);
    columns.all.insert(columns.all.end(), kept.all.begin(), kept.all.end());
  }
  scope.relations.push_back({std::string(node["alias"].text()),
                             renamed(std::move(columns), node["column_name_alias"].texts()),
                             nullptr, ""});
  return {};
}

// DESCRIBE and SUMMARIZE of a query; SHOW TABLES and the like name things that are not in the
// catalog.
Verdict DuckDbRules::show(Node node, Scope& scope, const CommonTables* tables) {
  const auto kind = node["show_type"].text();
  if ((kind != "DESCRIBE" && kind != "SUMMARY") || !node["query"]) {
    return refuse(RefusalClass::not_a_read, "SHOW is not allowed",
                  "The tables are known already: write SELECT, DESCRIBE or SUMMARIZE of one.");
  }
  TRY(only(node, {"type", "alias", "sample", "query", "show_type", "column_name_alias"}));
  const Scope left = scope;
  const auto columns = TRY(query(node["query"], &left, tables));
  auto summary = kind == "SUMMARY" ? summary_columns(most(columns)) : description_columns();
  scope.relations.push_back({std::string(node["alias"].text()), std::move(summary), nullptr, ""});
  return {};
}

}  // namespace insights::sql
