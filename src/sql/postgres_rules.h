// What of PostgreSQL's SQL may pass: an allow-list of the nodes its parser makes, of their fields,
// and of the functions, operators, types and relations they name. What is not known is refused.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sql/bounds.h"
#include "sql/functions.h"
#include "sql/names.h"
#include "sql/refusal.h"
#include "sql/syntax_tree.h"

namespace insights::sql {

struct PostgresQuery {
  std::string text;  // written anew from the checked tree, every table with its schema
  Resolved resolved;
};

// Judges a text. What is given back reads as the same tree as what was judged.
std::expected<PostgresQuery, Refusal> check_postgres(const std::string& text,
                                                     const Relations& relations);

class PostgresRules {
 public:
  // Borrows `names` for as long as it lives.
  explicit PostgresRules(Names& names) : names_(names) {}

  // Checks the tree of a text, and notes in `names` what it reads.
  Verdict check(Node root);

  // Where the text names a table without its schema: the byte, and the schema.
  const std::vector<std::pair<std::size_t, std::string>>& unqualified() const {
    return unqualified_;
  }

 private:
  using Given = std::expected<Columns, Refusal>;

  struct Place {
    const Scope* scope = nullptr;
    const CommonTables* tables = nullptr;
    double copies = 1;  // how often an expression's value is repeated by the calls around it
  };

  // Queries (postgres_rules.cpp).
  Given select(Node node, const Scope* outer, const CommonTables* tables);
  Given set_operation(Node node, const Scope* outer, const CommonTables* tables);
  Given values(Node node, const Scope* outer, const CommonTables* tables);
  Given plain_select(Node node, const Scope* outer, const CommonTables* tables);
  Verdict declare(Node with, const Scope* outer, CommonTables& tables);
  Given common_table(Node entry, bool recursive, const Scope* outer, CommonTables& tables);
  Verdict tail(Node node, const Place& place, Privacy shown);
  Verdict group(Node list, const Place& place);
  Given result_columns(Node targets, const Scope& scope, const std::vector<Privacy>& told);

  // FROM (postgres_from.cpp).
  Verdict from(Node wrapped, Scope& scope, const CommonTables* tables);
  Verdict table(Node node, Scope& scope, const CommonTables* tables);
  Verdict subquery_table(Node node, Scope& scope, const CommonTables* tables);
  Verdict function_table(Node node, Scope& scope, const CommonTables* tables);
  Given function_columns(Node call, Node definitions, const Place& place);
  Verdict join(Node node, Scope& scope, const CommonTables* tables);
  Verdict sample(Node node, Scope& scope, const CommonTables* tables);

  // Expressions (postgres_expressions.cpp).
  Verdict expression(Node wrapped, const Place& place);
  Verdict expressions(Node list, const Place& place);
  Verdict column(Node node, const Place& place);
  bool row_function(const std::vector<std::string>& parts, const Place& place);
  Verdict star(const std::vector<std::string>& of, const Place& place);
  Verdict indirection(Node node, const Place& place);
  Verdict operation(Node node, const Place& place);
  Verdict sublink(Node node, const Place& place);
  Verdict case_of(Node node, const Place& place);
  Verdict window(Node node, const Place& place);
  Verdict orders(Node list, const Place& place);

  // What values carry of personal data (postgres_privacy.cpp).
  using Told = std::expected<Privacy, Refusal>;
  Told told(Node wrapped, const Place& place);
  Verdict condition(Node wrapped, const Place& place);
  // Compares the first with the others; gives what the first carries.
  Told compare(const std::vector<Node>& all, const Place& place, bool for_equality);
  Verdict operands(Node operation, const Place& place);
  Verdict arguments(Node call, std::string_view name, const Place& place);
  Verdict cast(Node node, const Place& place);

  // Functions and types (postgres_calls.cpp).
  Verdict function(Node node, const Place& place);
  std::expected<double, Refusal> grown(Node node, std::string_view name, const Place& place);
  Verdict series(Node arguments) const;
  Verdict collected() const;
  Verdict type(Node node) const;

  Names& names_;
  std::vector<std::pair<std::size_t, std::string>> unqualified_;
  double growth_ = 1;      // of the whole statement
  bool grows_ = false;     // a call in it makes much more than it is given
  bool collects_ = false;  // an aggregate or ARRAY(...) in it keeps every value
};

// A column as it is, or in one case of letters: what two tables may be joined by.
bool is_plain_postgres(Node wrapped);

// The bare name of a function, operator or type: one part, or two of which the first is pg_catalog.
// Empty for any other.
std::string_view catalog_name(Node parts);

// What a function that gives records calls their fields; empty for the others.
std::vector<std::string> record_fields(std::string_view function);

}  // namespace insights::sql
