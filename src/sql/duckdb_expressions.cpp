// Expressions: every node that may stand in one, and what its fields may hold.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sql/duckdb_rules.h"
#include "sql/letters.h"

namespace insights::sql {

namespace {

constexpr std::array operators{
    std::string_view{"OPERATOR_NOT"},         std::string_view{"OPERATOR_IS_NULL"},
    std::string_view{"OPERATOR_IS_NOT_NULL"}, std::string_view{"OPERATOR_COALESCE"},
    std::string_view{"OPERATOR_NULLIF"},      std::string_view{"OPERATOR_TRY"},
    std::string_view{"OPERATOR_UNPACK"},      std::string_view{"COMPARE_IN"},
    std::string_view{"COMPARE_NOT_IN"},       std::string_view{"ARRAY_EXTRACT"},
    std::string_view{"ARRAY_SLICE"},          std::string_view{"ARRAY_CONSTRUCTOR"},
    std::string_view{"STRUCT_EXTRACT"},       std::string_view{"GROUPING_FUNCTION"}};

// What is written without brackets and is neither a column nor about the session.
constexpr std::array clock_words{std::string_view{"current_date"}, std::string_view{"current_time"},
                                 std::string_view{"current_timestamp"},
                                 std::string_view{"localtime"}, std::string_view{"localtimestamp"}};

}  // namespace

Verdict DuckDbRules::expressions(Node list, const Place& place) {
  for (const auto entry : list) TRY(expression(entry, place));
  return {};
}

Verdict DuckDbRules::expression(Node node, const Place& place) {
  if (node.is_empty()) return {};
  const auto kind = node["class"].text();
  if (kind == "COLUMN_REF") return column(node, place);
  if (kind == "CONSTANT") return only(node, {"class", "type", "alias", "value"});
  if (kind == "FUNCTION") return function(node, place);
  if (kind == "COMPARISON") {
    TRY(only(node, {"class", "type", "alias", "left", "right"}));
    const auto type = node["type"].text();
    const bool for_equality = type.ends_with("EQUAL") && !type.contains("THAN");
    TRY(compare({node["left"], node["right"]}, place,
                for_equality || type.ends_with("DISTINCT_FROM")));
    return {};
  }
  if (kind == "CONJUNCTION") {
    TRY(only(node, {"class", "type", "alias", "children"}));
    return expressions(node["children"], place);
  }
  if (kind == "OPERATOR") {
    TRY(only(node, {"class", "type", "alias", "children"}));
    if (std::ranges::count(operators, node["type"].text()) > 0) return operation(node, place);
  }
  if (kind == "BETWEEN") {
    TRY(only(node, {"class", "type", "alias", "input", "lower", "upper"}));
    TRY(compare({node["input"], node["lower"], node["upper"]}, place, false));
    return {};
  }
  if (kind == "CASE") return choice(node, place);
  if (kind == "CAST") return cast(node, place);
  if (kind == "STAR") return star(node, place);
  if (kind == "SUBQUERY") return subquery(node, place);
  if (kind == "WINDOW") return window(node, place);
  if (kind == "LAMBDA") return lambda(node, place, false);
  if (kind == "COLLATE") {
    TRY(only(node, {"class", "type", "alias", "child", "collation"}));
    return expression(node["child"], place);
  }
  if (kind == "POSITIONAL_REFERENCE") return position(node, place);
  if (kind == "PARAMETER") {
    return refuse(RefusalClass::parameter, "the query has a parameter",
                  "Write the value itself in place of ? or $1.");
  }
  return refuse(RefusalClass::construct, fmt::format("{} is not known here", node["type"].text()),
                "Write the expression another way.");
}

// A name of one part is a column, an alias, a parameter of a lambda, a whole row or, with DuckDB, a
// function without brackets. Of several parts: table.column, schema.table.column, and fields of a
// struct behind either.
Verdict DuckDbRules::column(Node node, const Place& place) {
  TRY(only(node, {"class", "type", "alias", "column_names"}));
  using Found = Names::Found;
  const auto parts = node["column_names"].texts();
  const auto* scope = place.scope;
  if (parts.empty())
    return refuse(RefusalClass::construct, "a column has no name", "Name the column.");
  if (parts.size() > 1) {
    const auto in_table = names_.find(parts[0], parts[1], scope);
    if (in_table != Found::nothing) return {};
    if (parts.size() > 2) {
      const auto* table = names_.relation(parts[0], parts[1], scope);
      if (table != nullptr && names_.find(parts[1], parts[2], scope) != Found::nothing) return {};
    }
  }
  const auto found = names_.find(parts[0], scope);
  if (found == Found::column || found == Found::name) return {};
  const auto name = small_letters(parts[0]);
  if (found == Found::maybe && !parser_.is_function(name)) return {};
  if (parts.size() == 1) {
    if (found == Found::whole_row) return {};
    if (std::ranges::count(clock_words, name) > 0) return {};
  }
  const bool of_table = found == Found::whole_row && parts.size() > 1;
  return std::unexpected(names_.unknown_column(of_table ? parts[1] : parts[0], scope));
}

// #2 is the second of the columns in sight, whichever that is.
Verdict DuckDbRules::position(Node node, const Place& place) {
  TRY(only(node, {"class", "type", "alias", "index"}));
  if (place.scope == nullptr) return {};
  for (const auto& relation : place.scope->relations) names_.all_columns(relation);
  return {};
}

Verdict DuckDbRules::star(Node node, const Place& place) {
  TRY(only(node, {"class", "type", "alias", "relation_name", "exclude_list", "replace_list",
                  "columns", "expr", "qualified_exclude_list", "rename_list"}));
  for (const auto replaced : node["replace_list"]) TRY(expression(replaced["value"], place));
  // What chooses among the columns sees their names, and no value of them.
  const auto flow = names_.flow();
  TRY(expression(node["expr"], place));
  names_.flow() = flow;
  auto left_out = node["exclude_list"].texts();
  for (const auto replaced : node["replace_list"]) left_out.emplace_back(replaced["key"].text());
  const auto relation = node["relation_name"].text();
  if (!relation.empty()) {
    const auto* table = names_.relation(relation, place.scope);
    if (table != nullptr) {
      names_.all_columns(*table, left_out);
      return {};
    }
    // The fields of a struct.
    if (names_.find(relation, place.scope) != Names::Found::nothing) return {};
    return std::unexpected(names_.unknown_column(relation, place.scope));
  }
  if (place.scope == nullptr) return {};
  for (const auto* scope = place.scope; scope != nullptr; scope = scope->outer) {
    for (const auto& table : scope->relations) names_.all_columns(table, left_out);
    if (!scope->relations.empty()) break;
  }
  return {};
}

// Also the arrow of JSON, which DuckDB's parser cannot tell from it.
Verdict DuckDbRules::lambda(Node node, const Place& place, bool of_function) {
  TRY(only(node, {"class", "type", "alias", "lhs", "expr", "syntax_type"}));
  const auto left = node["lhs"];
  if (!of_function) {
    TRY(expression(left, place));
    return expression(node["expr"], place);
  }
  Scope scope{place.scope, {}, {}};
  const auto parameter = [&](Node one) -> Verdict {
    if (one["class"].text() != "COLUMN_REF" || one["column_names"].size() != 1) {
      return refuse(RefusalClass::construct, "a lambda takes names only",
                    "Write lambda x: ... with a plain name.");
    }
    // What it stands for comes out of the arguments before it.
    scope.names.push_back(
        {std::string(one["column_names"].first().text()), names_.flow().carried()});
    return {};
  };
  if (left["class"].text() == "FUNCTION" && left["function_name"].text() == "row") {
    for (const auto one : left["children"]) TRY(parameter(one));
  } else {
    TRY(parameter(left));
  }
  return expression(node["expr"], {&scope, place.tables, place.copies});
}

Verdict DuckDbRules::subquery(Node node, const Place& place) {
  TRY(only(node,
           {"class", "type", "alias", "subquery_type", "subquery", "child", "comparison_type"}));
  const auto compared = TRY(told(node["child"], place));
  TRY(only(node["subquery"], {"node"}));
  const auto before = names_.flow().exchange(Privacy::open);
  const auto columns = TRY(query(node["subquery"]["node"], place.scope, place.tables));
  names_.flow().exchange(before);
  const auto type = node["subquery_type"].text();
  if (type == "SCALAR") names_.flow().carry(most(columns));
  if (type == "ANY") {
    const auto comparison = node["comparison_type"].text();
    names_.flow().compare({compared, is_plain(node["child"])}, {most(columns), true},
                          comparison == "COMPARE_EQUAL" || comparison == "COMPARE_NOTEQUAL");
  }
  return {};
}

Verdict DuckDbRules::cast(Node node, const Place& place) {
  TRY(only(node, {"class", "type", "alias", "child", "cast_type", "try_cast"}));
  TRY(type(node["cast_type"]));
  const auto privacy = TRY(told(node["child"], place));
  names_.flow().carry(privacy);
  const auto to = small_letters(node["cast_type"]["id"].text());
  const bool by_name = to == "unbound" || to == "user";
  const auto name = by_name ? small_letters(node["cast_type"]["type_info"]["name"].text()) : to;
  if (!node["try_cast"].is_true() && !is_text_type(name)) names_.flow().convert(privacy);
  return {};
}

Verdict DuckDbRules::orders(Node list, const Place& place) {
  for (const auto order : list) {
    TRY(only(order, {"type", "null_order", "expression"}));
    const auto by = order["expression"];
    const bool by_all = by["class"].text() == "STAR" && by["columns"].is_true() && !by["expr"];
    if (!by_all) TRY(expression(by, place));
  }
  return {};
}

Verdict DuckDbRules::window(Node node, const Place& place) {
  TRY(only(node, {"class",        "type",        "alias",          "function_name", "schema",
                  "catalog",      "children",    "partitions",     "orders",        "start",
                  "end",          "start_expr",  "end_expr",       "offset_expr",   "default_expr",
                  "ignore_nulls", "filter_expr", "exclude_clause", "distinct",      "arg_orders"}));
  TRY(function_name(node, place));
  TRY(grown(node, place));
  TRY(arguments(node, place));
  // Which rows belong together is not told by the value.
  TRY(carried_by(names_.flow(), [&] { return expressions(node["partitions"], place); }));
  TRY(orders(node["orders"], place));
  TRY(orders(node["arg_orders"], place));
  for (const auto field : {"start_expr", "end_expr", "offset_expr", "default_expr"})
    TRY(expression(node[field], place));
  return condition(node["filter_expr"], place);
}

}  // namespace insights::sql
