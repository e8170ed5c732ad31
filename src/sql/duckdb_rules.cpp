// Queries: SELECT, set operations, WITH, and what stands behind them.
#include "sql/duckdb_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "sql/letters.h"

namespace insights::sql {

namespace {

// Columns of the same name become one.
void unite_by_name(Columns& into, const Columns& other, const Names& names) {
  const auto privacy_in = [&](const Columns& columns, std::string_view name) {
    auto privacy = columns.rest;
    for (const auto& column : columns.all) {
      if (names.same(column.name, name)) privacy = std::max(privacy, column.privacy);
    }
    return privacy;
  };
  for (auto& column : into.all)
    column.privacy = std::max(column.privacy, privacy_in(other, column.name));
  for (const auto& column : other.all) {
    const bool is_known = std::ranges::any_of(
        into.all, [&](const auto& one) { return names.same(one.name, column.name); });
    if (!is_known) into.all.push_back({column.name, privacy_in(into, column.name)});
    if (!is_known) into.all.back().privacy = std::max(into.all.back().privacy, column.privacy);
  }
  into.is_open = into.is_open || other.is_open;
  into.is_counted = into.is_counted && other.is_counted && !into.is_open;
  into.rest = std::max(into.rest, other.rest);
}

// The columns that * or table.* stands for; false: not known here (COLUMNS, the fields of a
// struct).
bool expand_star(Node star, Privacy told, const Scope& scope, const Names& names,
                 Columns& columns) {
  const auto relation = star["relation_name"].text();
  if (star["columns"].is_true() || star["expr"]) return false;
  const auto left_out = star["exclude_list"].texts();
  bool is_found = relation.empty();
  for (const auto& from : scope.relations) {
    if (!relation.empty() && !names.same(from.name, relation)) continue;
    is_found = true;
    for (auto column : from.columns.all) {
      const auto is_it = [&](std::string_view name) { return names.same(name, column.name); };
      if (std::ranges::any_of(left_out, is_it)) continue;
      for (const auto replaced : star["replace_list"]) {
        if (is_it(replaced["key"].text())) column.privacy = told;
      }
      columns.all.push_back(std::move(column));
    }
    columns.is_open = columns.is_open || from.columns.is_open;
    columns.is_counted = columns.is_counted && from.columns.is_counted;
    columns.rest = std::max(columns.rest, from.columns.rest);
  }
  for (const auto renamed : star["rename_list"])
    columns.all.push_back({std::string(renamed["value"].text()), told});
  if (scope.joins_by_name || star["rename_list"]) columns.is_counted = false;
  return is_found;
}

}  // namespace

Verdict DuckDbRules::check(Node root) {
  TRY(only(root, {"error", "statements"}));
  const auto statement = root["statements"].first();
  if (statement["named_param_map"]) {
    return refuse(RefusalClass::parameter, "the query has a parameter",
                  "Write the value itself in place of ? or $1.");
  }
  TRY(only(statement, {"node"}));
  names_.give(TRY(query(statement["node"], nullptr, nullptr)));
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
  const auto step = TRY(query(node["right"], outer, &with_itself));
  // What one step moves to another column, the next may move on.
  if (most(step) != Privacy::open) {
    for (auto& column : columns.all) column.privacy = std::max(most(columns), most(step));
  }
  const Scope scope{outer, {{"", columns, nullptr, ""}}, {}};
  TRY(modifiers(node["modifiers"], {&scope, tables}, most(columns)));
  return columns;
}

DuckDbRules::Given DuckDbRules::set_operation(Node node, const Scope* outer,
                                              const CommonTables* tables) {
  TRY(only(node, {"type", "modifiers", "cte_map", "setop_type", "left", "right", "setop_all"}));
  const auto left = TRY(query(node["left"], outer, tables));
  const auto right = TRY(query(node["right"], outer, tables));
  auto columns = left;
  const auto type = node["setop_type"].text();
  if (type == "UNION_BY_NAME") {
    unite_by_name(columns, right, names_);
  } else {
    merge(columns, right);
    if (type == "EXCEPT" || type == "INTERSECT") compare_rows(left, right, names_.flow());
  }
  // ORDER BY may repeat an expression of the first query; what it names is looked for there, too.
  Scope scope{outer, {{"", columns, nullptr, ""}, {"", right, nullptr, ""}}, {}};
  scope.relations.front().columns.is_open = true;
  TRY(modifiers(node["modifiers"], {&scope, tables}, most(columns)));
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
    if (!alias.empty()) scope.names.push_back({std::string(alias)});
  }
  const Place place{&scope, tables};
  std::vector<Privacy> all_told;
  std::size_t named = 0;
  for (const auto entry : node["select_list"]) {
    all_told.push_back(TRY(told(entry, place)));
    if (entry["alias"]) scope.names[named++].privacy = all_told.back();
  }
  TRY(condition(node["where_clause"], place));
  TRY(expressions(node["group_expressions"], place));
  TRY(condition(node["having"], place));
  TRY(condition(node["qualify"], place));
  TRY(only(node["sample"], {"sample_size", "is_percentage", "method", "seed"}));
  auto columns = TRY(result_columns(node["select_list"], scope, all_told));
  TRY(modifiers(node["modifiers"], place, most(columns)));
  return columns;
}

Verdict DuckDbRules::modifiers(Node list, const Place& place, Privacy shown) {
  for (const auto modifier : list) {
    TRY(only(modifier, {"type", "orders", "limit", "offset", "distinct_on_targets"}));
    const auto ordered_by =
        TRY(carried_by(names_.flow(), [&] { return orders(modifier["orders"], place); }));
    names_.flow().order(ordered_by, shown);
    TRY(condition(modifier["limit"], place));
    TRY(condition(modifier["offset"], place));
    TRY(expressions(modifier["distinct_on_targets"], place));
  }
  return {};
}

// The names by which another query can ask for the result. Those that the engine makes up
// ("sum(x)") are not known here: the list stays open.
DuckDbRules::Given DuckDbRules::result_columns(Node select_list, const Scope& scope,
                                               const std::vector<Privacy>& told) {
  Columns columns;
  const auto unnamed = [&](Privacy privacy) {
    columns.is_open = true;
    columns.rest = std::max(columns.rest, privacy);
  };
  std::size_t index = 0;
  for (const auto entry : select_list) {
    const auto privacy = told[index++];
    const auto alias = entry["alias"].text();
    const auto kind = entry["class"].text();
    if (kind == "STAR") {
      if (!expand_star(entry, privacy, scope, names_, columns)) {
        columns.is_counted = false;
        unnamed(privacy);
      }
      continue;
    }
    // Of a struct it makes a column for each field.
    const bool opens_structs = small_letters(entry["function_name"].text()) == "unnest";
    if (opens_structs) {
      columns.is_counted = false;
      unnamed(privacy);
    }
    if (!alias.empty()) {
      columns.all.push_back({std::string(alias), privacy});
    } else if (kind == "COLUMN_REF") {
      std::string_view last;
      for (const auto part : entry["column_names"]) last = part.text();
      columns.all.push_back({std::string(last), privacy});
    } else {
      unnamed(privacy);
      columns.all.push_back({"", privacy});
    }
  }
  return columns;
}

}  // namespace insights::sql
