// What a person wrote down about the tables: one JSON file a table, and business_context.txt.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace insights::catalog {

// One column of a metadata file. `type`, `unit` and `description` are the format's own keys; the
// others are this program's additions, all optional, and correct what the catalog inferred.
struct ColumnMetadata {
  std::string type, unit, description;
  std::string label;         // what sentences call it
  std::string role;          // a Role by name
  std::string kind;          // a kind or measure of the vocabulary
  std::string label_column;  // entity: the column that names it
  std::string return_value;  // the value that marks a return
  std::optional<bool> additive;
  std::optional<std::string> personal{};  // a kind of personal data; "": it is none
  std::string policy{};                   // "mask", "allow" or "refuse"; "": as its kind says
};

struct TableMetadata {
  std::string file;
  std::map<std::string, ColumnMetadata> columns;
};

struct Metadata {
  std::map<std::string, TableMetadata> tables;  // by table name (the file's stem)
  std::string business_context;
};

// Reads every *.json and business_context.txt of a directory; "" gives empty metadata. Files over 1
// MB are refused. Errors: not_found (no such directory), invalid_input (which file, where in it,
// what to write instead).
base::Result<Metadata> read_metadata(const std::string& directory);

}  // namespace insights::catalog
