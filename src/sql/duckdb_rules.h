// What of DuckDB's SQL may pass: an allow-list of the nodes its parser makes, of their fields, and
// of the functions, operators, types and relations they name. What is not known is refused.
#pragma once

#include "sql/bounds.h"
#include "sql/duckdb_parser.h"
#include "sql/fields.h"
#include "sql/functions.h"
#include "sql/names.h"
#include "sql/refusal.h"
#include "sql/syntax_tree.h"

namespace insights::sql {

class DuckDbRules {
 public:
  // Borrows both for as long as it lives.
  DuckDbRules(Names& names, const DuckDbParser& parser) : names_(names), parser_(parser) {}

  // Checks the tree of one statement, and notes in `names` what it reads.
  Verdict check(Node root);

 private:
  using Given = std::expected<Columns, Refusal>;

  // Where an expression stands: what it can name, and how often its value is repeated.
  struct Place {
    const Scope* scope = nullptr;
    const CommonTables* tables = nullptr;
    double copies = 1;
  };

  // Queries (duckdb_rules.cpp). Each gives the columns of its result.
  Given query(Node node, const Scope* outer, const CommonTables* tables);
  Given query_body(Node node, const Scope* outer, const CommonTables* tables);
  Given select(Node node, const Scope* outer, const CommonTables* tables);
  Given set_operation(Node node, const Scope* outer, const CommonTables* tables);
  Given recursive(Node node, const Scope* outer, const CommonTables* tables);
  Verdict declare(Node map, const Scope* outer, CommonTables& tables);
  Verdict modifiers(Node list, const Place& place, Privacy shown);
  Given result_columns(Node select_list, const Scope& scope, const std::vector<Privacy>& told);

  // FROM (duckdb_from.cpp). Each adds to the scope what comes into sight.
  Verdict from(Node node, Scope& scope, const CommonTables* tables);
  Verdict base_table(Node node, Scope& scope, const CommonTables* tables);
  Verdict subquery_table(Node node, Scope& scope, const CommonTables* tables);
  Verdict join(Node node, Scope& scope, const CommonTables* tables);
  Verdict table_function(Node node, Scope& scope, const CommonTables* tables);
  Verdict values(Node node, Scope& scope, const CommonTables* tables);
  Verdict pivot(Node node, Scope& scope, const CommonTables* tables);
  Verdict show(Node node, Scope& scope, const CommonTables* tables);

  // Expressions (duckdb_expressions.cpp).
  Verdict expression(Node node, const Place& place);
  Verdict expressions(Node list, const Place& place);
  Verdict orders(Node list, const Place& place);
  Verdict column(Node node, const Place& place);
  Verdict position(Node node, const Place& place);
  Verdict star(Node node, const Place& place);
  Verdict lambda(Node node, const Place& place, bool of_function);
  Verdict subquery(Node node, const Place& place);
  Verdict cast(Node node, const Place& place);
  Verdict window(Node node, const Place& place);

  // What values carry of personal data (duckdb_privacy.cpp).
  using Told = std::expected<Privacy, Refusal>;
  Told told(Node node, const Place& place);
  Verdict condition(Node node, const Place& place);
  // Compares the first with the others; gives what the first carries.
  Told compare(const std::vector<Node>& all, const Place& place, bool for_equality);
  Verdict operation(Node node, const Place& place);
  Verdict choice(Node node, const Place& place);
  Verdict arguments(Node call, const Place& place);

  // Functions and types (duckdb_calls.cpp).
  Verdict function(Node node, const Place& place);
  Verdict function_name(Node node, const Place& place) const;
  Verdict named_aggregate(Node node) const;
  std::expected<double, Refusal> grown(Node node, const Place& place);
  Verdict series(Node arguments, bool makes_list) const;
  Verdict type(Node node) const;

  Names& names_;
  const DuckDbParser& parser_;
  double growth_ = 1;  // of the whole statement
};

// A column as it is, or in one case of letters: what two tables may be joined by.
bool is_plain(Node expression);

}  // namespace insights::sql
