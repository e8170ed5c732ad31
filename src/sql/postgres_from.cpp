// FROM: which relations come into sight.
#include <fmt/format.h>

#include <array>

#include "sql/fields.h"
#include "sql/postgres_rules.h"

namespace insights::sql {

namespace {

std::vector<std::string> names_of(Node list) {
  std::vector<std::string> all;
  for (const auto entry : list) all.emplace_back(entry["String"]["sval"].text());
  return all;
}

Verdict check_alias(Node alias) { return only(alias, {"aliasname", "colnames"}); }

}  // namespace

std::vector<std::string> record_fields(std::string_view function) {
  for (const auto name : {"json_each", "json_each_text", "jsonb_each", "jsonb_each_text"}) {
    if (function == name) return {"key", "value"};
  }
  for (const auto name : {"json_array_elements", "json_array_elements_text", "jsonb_array_elements",
                          "jsonb_array_elements_text"}) {
    if (function == name) return {"value"};
  }
  return {};
}

Verdict PostgresRules::from(Node wrapped, Scope& scope, const CommonTables* tables) {
  const auto node = wrapped.first();
  const auto kind = node.key();
  if (kind == "RangeVar") return table(node, scope, tables);
  if (kind == "RangeSubselect") return subquery_table(node, scope, tables);
  if (kind == "RangeFunction") return function_table(node, scope, tables);
  if (kind == "JoinExpr") return join(node, scope, tables);
  if (kind == "RangeTableSample") return sample(node, scope, tables);
  return refuse(RefusalClass::construct, fmt::format("{} in FROM is not known here", kind),
                "Read a table, a subquery or generate_series(...).");
}

Verdict PostgresRules::table(Node node, Scope& scope, const CommonTables* tables) {
  TRY(only(node, {"catalogname", "schemaname", "relname", "inh", "relpersistence", "alias"}));
  TRY(check_alias(node["alias"]));
  const auto name = node["relname"].text(), schema = node["schemaname"].text();
  if (node["catalogname"]) {
    return refuse(
        RefusalClass::relation,
        fmt::format("there is no table {}.{}.{} to read", node["catalogname"].text(), schema, name),
        "Write the table's name with its schema at most.");
  }
  const auto alias = node["alias"]["aliasname"].text();
  InSight seen{std::string(alias.empty() ? name : alias), {}, nullptr, ""};
  const auto* common = schema.empty() ? names_.common_table(name, tables) : nullptr;
  if (common != nullptr && !common->is_ready) {
    return refuse(RefusalClass::relation,
                  fmt::format("{} is used before the WITH clause has defined it", name),
                  "Put the entries of WITH into the order in which they use each other.");
  }
  if (common != nullptr) {
    seen.columns = common->columns;
  } else {
    seen.table = TRY(names_.table(schema, name));
    seen.columns = columns_of(*seen.table);
    if (alias.empty()) seen.schema = schema.empty() ? "public" : std::string(schema);
    if (schema.empty() && !seen.table->schema.empty()) {
      const auto at = leading_number(node["location"].text()).value_or(0);
      unqualified_.emplace_back(static_cast<std::size_t>(at), seen.table->schema);
    }
  }
  seen.columns = renamed(std::move(seen.columns), names_of(node["alias"]["colnames"]));
  scope.relations.push_back(std::move(seen));
  return {};
}

Verdict PostgresRules::subquery_table(Node node, Scope& scope, const CommonTables* tables) {
  TRY(only(node, {"lateral", "subquery", "alias"}));
  TRY(check_alias(node["alias"]));
  const auto query = node["subquery"].first();
  if (query.key() != "SelectStmt") {
    return refuse(RefusalClass::not_a_read, "a subquery is not a SELECT",
                  "Only reading is allowed: write a SELECT.");
  }
  const Scope left = node["lateral"].is_true() ? scope : Scope{scope.outer, {}, {}};
  auto columns = TRY(select(query, &left, tables));
  scope.relations.push_back({std::string(node["alias"]["aliasname"].text()),
                             renamed(std::move(columns), names_of(node["alias"]["colnames"])),
                             nullptr, ""});
  return {};
}

// A function in FROM sees what stands to its left, LATERAL or not.
Verdict PostgresRules::function_table(Node node, Scope& scope, const CommonTables* tables) {
  TRY(only(node, {"lateral", "ordinality", "is_rowsfrom", "functions", "alias", "coldeflist"}));
  TRY(check_alias(node["alias"]));
  const Scope left = scope;
  Columns columns;
  std::string called;
  for (const auto entry : node["functions"]) {
    TRY(only(entry, {"List"}));
    TRY(only(entry["List"], {"items"}));
    const auto call = entry["List"]["items"].first();
    const auto definitions = call.next();
    const auto given = TRY(function_columns(call, definitions["List"]["items"], {&left, tables}));
    columns.all.insert(columns.all.end(), given.all.begin(), given.all.end());
    if (called.empty()) called = catalog_name(call["FuncCall"]["funcname"]);
  }
  if (node["coldeflist"]) {
    const auto privacy = most(columns);
    columns.all.clear();
    for (const auto definition : node["coldeflist"]) {
      TRY(only(definition["ColumnDef"], {"colname", "typeName", "is_local", "collClause"}));
      TRY(type(definition["ColumnDef"]["typeName"]));
      columns.all.push_back({std::string(definition["ColumnDef"]["colname"].text()), privacy});
    }
  }
  const auto alias = node["alias"]["aliasname"].text();
  const bool is_record = !record_fields(called).empty() || node["coldeflist"];
  // The one column of a function that gives no record is called as the alias.
  if (!alias.empty() && columns.all.size() == 1 && !is_record) columns.all.front().name = alias;
  if (node["ordinality"].is_true()) columns.all.push_back({"ordinality"});
  columns = renamed(std::move(columns), names_of(node["alias"]["colnames"]));
  scope.relations.push_back(
      {alias.empty() ? called : std::string(alias), std::move(columns), nullptr, ""});
  return {};
}

PostgresRules::Given PostgresRules::function_columns(Node call, Node definitions,
                                                     const Place& place) {
  const auto node = call["FuncCall"];
  if (call.first().key() != "FuncCall" ||
      !sql::contains(postgres_functions().table_functions, catalog_name(node["funcname"]))) {
    return refuse(RefusalClass::function,
                  fmt::format("{}() in FROM is not allowed",
                              node["funcname"].first()["String"]["sval"].text()),
                  "Read a table of the source, a subquery, generate_series(...) or unnest(...).");
  }
  const auto name = catalog_name(node["funcname"]);
  const auto privacy = TRY(carried_by(names_.flow(), [&] { return function(node, place); }));
  if (!opens_up(name)) names_.flow().decide(privacy);
  if (definitions) {
    Columns columns;
    for (const auto definition : definitions) {
      TRY(only(definition["ColumnDef"], {"colname", "typeName", "is_local", "collClause"}));
      TRY(type(definition["ColumnDef"]["typeName"]));
      columns.all.push_back({std::string(definition["ColumnDef"]["colname"].text()), privacy});
    }
    return columns;
  }
  auto fields = record_fields(name);
  if (fields.empty()) fields.emplace_back(name);
  // unnest(a, b) gives a column for each.
  if (name == "unnest") fields.resize(std::max<std::size_t>(node["args"].size(), 1), "unnest");
  Columns columns;
  for (const auto& field : fields) columns.all.push_back({field, privacy});
  return columns;
}

Verdict PostgresRules::join(Node node, Scope& scope, const CommonTables* tables) {
  TRY(only(node, {"jointype", "isNatural", "larg", "rarg", "usingClause", "join_using_alias",
                  "quals", "alias", "rtindex"}));
  TRY(check_alias(node["alias"]));
  TRY(check_alias(node["join_using_alias"]));
  const auto before = scope.relations.size();
  TRY(from(node["larg"], scope, tables));
  const auto right = scope.relations.size();
  TRY(from(node["rarg"], scope, tables));
  Columns shared;
  for (const auto& column : names_of(node["usingClause"])) {
    const auto before_it = names_.flow().exchange(Privacy::open);
    if (names_.find(column, &scope) == Names::Found::nothing)
      return std::unexpected(names_.unknown_column(column, &scope));
    shared.all.push_back({column, names_.flow().exchange(before_it)});
    names_.join_by_name(column, scope, before, right);
  }
  if (node["isNatural"].is_true()) names_.join_by_every_name(scope, before, right);
  if (node["isNatural"].is_true() || node["usingClause"]) scope.joins_by_name = true;
  TRY(condition(node["quals"], {&scope, tables}));
  if (node["join_using_alias"]) {
    scope.joins_by_name = true;
    scope.relations.push_back({std::string(node["join_using_alias"]["aliasname"].text()),
                               std::move(shared), nullptr, ""});
  }
  if (!node["alias"]) return {};
  // The alias of a join hides what is joined: its columns are those of both sides. They count as
  // read, because it is no longer told whose they are.
  Columns all;
  for (std::size_t index = before; index < scope.relations.size(); ++index) {
    const auto one = names_.all_columns(scope.relations[index]);
    all.all.insert(all.all.end(), one.all.begin(), one.all.end());
    all.rest = std::max(all.rest, one.rest);
    all.is_open = all.is_open || one.is_open;
    all.is_counted = all.is_counted && one.is_counted && !scope.joins_by_name;
  }
  scope.relations.resize(before);
  scope.relations.push_back({std::string(node["alias"]["aliasname"].text()),
                             renamed(std::move(all), names_of(node["alias"]["colnames"])), nullptr,
                             ""});
  return {};
}

Verdict PostgresRules::sample(Node node, Scope& scope, const CommonTables* tables) {
  TRY(only(node, {"relation", "method", "args", "repeatable"}));
  const auto method = catalog_name(node["method"]);
  if (method != "bernoulli" && method != "system") {
    return refuse(RefusalClass::function, fmt::format("TABLESAMPLE {} is not allowed", method),
                  "Write TABLESAMPLE bernoulli(...) or system(...).");
  }
  const Scope left = scope;
  TRY(expressions(node["args"], {&left, tables}));
  TRY(expression(node["repeatable"], {&left, tables}));
  return from(node["relation"], scope, tables);
}

}  // namespace insights::sql
