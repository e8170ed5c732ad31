// What a statement may read, as a plain value: the source (or whoever knows the database) fills it.
#pragma once

#include <string>
#include <vector>

namespace insights::sql {

struct RelationColumn {
  std::string name;
  std::string type;       // as the engine writes it
  bool personal = false;  // holds data about a person (email, phone, name ...)
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

// What the names of a statement were found to mean.
struct Resolved {
  std::vector<std::string> tables;  // each once, in order of name; "schema.name" with a schema
  std::vector<ColumnName> columns;  // of those tables, wherever the statement uses them; sorted
  bool touches_personal = false;    // whether one of the columns is personal
  bool operator==(const Resolved&) const = default;
};

}  // namespace insights::sql
