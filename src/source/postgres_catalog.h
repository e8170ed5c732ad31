// What a PostgreSQL database holds that the role may read, from the server's own catalog: tables,
// views, materialized and partitioned tables, with comments, keys and the estimates of ANALYZE.
//
// A table is called by its name alone; where two schemas have one of that name, the first in the
// order of the search path keeps it and the others are called schema.table. SQL always names the
// schema. What has no type of ours is read as text, and texts in the order of their bytes, so that
// an ORDER BY gives what it gives everywhere else.
#pragma once

#include <string>
#include <vector>

#include "source/postgres_connection.h"
#include "source/source.h"

namespace insights::source::postgres {

struct Contents {
  std::vector<Table> tables;         // in the order of the schemas, then by name
  std::vector<std::string> schemas;  // that hold them, in order; quoted as in SQL
  std::vector<std::string> notes;    // what was left out
};

// Reads it in the transaction of `connection`. `default_schemas`: the role's own search path.
// Errors: those of Connection::run.
base::Result<Contents> read_contents(Connection& connection, const std::string& database_name,
                                     const std::vector<std::string>& default_schemas,
                                     const Patience& patience);

// The schemas that the role looks names up in, in order, as they are named.
base::Result<std::vector<std::string>> default_schemas(Connection& connection,
                                                       const Patience& patience);

}  // namespace insights::source::postgres
