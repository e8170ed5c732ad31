// Queries: SELECT, set operations, WITH, and what stands behind them.
#include "sql/duckdb_rules.h"

#include <fmt/format.h>

#include <algorithm>

namespace insights::sql {

Verdict DuckDbRules::check(Node root) {
  TRY(only(root, {"error", "statements"}));
  const auto statement = root["statements"].first();
  if (statement["named_param_map"]) {
    return refuse(RefusalClass::parameter, "the query has a parameter",
                  "Write the value itself in place of ? or $1.");
  }
  TRY(only(statement, {"node"}));
  TRY(query(statement["node"], nullptr, nullptr));
  return {};
}

DuckDbRules::Given DuckDbRules::query(Node node, const Scope* outer, const CommonTables* tables) {
  CommonTables own{tables, {}};
  TRY(only(node["cte_map"], {"map"}));
  TRY(declare(node["cte_map"]["map"], outer, own));
  return query_body(node, outer, &own);
}

DuckDbRules::Given DuckDbRules::query_body(Node node, const Scope* outer,
                                           const CommonTables* tables) {
  const auto type = node["type"].text();
  if (type == "SELECT_NODE") return select(node, outer, tables);
  if (type == "SET_OPERATION_NODE") return set_operation(node, outer, tables);
  if (type == "RECURSIVE_CTE_NODE") return recursive(node, outer, tables);
  return refuse(RefusalClass::construct, fmt::format("a query of kind {} is not known here", type),
                "Write it as a plain SELECT.");
}

// A common table is in sight of those after it and of the query, not of itself, unless it recurs.
Verdict DuckDbRules::declare(Node map, const Scope* outer, CommonTables& tables) {
  for (const auto entry : map) {
    TRY(only(entry, {"key", "value"}));
    const auto value = entry["value"];
    TRY(only(value, {"aliases", "query", "materialized"}));
    TRY(only(value["query"], {"node"}));
    auto columns = TRY(query(value["query"]["node"], outer, &tables));
    tables.tables.push_back(
        {std::string(entry["key"].text()), renamed(std::move(columns), value["aliases"].texts())});
  }
  return {};
}

DuckDbRules::Given DuckDbRules::recursive(Node node, const Scope* outer,
                                          const CommonTables* tables) {
  TRY(only(node,
           {"type", "modifiers", "cte_map", "cte_name", "union_all", "left", "right", "aliases"}));
  auto columns = TRY(query(node["left"], outer, tables));
  columns = renamed(std::move(columns), node["aliases"].texts());
  const CommonTables with_itself{tables, {{std::string(node["cte_name"].text()), columns}}};
  TRY(query(node["right"], outer, &with_itself));
  Scope scope{outer, {{"", columns, nullptr, ""}}, {}};
  TRY(modifiers(node["modifiers"], {&scope, tables}));
  return columns;
}

DuckDbRules::Given DuckDbRules::set_operation(Node node, const Scope* outer,
                                              const CommonTables* tables) {
  TRY(only(node, {"type", "modifiers", "cte_map", "setop_type", "left", "right", "setop_all"}));
  auto columns = TRY(query(node["left"], outer, tables));
  const auto right = TRY(query(node["right"], outer, tables));
  if (node["setop_type"].text() == "UNION_BY_NAME") {
    columns.names.insert(columns.names.end(), right.names.begin(), right.names.end());
    columns.is_open = columns.is_open || right.is_open;
  }
  // ORDER BY may repeat an expression of the first query; what it names is looked for there, too.
  Scope scope{outer, {{"", columns, nullptr, ""}, {"", right, nullptr, ""}}, {}};
  scope.relations.front().columns.is_open = true;
  TRY(modifiers(node["modifiers"], {&scope, tables}));
  return columns;
}

DuckDbRules::Given DuckDbRules::select(Node node, const Scope* outer, const CommonTables* tables) {
  TRY(only(node, {"type", "modifiers", "cte_map", "select_list", "from_table", "where_clause",
                  "group_expressions", "group_sets", "aggregate_handling", "having", "sample",
                  "qualify"}));
  Scope scope{outer, {}, {}};
  TRY(from(node["from_table"], scope, tables));
  for (const auto entry : node["select_list"]) {
    const auto alias = entry["alias"].text();
    if (!alias.empty()) scope.names.emplace_back(alias);
  }
  const Place place{&scope, tables};
  TRY(expressions(node["select_list"], place));
  TRY(expression(node["where_clause"], place));
  TRY(expressions(node["group_expressions"], place));
  TRY(expression(node["having"], place));
  TRY(expression(node["qualify"], place));
  TRY(only(node["sample"], {"sample_size", "is_percentage", "method", "seed"}));
  TRY(modifiers(node["modifiers"], place));
  return result_columns(node["select_list"], scope);
}

Verdict DuckDbRules::modifiers(Node list, const Place& place) {
  for (const auto modifier : list) {
    TRY(only(modifier, {"type", "orders", "limit", "offset", "distinct_on_targets"}));
    TRY(orders(modifier["orders"], place));
    TRY(expression(modifier["limit"], place));
    TRY(expression(modifier["offset"], place));
    TRY(expressions(modifier["distinct_on_targets"], place));
  }
  return {};
}

// The names by which another query can ask for the result. Those that the engine makes up
// ("sum(x)") are not known here: the list stays open.
DuckDbRules::Given DuckDbRules::result_columns(Node select_list, const Scope& scope) {
  Columns columns;
  for (const auto entry : select_list) {
    const auto alias = entry["alias"].text();
    const auto kind = entry["class"].text();
    if (kind == "STAR") {
      const auto relation = entry["relation_name"].text();
      for (const auto& from : scope.relations) {
        if (!relation.empty() && !names_.same(from.name, relation)) continue;
        columns.names.insert(columns.names.end(), from.columns.names.begin(),
                             from.columns.names.end());
        columns.is_open = columns.is_open || from.columns.is_open;
      }
      for (const auto rename : entry["rename_list"])
        columns.names.emplace_back(rename["value"].text());
      columns.is_open = columns.is_open || entry["columns"].is_true() || !relation.empty();
    } else if (!alias.empty()) {
      columns.names.emplace_back(alias);
    } else if (kind == "COLUMN_REF") {
      std::string_view last;
      for (const auto part : entry["column_names"]) last = part.text();
      columns.names.emplace_back(last);
    } else {
      columns.is_open = true;
      columns.names.emplace_back();
    }
  }
  return columns;
}

}  // namespace insights::sql
