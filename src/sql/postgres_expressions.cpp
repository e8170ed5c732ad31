// Expressions: every node that may stand in one, and what its fields may hold.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sql/fields.h"
#include "sql/postgres_rules.h"

namespace insights::sql {

namespace {

constexpr std::array operations{
    std::string_view{"AEXPR_OP"},           std::string_view{"AEXPR_OP_ANY"},
    std::string_view{"AEXPR_OP_ALL"},       std::string_view{"AEXPR_DISTINCT"},
    std::string_view{"AEXPR_NOT_DISTINCT"}, std::string_view{"AEXPR_NULLIF"},
    std::string_view{"AEXPR_IN"},           std::string_view{"AEXPR_LIKE"},
    std::string_view{"AEXPR_ILIKE"},        std::string_view{"AEXPR_SIMILAR"}};

constexpr std::array betweens{
    std::string_view{"AEXPR_BETWEEN"}, std::string_view{"AEXPR_NOT_BETWEEN"},
    std::string_view{"AEXPR_BETWEEN_SYM"}, std::string_view{"AEXPR_NOT_BETWEEN_SYM"}};

// The clock; the others tell about the session.
constexpr std::array clock_words{
    std::string_view{"SVFOP_CURRENT_DATE"},        std::string_view{"SVFOP_CURRENT_TIME"},
    std::string_view{"SVFOP_CURRENT_TIME_N"},      std::string_view{"SVFOP_CURRENT_TIMESTAMP"},
    std::string_view{"SVFOP_CURRENT_TIMESTAMP_N"}, std::string_view{"SVFOP_LOCALTIME"},
    std::string_view{"SVFOP_LOCALTIME_N"},         std::string_view{"SVFOP_LOCALTIMESTAMP"},
    std::string_view{"SVFOP_LOCALTIMESTAMP_N"}};

}  // namespace

Verdict PostgresRules::expressions(Node list, const Place& place) {
  for (const auto entry : list) TRY(expression(entry, place));
  return {};
}

Verdict PostgresRules::expression(Node wrapped, const Place& place) {
  const auto node = wrapped.first();
  const auto kind = node.key();
  if (kind.empty()) return {};
  if (kind == "ColumnRef") return column(node, place);
  if (kind == "A_Const") return only(node, {"ival", "fval", "sval", "bsval", "boolval", "isnull"});
  if (kind == "FuncCall") return function(node, place);
  if (kind == "A_Expr") return operation(node, place);
  if (kind == "BoolExpr") {
    TRY(only(node, {"boolop", "args"}));
    return expressions(node["args"], place);
  }
  if (kind == "TypeCast") {
    TRY(only(node, {"arg", "typeName"}));
    TRY(type(node["typeName"]));
    return cast(node, place);
  }
  if (kind == "SubLink") return sublink(node, place);
  if (kind == "CaseExpr") return case_of(node, place);
  if (kind == "List") {
    TRY(only(node, {"items"}));
    return expressions(node["items"], place);
  }
  if (kind == "NullTest" || kind == "BooleanTest") {
    TRY(only(node, {"arg", "nulltesttype", "booltesttype", "argisrow"}));
    // Whether there is a value tells nothing of it.
    const auto privacy = TRY(told(node["arg"], place));
    if (kind == "BooleanTest") names_.flow().carry(privacy);
    return {};
  }
  if (kind == "CoalesceExpr" || kind == "MinMaxExpr" || kind == "GroupingFunc" ||
      kind == "RowExpr") {
    TRY(only(node, {"args", "op", "row_format"}));
    return expressions(node["args"], place);
  }
  if (kind == "A_ArrayExpr") {
    TRY(only(node, {"elements"}));
    return expressions(node["elements"], place);
  }
  if (kind == "A_Indirection") return indirection(node, place);
  if (kind == "CollateClause") {
    TRY(only(node, {"arg", "collname"}));
    if (catalog_name(node["collname"]).empty()) {
      return refuse(RefusalClass::construct, "the collation is not of pg_catalog",
                    "Write COLLATE with a name of one part.");
    }
    return expression(node["arg"], place);
  }
  if (kind == "SQLValueFunction") {
    TRY(only(node, {"op", "typmod"}));
    if (std::ranges::count(clock_words, node["op"].text()) > 0) return {};
    return refuse(RefusalClass::function, "what tells about the session is not allowed",
                  "Ask for data; of the clock there are current_date and current_timestamp.");
  }
  if (kind == "ParamRef") {
    return refuse(RefusalClass::parameter, "the query has a parameter",
                  "Write the value itself in place of $1.");
  }
  return refuse(RefusalClass::construct, fmt::format("{} is not known here", kind),
                "Write the expression another way.");
}

// What could be a function called as if it were a column (c.f for f(c)) is refused, because the
// last name of each reference must be a column that is known.
Verdict PostgresRules::column(Node node, const Place& place) {
  TRY(only(node, {"fields"}));
  std::vector<std::string> parts;
  bool is_star = false;
  for (const auto field : node["fields"]) {
    is_star = field.first().key() == "A_Star";
    if (!is_star) parts.emplace_back(field["String"]["sval"].text());
  }
  if (is_star) return star(parts, place);
  using Found = Names::Found;
  if (parts.size() == 1) {
    const auto found = names_.find(parts[0], place.scope);
    if (found != Found::nothing && found != Found::maybe) return {};
  } else if (parts.size() == 2) {
    if (names_.find(parts[0], parts[1], place.scope) == Found::column) return {};
    if (row_function(parts, place)) return {};
  } else if (parts.size() == 3) {
    const auto* table = names_.relation(parts[0], parts[1], place.scope);
    if (table != nullptr && names_.find(parts[1], parts[2], place.scope) == Found::column)
      return {};
  }
  auto refusal = names_.unknown_column(parts.empty() ? "" : parts.back(), place.scope);
  if (parts.size() == 2 && sql::contains(postgres_functions().functions, parts[1]))
    refusal.hint = fmt::format("Write a call as {}({}).", parts[1], parts[0]);
  return std::unexpected(std::move(refusal));
}

// c.row_to_json is row_to_json(c), and reads the whole row. What stands here takes a row and
// nothing else, and is of pg_catalog, which is all that the search path holds.
bool PostgresRules::row_function(const std::vector<std::string>& parts, const Place& place) {
  if (parts[1] != "row_to_json" && parts[1] != "to_json" && parts[1] != "to_jsonb") return false;
  const auto* relation = names_.relation(parts[0], place.scope);
  if (relation == nullptr) return false;
  names_.all_columns(*relation);
  return true;
}

Verdict PostgresRules::star(const std::vector<std::string>& of, const Place& place) {
  if (of.empty()) {
    if (place.scope == nullptr) return {};
    for (const auto& relation : place.scope->relations) names_.all_columns(relation);
    return {};
  }
  const auto* relation = of.size() == 1   ? names_.relation(of[0], place.scope)
                         : of.size() == 2 ? names_.relation(of[0], of[1], place.scope)
                                          : nullptr;
  if (relation == nullptr) {
    return refuse(RefusalClass::relation, fmt::format("there is no table {} here", of.back()),
                  "Write the name that the table has in FROM.");
  }
  names_.all_columns(*relation);
  return {};
}

// (expression)[1], (expression).field: a field must be one that is known, lest it be a function.
Verdict PostgresRules::indirection(Node node, const Place& place) {
  TRY(only(node, {"arg", "indirection"}));
  TRY(expression(node["arg"], place));
  for (const auto wrapped : node["indirection"]) {
    const auto part = wrapped.first();
    if (part.key() == "A_Indices") {
      TRY(only(part, {"is_slice", "lidx", "uidx"}));
      TRY(expression(part["lidx"], place));
      TRY(expression(part["uidx"], place));
    } else if (part.key() == "String") {
      const auto field = part["sval"].text();
      if (!names_.is_field(field, place.scope) && field != "key" && field != "value")
        return std::unexpected(names_.unknown_column(field, place.scope));
    } else if (part.key() != "A_Star") {
      return refuse(RefusalClass::construct, fmt::format("{} is not known here", part.key()),
                    "Write the expression another way.");
    }
  }
  return {};
}

Verdict PostgresRules::operation(Node node, const Place& place) {
  TRY(only(node, {"kind", "name", "lexpr", "rexpr"}));
  const auto kind = node["kind"].text();
  const auto name = catalog_name(node["name"]);
  const bool is_known = std::ranges::count(operations, kind) > 0
                            ? sql::contains(postgres_functions().operators, name)
                            : std::ranges::count(betweens, kind) > 0;
  if (!is_known) {
    std::string full;
    for (const auto part : node["name"]) {
      full += full.empty() ? "" : ".";
      full += part["String"]["sval"].text();
    }
    return refuse(RefusalClass::operation, fmt::format("the operator {} is not allowed", full),
                  "Use the usual operators of arithmetic, comparison and text.");
  }
  return operands(node, place);
}

Verdict PostgresRules::sublink(Node node, const Place& place) {
  TRY(only(node, {"subLinkType", "testexpr", "operName", "subselect"}));
  if (node["operName"] &&
      !sql::contains(postgres_functions().operators, catalog_name(node["operName"]))) {
    return refuse(RefusalClass::operation, "the operator before ANY or ALL is not allowed",
                  "Use the usual operators of comparison.");
  }
  const auto compared = TRY(told(node["testexpr"], place));
  const auto query = node["subselect"].first();
  if (query.key() != "SelectStmt") {
    return refuse(RefusalClass::not_a_read, "a subquery is not a SELECT",
                  "Only reading is allowed: write a SELECT.");
  }
  const auto before = names_.flow().exchange(Privacy::open);
  const auto columns = TRY(select(query, place.scope, place.tables));
  names_.flow().exchange(before);
  const auto link = node["subLinkType"].text();
  collects_ = collects_ || link == "ARRAY_SUBLINK";
  if (node["testexpr"]) {
    const auto by = catalog_name(node["operName"]);
    names_.flow().compare({compared, is_plain_postgres(node["testexpr"])}, {most(columns), true},
                          !node["operName"] || by == "=" || by == "<>");
  } else if (link != "EXISTS_SUBLINK") {
    names_.flow().carry(most(columns));
  }
  return {};
}

Verdict PostgresRules::case_of(Node node, const Place& place) {
  TRY(only(node, {"arg", "args", "defresult"}));
  std::vector<Node> compared;
  if (node["arg"]) compared.push_back(node["arg"]);
  for (const auto wrapped : node["args"]) {
    TRY(only(wrapped, {"CaseWhen"}));
    TRY(only(wrapped["CaseWhen"], {"expr", "result"}));
    const auto when = wrapped["CaseWhen"]["expr"];
    if (node["arg"]) {
      compared.push_back(when);
    } else {
      TRY(condition(when, place));
    }
    TRY(expression(wrapped["CaseWhen"]["result"], place));
  }
  TRY(compare(compared, place, true));
  return expression(node["defresult"], place);
}

Verdict PostgresRules::window(Node node, const Place& place) {
  TRY(only(node, {"name", "refname", "partitionClause", "orderClause", "frameOptions",
                  "startOffset", "endOffset"}));
  // Which rows belong together is not told by the value.
  TRY(carried_by(names_.flow(), [&] { return expressions(node["partitionClause"], place); }));
  if ((node["name"] || node["refname"]) && place.scope != nullptr)
    names_.flow().carry(place.scope->windows);
  TRY(orders(node["orderClause"], place));
  TRY(expression(node["startOffset"], place));
  return expression(node["endOffset"], place);
}

Verdict PostgresRules::orders(Node list, const Place& place) {
  for (const auto wrapped : list) {
    TRY(only(wrapped, {"SortBy"}));
    const auto order = wrapped["SortBy"];
    TRY(only(order, {"node", "sortby_dir", "sortby_nulls", "useOp"}));
    if (order["useOp"] &&
        !sql::contains(postgres_functions().operators, catalog_name(order["useOp"]))) {
      return refuse(RefusalClass::operation, "the operator to sort by is not allowed",
                    "Write ORDER BY ... ASC or DESC.");
    }
    TRY(expression(order["node"], place));
  }
  return {};
}

}  // namespace insights::sql
