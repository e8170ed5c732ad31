#include "source/gate.h"

namespace insights::source {

sql::Relations relations_of(const Source& source) {
  sql::Relations relations;
  for (const auto& table : source.tables()) {
    sql::Relation relation{table.schema, table.own_name.empty() ? table.name : table.own_name, {}};
    for (const auto& column : table.columns)
      relation.columns.push_back({column.name, column.engine_type});
    relations.push_back(std::move(relation));
  }
  return relations;
}

base::Result<sql::Gate> open_gate(const Source& source) {
  return sql::Gate::open(source.dialect(), relations_of(source));
}

}  // namespace insights::source
