// What the names in a statement mean: which relations are in sight where, and which columns they
// have. The rules of each dialect build the scopes while they walk the tree; both engines' scoping
// is the same in what matters here (a CTE hides a table of its name from where it is declared
// inward, a qualified name is never a CTE, a subquery sees the scopes around it).
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sql/personal_flow.h"
#include "sql/refusal.h"
#include "sql/relations.h"

namespace insights::sql {

// One relation in a FROM clause.
struct InSight {
  std::string name;                 // by which it can be called; empty: it has none
  Columns columns;                  // as renamed by the alias
  const Relation* table = nullptr;  // the table behind it; its columns are in the same order
  std::string schema;               // by which it can be called besides; empty: by none
};

struct Scope {
  const Scope* outer = nullptr;
  std::vector<InSight> relations;
  std::vector<NamedColumn> names;   // aliases of the select list, parameters of a lambda
  Privacy windows = Privacy::open;  // what the named windows carry
  bool joins_by_name = false;       // USING and the like: * gives a column of both sides once
};

struct CommonTable {
  std::string name;
  Columns columns;
  bool is_ready = true;  // false: declared, but not yet to be used (a forward reference)
};

// The WITH clauses around a place, from the inside out.
struct CommonTables {
  const CommonTables* outer = nullptr;
  std::vector<CommonTable> tables;
};

enum class Letters { exact, any_case };

// The catalog, how its names are compared, and what was found by now.
class Names {
 public:
  Names(const Relations& relations, Letters letters, std::string_view default_schema)
      : relations_(relations), letters_(letters), default_schema_(default_schema) {}

  bool same(std::string_view left, std::string_view right) const;

  // The common table a bare name stands for; nullptr: none.
  const CommonTable* common_table(std::string_view name, const CommonTables* tables) const;
  // The table of the catalog, noted as used. `schema` may be empty. A refusal says which tables
  // have a similar name.
  std::expected<const Relation*, Refusal> table(std::string_view schema, std::string_view name);

  // What a reference to a column found.
  enum class Found { nothing, column, whole_row, name, maybe };
  // Looks for `name` in the scopes from the inside out and notes the columns it may be as used;
  // what they carry is part of the value (flow). `maybe`: a relation in sight is open.
  Found find(std::string_view name, const Scope* scope);
  // Looks for `relation`.`name`.
  Found find(std::string_view relation, std::string_view name, const Scope* scope);
  const InSight* relation(std::string_view name, const Scope* scope) const;
  const InSight* relation(std::string_view schema, std::string_view name, const Scope* scope) const;
  // Whether a column of this name is in sight, or in any table of the catalog.
  bool is_field(std::string_view name, const Scope* scope) const;
  // Notes every column as used but those left out; gives the names of all.
  Columns all_columns(const InSight& relation, const std::vector<std::string>& but = {});

  // A join by columns of the same name, USING one or NATURAL: those of the relations from `first`
  // to before `right` are compared with those behind.
  void join_by_name(std::string_view name, const Scope& scope, std::size_t first,
                    std::size_t right);
  void join_by_every_name(const Scope& scope, std::size_t first, std::size_t right);

  Refusal unknown_column(std::string_view name, const Scope* scope) const;

  PersonalFlow& flow() { return flow_; }
  void give(Columns output) { output_ = std::move(output); }
  Resolved resolved() const;

 private:
  void use(const Relation& table, std::size_t column);
  Found find_in(const InSight& relation, std::string_view name);
  Found found_name(const Scope& scope, std::string_view name);

  const Relations& relations_;
  Letters letters_;
  std::string default_schema_;
  std::set<std::string> tables_;
  std::set<ColumnName> columns_;
  bool touches_personal_ = false;
  PersonalFlow flow_;
  Columns output_;
};

// The columns of a table, as they stand in FROM.
Columns columns_of(const Relation& table);

// The columns under the names that an alias gives them: AS t(a, b).
Columns renamed(Columns columns, const std::vector<std::string>& aliases);

}  // namespace insights::sql
