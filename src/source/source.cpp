#include "source/source.h"

namespace insights::source {

std::string relation_sql(const Table& table) {
  return table.relation.empty() ? sql::quote_identifier(table.name) : table.relation;
}

std::string column_sql(const TableColumn& column) {
  return column.sql.empty() ? sql::quote_identifier(column.name) : column.sql;
}

}  // namespace insights::source
