// Queries: SELECT, VALUES, set operations, WITH, and what stands behind them.
#include "sql/postgres_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "sql/dialect.h"
#include "sql/fields.h"
#include "sql/letters.h"
#include "sql/postgres_parser.h"

namespace insights::sql {

namespace {

std::vector<std::string> names_of(Node list) {
  std::vector<std::string> all;
  for (const auto entry : list) all.emplace_back(entry["String"]["sval"].text());
  return all;
}

// What PostgreSQL calls a column of the result that has no name of its own (FigureColname in
// parse_target.c). Empty: "?column?".
std::string name_of(Node wrapped) {
  const auto node = wrapped.first();
  const auto kind = node.key();
  const auto last_of = [](Node parts) {
    std::string last;
    for (const auto part : parts) {
      if (part["String"]) last = part["String"]["sval"].text();
    }
    return last;
  };
  if (kind == "ColumnRef") return last_of(node["fields"]);
  if (kind == "FuncCall") return last_of(node["funcname"]);
  if (kind == "A_Indirection") {
    auto last = last_of(node["indirection"]);
    return last.empty() ? name_of(node["arg"]) : last;
  }
  if (kind == "TypeCast") {
    auto inner = name_of(node["arg"]);
    return inner.empty() ? last_of(node["typeName"]["names"]) : inner;
  }
  if (kind == "CollateClause") return name_of(node["arg"]);
  if (kind == "CaseExpr") {
    auto inner = name_of(node["defresult"]);
    return inner.empty() ? "case" : inner;
  }
  if (kind == "A_Expr") return node["kind"].text() == "AEXPR_NULLIF" ? "nullif" : "";
  if (kind == "SubLink") {
    const auto type = node["subLinkType"].text();
    if (type == "EXISTS_SUBLINK") return "exists";
    if (type == "ARRAY_SUBLINK") return "array";
    const auto target = node["subselect"]["SelectStmt"]["targetList"].first()["ResTarget"];
    return target["name"] ? std::string(target["name"].text()) : name_of(target["val"]);
  }
  if (kind == "CoalesceExpr") return "coalesce";
  if (kind == "MinMaxExpr") return node["op"].text() == "IS_LEAST" ? "least" : "greatest";
  if (kind == "GroupingFunc") return "grouping";
  if (kind == "A_ArrayExpr") return "array";
  if (kind == "RowExpr") return "row";
  if (kind == "SQLValueFunction") {
    auto name = small_letters(node["op"].text().substr(node["op"].text().find('_') + 1));
    if (name.ends_with("_n")) name.resize(name.size() - 2);
    return name;
  }
  return "";
}

Node statement_of(const SyntaxTree& tree) { return tree.root()["stmts"].first()["stmt"]; }

// Whether a text is what was judged: the same tree, with every table's schema, and the same names.
bool is_the_same(const std::string& text, Node meant, const Resolved& resolved,
                 const Relations& relations) {
  const auto tree = parse_postgres(text);
  if (!tree || !same_tree(statement_of(*tree), meant, "location")) return false;
  Names names(relations, Letters::exact, "public");
  PostgresRules rules(names);
  return rules.check(tree->root()) && rules.unqualified().empty() && names.resolved() == resolved;
}

// The statement out of its tree. Where the writer forgets a bracket, as it does around
// (a AT TIME ZONE b)::date, the tokens are kept and respelled.
std::expected<std::string, Refusal> written_anew(const std::string& text, const Resolved& resolved,
                                                 const Relations& relations) {
  const auto tree = TRY(parse_postgres(text));
  const auto meant = statement_of(tree);
  auto written = rewrite_postgres(text);
  if (written && is_the_same(*written, meant, resolved, relations)) return *std::move(written);
  auto spelled = TRY(respell_postgres(text));
  if (is_the_same(spelled, meant, resolved, relations)) return spelled;
  return refuse(RefusalClass::construct, "the query does not read the same when written anew",
                "Write it more simply.");
}

}  // namespace

std::expected<PostgresQuery, Refusal> check_postgres(const std::string& text,
                                                     const Relations& relations) {
  const auto tree = TRY(parse_postgres(text));
  Names names(relations, Letters::exact, "public");
  PostgresRules rules(names);
  TRY(rules.check(tree.root()));
  auto places = rules.unqualified();
  std::ranges::sort(places, std::greater());
  auto qualified = text;
  for (const auto& [at, schema] : places) {
    if (at > qualified.size()) continue;
    qualified.insert(at, quote_identifier(schema) + ".");
  }
  return PostgresQuery{TRY(written_anew(qualified, names.resolved(), relations)), names.resolved()};
}

Verdict PostgresRules::check(Node root) {
  const auto statements = root["stmts"];
  const auto count = statements.size();
  if (count == 0) return refuse(RefusalClass::syntax, "the query is empty", "Write one SELECT.");
  if (count > 1) {
    return refuse(RefusalClass::several_statements,
                  fmt::format("the query holds {} statements", count), "Send one SELECT.");
  }
  const auto statement = statements.first()["stmt"].first();
  if (statement.key() != "SelectStmt") {
    return refuse(RefusalClass::not_a_read, "the statement is not a SELECT",
                  "Only reading is allowed: write one SELECT.");
  }
  names_.give(TRY(select(statement, nullptr, nullptr)));
  return collected();
}

PostgresRules::Given PostgresRules::select(Node node, const Scope* outer,
                                           const CommonTables* tables) {
  if (node["intoClause"]) {
    return refuse(RefusalClass::not_a_read, "SELECT ... INTO makes a table",
                  "Write the SELECT without INTO.");
  }
  if (node["lockingClause"]) {
    return refuse(RefusalClass::not_a_read, "the query locks rows",
                  "Write it without FOR UPDATE or FOR SHARE.");
  }
  TRY(only(node, {"distinctClause", "targetList", "fromClause", "whereClause", "groupClause",
                  "groupDistinct", "havingClause", "windowClause", "valuesLists", "sortClause",
                  "limitOffset", "limitCount", "limitOption", "withClause", "op", "all", "larg",
                  "rarg"}));
  CommonTables own{tables, {}};
  if (node["withClause"]) TRY(declare(node["withClause"], outer, own));
  if (node["op"].text() != "SETOP_NONE") return set_operation(node, outer, &own);
  if (node["valuesLists"]) return values(node, outer, &own);
  return plain_select(node, outer, &own);
}

PostgresRules::Given PostgresRules::set_operation(Node node, const Scope* outer,
                                                  const CommonTables* tables) {
  const auto left = TRY(select(node["larg"], outer, tables));
  const auto right = TRY(select(node["rarg"], outer, tables));
  auto columns = left;
  merge(columns, right);
  if (node["op"].text() != "SETOP_UNION") compare_rows(left, right, names_.flow());
  const Scope scope{outer, {{"", columns, nullptr, ""}}, {}};
  TRY(tail(node, {&scope, tables}, most(columns)));
  return columns;
}

PostgresRules::Given PostgresRules::values(Node node, const Scope* outer,
                                           const CommonTables* tables) {
  Columns columns;
  for (const auto row : node["valuesLists"]) {
    std::size_t index = 0;
    for (const auto value : row["List"]["items"]) {
      const auto privacy = TRY(told(value, {outer, tables}));
      if (index == columns.all.size()) columns.all.push_back({fmt::format("column{}", index + 1)});
      auto& column = columns.all[index++];
      column.privacy = std::max(column.privacy, privacy);
    }
  }
  const Scope scope{outer, {{"", columns, nullptr, ""}}, {}};
  TRY(tail(node, {&scope, tables}, most(columns)));
  return columns;
}

PostgresRules::Given PostgresRules::plain_select(Node node, const Scope* outer,
                                                 const CommonTables* tables) {
  Scope scope{outer, {}, {}};
  for (const auto entry : node["fromClause"]) TRY(from(entry, scope, tables));
  for (const auto target : node["targetList"]) {
    const auto name = target["ResTarget"]["name"].text();
    if (!name.empty()) scope.names.push_back({std::string(name)});
  }
  const Place place{&scope, tables};
  scope.windows = TRY(carried_by(names_.flow(), [&]() -> Verdict {
    for (const auto entry : node["windowClause"]) {
      if (auto judged = window(entry["WindowDef"], place); !judged) return judged;
    }
    return {};
  }));
  std::vector<Privacy> all_told;
  std::size_t named = 0;
  for (const auto target : node["targetList"]) {
    TRY(only(target, {"ResTarget"}));
    TRY(only(target["ResTarget"], {"name", "val"}));
    all_told.push_back(TRY(told(target["ResTarget"]["val"], place)));
    if (target["ResTarget"]["name"]) scope.names[named++].privacy = all_told.back();
  }
  TRY(condition(node["whereClause"], place));
  TRY(group(node["groupClause"], place));
  TRY(condition(node["havingClause"], place));
  // DISTINCT alone is written as one empty entry.
  for (const auto by : node["distinctClause"]) TRY(expression(by, place));
  auto columns = TRY(result_columns(node["targetList"], scope, all_told));
  // ORDER BY may use the names of the result.
  scope.names.insert(scope.names.end(), columns.all.begin(), columns.all.end());
  TRY(tail(node, place, most(columns)));
  return columns;
}

Verdict PostgresRules::tail(Node node, const Place& place, Privacy shown) {
  const auto ordered_by =
      TRY(carried_by(names_.flow(), [&] { return orders(node["sortClause"], place); }));
  names_.flow().order(ordered_by, shown);
  TRY(condition(node["limitOffset"], place));
  return condition(node["limitCount"], place);
}

Verdict PostgresRules::group(Node list, const Place& place) {
  for (const auto entry : list) {
    const auto set = entry["GroupingSet"];
    if (entry.first().key() == "GroupingSet") {
      TRY(only(set, {"kind", "content"}));
      TRY(group(set["content"], place));
    } else {
      TRY(expression(entry, place));
    }
  }
  return {};
}

Verdict PostgresRules::declare(Node with, const Scope* outer, CommonTables& tables) {
  TRY(only(with, {"ctes", "recursive"}));
  const bool recursive = with["recursive"].is_true();
  // With RECURSIVE a name is in sight of all entries; one that is used before its own is declared
  // could be mistaken for a table, and is refused.
  if (recursive) {
    for (const auto entry : with["ctes"]) {
      tables.tables.push_back({std::string(entry["CommonTableExpr"]["ctename"].text()), {}, false});
    }
  }
  std::size_t index = 0;
  for (const auto wrapped : with["ctes"]) {
    TRY(only(wrapped, {"CommonTableExpr"}));
    const auto entry = wrapped["CommonTableExpr"];
    TRY(only(entry, {"ctename", "aliascolnames", "ctematerialized", "ctequery", "search_clause",
                     "cycle_clause"}));
    if (!recursive) {
      auto columns = TRY(common_table(entry, false, outer, tables));
      tables.tables.push_back({std::string(entry["ctename"].text()), std::move(columns)});
      continue;
    }
    const auto body = entry["ctequery"]["SelectStmt"];
    if (body["op"] && body["op"].text() != "SETOP_NONE") {
      CommonTables inside{&tables, {}};
      if (body["withClause"]) TRY(declare(body["withClause"], outer, inside));
      auto first = TRY(select(body["larg"], outer, &inside));
      tables.tables[index].columns = renamed(std::move(first), names_of(entry["aliascolnames"]));
      tables.tables[index].is_ready = true;
    }
    const auto first = tables.tables[index].columns;
    auto columns = TRY(common_table(entry, true, outer, tables));
    // What one step moves to another column, the next may move on.
    const auto privacy = most(columns);
    if (!first.all.empty() && privacy != Privacy::open) {
      for (auto& column : columns.all) column.privacy = privacy;
    }
    tables.tables[index].columns = std::move(columns);
    tables.tables[index].is_ready = true;
    ++index;
  }
  return {};
}

PostgresRules::Given PostgresRules::common_table(Node entry, bool recursive, const Scope* outer,
                                                 CommonTables& tables) {
  const auto query = entry["ctequery"].first();
  if (query.key() != "SelectStmt") {
    return refuse(RefusalClass::not_a_read, "a WITH clause holds something that is not a SELECT",
                  "Only reading is allowed: write a SELECT in the WITH clause.");
  }
  auto columns = renamed(TRY(select(query, outer, &tables)), names_of(entry["aliascolnames"]));
  if (!recursive) return columns;
  const auto search = entry["search_clause"], cycle = entry["cycle_clause"];
  TRY(only(search, {"search_col_list", "search_breadth_first", "search_seq_column"}));
  TRY(only(cycle, {"cycle_col_list", "cycle_mark_column", "cycle_mark_value", "cycle_mark_default",
                   "cycle_path_column"}));
  TRY(expression(cycle["cycle_mark_value"], {nullptr, &tables}));
  TRY(expression(cycle["cycle_mark_default"], {nullptr, &tables}));
  for (const auto added :
       {search["search_seq_column"], cycle["cycle_mark_column"], cycle["cycle_path_column"]}) {
    if (added) columns.all.push_back({std::string(added.text()), most(columns)});
  }
  return columns;
}

PostgresRules::Given PostgresRules::result_columns(Node targets, const Scope& scope,
                                                   const std::vector<Privacy>& told) {
  Columns columns;
  std::size_t index = 0;
  for (const auto wrapped : targets) {
    const auto privacy = told[index++];
    const auto target = wrapped["ResTarget"];
    const auto value = target["val"];
    Node last;
    for (const auto part : value["ColumnRef"]["fields"]) last = part;
    for (const auto part : value["A_Indirection"]["indirection"]) last = part;
    if (last.first().key() != "A_Star") {
      columns.all.push_back(
          {target["name"] ? std::string(target["name"].text()) : name_of(value), privacy});
      continue;
    }
    if (value["A_Indirection"]) {
      const auto fields =
          record_fields(catalog_name(value["A_Indirection"]["arg"]["FuncCall"]["funcname"]));
      for (const auto& field : fields) columns.all.push_back({field, privacy});
      if (!fields.empty()) continue;
      columns.is_open = true;
      columns.is_counted = false;
      columns.rest = std::max(columns.rest, privacy);
      continue;
    }
    const auto parts = names_of(value["ColumnRef"]["fields"]);
    const auto* one =
        parts.size() >= 2 ? names_.relation(parts[parts.size() - 2], &scope) : nullptr;
    if (scope.joins_by_name) columns.is_counted = false;
    for (const auto& relation : scope.relations) {
      if (parts.size() >= 2 && &relation != one) continue;
      const auto& all = relation.columns;
      columns.all.insert(columns.all.end(), all.all.begin(), all.all.end());
      columns.is_open = columns.is_open || all.is_open;
      columns.is_counted = columns.is_counted && all.is_counted;
      columns.rest = std::max(columns.rest, all.rest);
    }
  }
  return columns;
}

}  // namespace insights::sql
