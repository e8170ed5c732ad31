// What a value carries of personal data, and what would give it away (personal_flow.h).
#include <algorithm>
#include <optional>
#include <vector>

#include "sql/duckdb_rules.h"
#include "sql/letters.h"

namespace insights::sql {

namespace {

std::string function_of(Node node) {
  return node["class"].text() == "FUNCTION" ? small_letters(node["function_name"].text()) : "";
}

// A column, whatever `may_call` lets stand around it.
bool is_column_within(Node node, bool (*may_call)(std::string_view), bool constants_too) {
  const auto kind = node["class"].text();
  if (kind == "COLUMN_REF") return true;
  if (kind == "CONSTANT") return constants_too;
  if (kind == "COLLATE") return is_column_within(node["child"], may_call, constants_too);
  if (kind == "CAST") {
    return is_text_type(small_letters(node["cast_type"]["id"].text())) &&
           is_column_within(node["child"], may_call, constants_too);
  }
  if (!may_call(function_of(node))) return false;
  const auto children = node["children"];
  if (!constants_too && children.size() != 1) return false;
  for (const auto child : children) {
    if (!is_column_within(child, may_call, constants_too)) return false;
  }
  return true;
}

std::vector<Node> entries(Node list) {
  std::vector<Node> all;
  for (const auto entry : list) all.push_back(entry);
  return all;
}

bool is_empty_text(Node node) {
  const auto value = node["value"];
  return node["class"].text() == "CONSTANT" && value["type"]["id"].text() == "VARCHAR" &&
         !value["is_null"].is_true() && value["value"].text().empty();
}

bool is_never_null_of_a_value(Node node) {
  return is_column_within(
      node, [](std::string_view name) { return folds(name) || shortens(name); }, true);
}

}  // namespace

bool is_plain(Node expression) { return is_column_within(expression, folds, false); }

DuckDbRules::Told DuckDbRules::told(Node node, const Place& place) {
  return carried_by(names_.flow(), [&] { return expression(node, place); });
}

Verdict DuckDbRules::condition(Node node, const Place& place) {
  names_.flow().decide(TRY(told(node, place)));
  return {};
}

// The first is compared with each of the others. Each is walked once, lest nested comparisons take
// for ever.
DuckDbRules::Told DuckDbRules::compare(const std::vector<Node>& all, const Place& place,
                                       bool for_equality) {
  std::optional<PersonalFlow::Side> first;
  for (const auto node : all) {
    const PersonalFlow::Side side{TRY(told(node, place)), is_plain(node), is_empty_text(node)};
    if (first) names_.flow().compare(*first, side, for_equality);
    if (!first) first = side;
  }
  return first ? first->privacy : Privacy::open;
}

Verdict DuckDbRules::operation(Node node, const Place& place) {
  const auto type = node["type"].text();
  const auto children = node["children"];
  const bool looks_up = type == "COMPARE_IN" || type == "COMPARE_NOT_IN";
  if (looks_up || type == "OPERATOR_NULLIF") {
    const auto first = TRY(compare(entries(children), place, true));
    if (!looks_up) names_.flow().carry(first);
    return {};
  }
  if (type == "OPERATOR_IS_NULL" || type == "OPERATOR_IS_NOT_NULL" || type == "GROUPING_FUNCTION") {
    TRY(carried_by(names_.flow(), [&] { return expressions(children, place); }));
    return {};
  }
  return expressions(children, place);
}

Verdict DuckDbRules::choice(Node node, const Place& place) {
  TRY(only(node, {"class", "type", "alias", "case_checks", "else_expr"}));
  for (const auto check : node["case_checks"]) {
    TRY(only(check, {"when_expr", "then_expr"}));
    TRY(condition(check["when_expr"], place));
    TRY(expression(check["then_expr"], place));
  }
  return expression(node["else_expr"], place);
}

// A count of values carries nothing of them, if no value can have become NULL on the way.
Verdict DuckDbRules::arguments(Node call, const Place& place) {
  const auto name = small_letters(call["function_name"].text());
  const auto children = call["children"];
  // * LIKE 'e%' chooses columns by their names.
  const auto first_child = children.first();
  const bool chooses = first_child["class"].text() == "STAR" && !first_child["columns"].is_true();
  if (chooses && matches(name)) return expression(first_child, place);
  if ((matches(name) || name == "nullif") && children.size() >= 2) {
    const auto first = TRY(compare(entries(children), place, name == "nullif"));
    if (name == "nullif") names_.flow().carry(first);
    return {};
  }
  for (const auto child : children) {
    const auto privacy = TRY(told(child, place));
    const bool is_counted = tests_null(name) || (counts(name) && is_never_null_of_a_value(child));
    if (!is_counted) names_.flow().carry(privacy);
  }
  return {};
}

}  // namespace insights::sql
