// What the role may do on the server beyond reading, and the script that makes one that may not.
//
// A read-only transaction is not enough: a superuser in one reads files and runs programs. So a
// role that could change something, or that reaches the server's machine, is refused.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "source/postgres_connection.h"
#include "source/source.h"

namespace insights::source::postgres {

struct RoleAudit {
  std::string role;
  std::vector<std::string> too_much;  // "is a superuser", "may write to the table public.orders"
  std::vector<std::string> notes;     // what could be less, but does no harm
};

// Errors: those of Connection::run.
base::Result<RoleAudit> audit_role(Connection& connection, const Patience& patience);

// The refusal of a role that may do too much.
base::Error refusal_of(const RoleAudit& audit);

// The script, for psql as the owner of the tables or a superuser: a role that may read `schemas`
// and nothing more. `schemas` and `database` as they are named, unquoted.
std::string role_script(std::string_view database, const std::vector<std::string>& schemas);

}  // namespace insights::source::postgres
