// What a statement may read, as a plain value: the source (or whoever knows the database) fills it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql/refusal.h"

namespace insights::sql {

// How much the values of a column tell about a person; a later one tells more.
enum class Privacy {
  open,     // nothing
  masked,   // they name somebody: not shown to a model
  guarded,  // they reach or identify somebody (email, phone, papers ...): nor found out by
            // comparing
  closed,   // not to be read at all
};

struct RelationColumn {
  std::string name;
  std::string type;  // as the engine writes it
  Privacy privacy = Privacy::open;
  bool operator==(const RelationColumn&) const = default;
};

struct Relation {
  std::string schema;  // empty: of the dialect's default schema, and named without one
  std::string name;
  std::vector<RelationColumn> columns;
  bool operator==(const Relation&) const = default;
};

// All that may be read. A name that is not here does not exist for the gate.
using Relations = std::vector<Relation>;

struct ColumnName {
  std::string table, column;
  auto operator<=>(const ColumnName&) const = default;
};

// A column of a result, and what its values tell about persons.
struct NamedColumn {
  std::string name;
  Privacy privacy = Privacy::open;
  bool operator==(const NamedColumn&) const = default;
};

// The columns that a subquery, table or table function gives.
struct Columns {
  std::vector<NamedColumn> all;
  bool is_open = false;          // there are more, whose names only the engine knows
  bool is_counted = true;        // `all` has one entry a column, in order
  Privacy rest = Privacy::open;  // of those whose names are not known
  bool operator==(const Columns&) const = default;
};

// What the names of a statement were found to mean.
struct Resolved {
  std::vector<std::string> tables;  // each once, in order of name; "schema.name" with a schema
  std::vector<ColumnName> columns;  // of those tables, wherever the statement uses them; sorted
  bool touches_personal = false;    // whether one of the columns is personal
  Columns output;                   // what the statement gives
  // How the statement gives personal data away though its columns are masked: by comparing it with
  // what is known, in the order of rows, in the words of an error.
  std::optional<Refusal> disclosure;
  bool operator==(const Resolved&) const = default;
};

// Whether each column of a result, by their names as the engine gave them, holds values that name
// or reach persons. When in doubt it does.
std::vector<bool> personal_columns(const Resolved& resolved, const std::vector<std::string>& names);
// Whether a column of the result does.
bool gives_personal(const Resolved& resolved);

}  // namespace insights::sql
