#include "source/postgres_role.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "sql/dialect.h"

namespace insights::source::postgres {

namespace {

constexpr std::size_t named_max = 3;

// What is found, as one column of texts.
base::Result<std::vector<std::string>> texts(Connection& connection, std::string text,
                                             const Patience& patience) {
  const auto rows = TRY(connection.run({std::move(text)}, patience));
  std::vector<std::string> found;
  for (const auto& row : rows.rows) found.push_back(text_of(row.at(0)));
  return found;
}

std::string listed(std::string_view what, const std::vector<std::string>& names) {
  const auto shown = std::min(names.size(), named_max);
  const std::vector<std::string> first(names.begin(),
                                       names.begin() + static_cast<std::ptrdiff_t>(shown));
  const auto more = names.size() - shown;
  return fmt::format("{} {}{}", what, fmt::join(first, ", "),
                     more == 0 ? "" : fmt::format(" and {} more", more));
}

// The roles that this one is, or may become by SET ROLE.
constexpr std::string_view member = "pg_has_role(r.oid, 'MEMBER')";

struct Attribute {
  std::string_view column, says;
};
constexpr std::array attributes{
    Attribute{"rolsuper", "is a superuser"}, Attribute{"rolcreaterole", "may create roles"},
    Attribute{"rolcreatedb", "may create databases"}, Attribute{"rolreplication", "may replicate"},
    Attribute{"rolbypassrls", "bypasses row-level security"}};

// Membership that reaches the server's machine, or writes.
constexpr std::string_view harmful_roles =
    "('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program', "
    "'pg_write_all_data', 'pg_signal_backend', 'pg_checkpoint', 'pg_maintain', "
    "'pg_create_subscription')";
// Membership that reads more than tables: no harm comes of it behind the gate.
constexpr std::string_view curious_roles =
    "('pg_monitor', 'pg_read_all_settings', 'pg_read_all_stats', 'pg_stat_scan_tables')";

constexpr std::string_view of_users = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

// One question, and how what it finds is told.
struct Question {
  std::string_view tells;
  std::string sql;
};

std::vector<Question> questions() {
  const auto relations = fmt::format(
      "SELECT n.nspname || '.' || c.relname FROM pg_catalog.pg_class c JOIN "
      "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE {} AND ",
      of_users);
  return {
      {"is a member of",
       fmt::format("SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.rolname IN {} AND {} ORDER "
                   "BY 1",
                   harmful_roles, member)},
      {"owns", relations +
                   "c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND pg_has_role(c.relowner, "
                   "'MEMBER') ORDER BY 1"},
      {"may write to",
       relations + "c.relkind IN ('r', 'p', 'v', 'f') AND NOT pg_has_role(c.relowner, 'MEMBER') "
                   "AND (has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER') "
                   "OR has_any_column_privilege(c.oid, 'INSERT, UPDATE')) ORDER BY 1"},
      {"may advance",
       relations + "c.relkind = 'S' AND NOT pg_has_role(c.relowner, 'MEMBER') AND "
                   "has_sequence_privilege(CASE WHEN c.relkind = 'S' THEN c.oid END, 'USAGE, "
                   "UPDATE') ORDER BY 1"},
      {"may create in schema",
       fmt::format("SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE {} AND "
                   "has_schema_privilege(n.oid, 'CREATE') ORDER BY 1",
                   of_users)},
      {"may create schemas in database",
       "SELECT current_database() WHERE has_database_privilege(current_database(), 'CREATE')"}};
}

}  // namespace

base::Result<RoleAudit> audit_role(Connection& connection, const Patience& patience) {
  RoleAudit audit;
  const auto names = TRY(texts(connection, "SELECT current_user", patience));
  audit.role = names.empty() ? "" : names.front();
  for (const auto& [column, says] : attributes) {
    const auto roles = TRY(
        texts(connection,
              fmt::format("SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.{} AND {} ORDER BY "
                          "r.rolname <> current_user, 1",
                          column, member),
              patience));
    if (roles.empty()) continue;
    audit.too_much.push_back(roles.front() == audit.role
                                 ? std::string(says)
                                 : fmt::format("may become {}, which {}", roles.front(), says));
    if (column == "rolsuper") return audit;  // all the rest follows
  }
  for (const auto& [tells, text] : questions()) {
    const auto found = TRY(texts(connection, text, patience));
    if (!found.empty()) audit.too_much.push_back(listed(tells, found));
  }
  const auto curious = TRY(texts(
      connection,
      fmt::format("SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.rolname IN {} AND {} ORDER "
                  "BY 1",
                  curious_roles, member),
      patience));
  if (!curious.empty())
    audit.notes.push_back(
        fmt::format("The role {} is a member of {}, which this program does not "
                    "need.",
                    audit.role, fmt::join(curious, ", ")));
  return audit;
}

base::Error refusal_of(const RoleAudit& audit) {
  return {base::ErrorKind::refused,
          fmt::format("the role {} may do more than read: it {}", audit.role,
                      fmt::join(audit.too_much, "; it ")),
          "insights doctor --role-sql SOURCE writes the script of a role that only reads. "
          "--allow-privileged-role goes on all the same."};
}

std::string role_script(std::string_view database, const std::vector<std::string>& schemas) {
  const auto base_name = sql::quote_identifier(database);
  std::string script = fmt::format(
      "-- A role for insights that reads the tables of this database and does nothing else.\n"
      "-- Run it in the database {}, with psql, as the owner of the tables or a superuser; then\n"
      "-- give the role a password: \\password insights_reader\n"
      "\n"
      "CREATE ROLE insights_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION\n"
      "  NOBYPASSRLS CONNECTION LIMIT 8;\n"
      "GRANT CONNECT ON DATABASE {} TO insights_reader;\n",
      base_name, base_name);
  for (const auto& schema : schemas) {
    const auto name = sql::quote_identifier(schema);
    script += fmt::format(
        "\nGRANT USAGE ON SCHEMA {0} TO insights_reader;\n"
        "GRANT SELECT ON ALL TABLES IN SCHEMA {0} TO insights_reader;\n"
        "-- and on those that the role who runs this creates later:\n"
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {0} GRANT SELECT ON TABLES TO insights_reader;\n",
        name);
  }
  script +=
      "\n-- Limits that hold when the program is not there to keep its own.\n"
      "ALTER ROLE insights_reader SET default_transaction_read_only = on;\n"
      "ALTER ROLE insights_reader SET statement_timeout = '10min';\n"
      "ALTER ROLE insights_reader SET lock_timeout = '5s';\n"
      "ALTER ROLE insights_reader SET idle_in_transaction_session_timeout = '15min';\n"
      "ALTER ROLE insights_reader SET work_mem = '64MB';\n"
      "-- A superuser may add one that the role itself cannot raise:\n"
      "--+ ALTER ROLE insights_reader SET temp_file_limit = '5GB';\n"
      "\n"
      "-- What PostgreSQL gives to everybody (PUBLIC) the role has too. Up to version 14 that is\n"
      "-- the right to create tables in schema public, with which insights refuses to start:\n"
      "REVOKE CREATE ON SCHEMA public FROM PUBLIC;\n"
      "\n"
      "-- The rest is a second wall behind the program's own. It takes something from every role\n"
      "-- of this database: look whether an application needs it, then take the \"--+ \" away "
      "(sed\n"
      "-- 's/^--+ //'), and grant it again to that application's role.\n";
  script += fmt::format("--+ REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC;\n", base_name);
  constexpr std::array functions{"lo_create(oid)",
                                 "lo_creat(integer)",
                                 "lo_from_bytea(oid, bytea)",
                                 "lo_open(oid, integer)",
                                 "lo_put(oid, bigint, bytea)",
                                 "lo_unlink(oid)",
                                 "pg_notify(text, text)",
                                 "set_config(text, text, boolean)",
                                 "pg_sleep(double precision)",
                                 "pg_sleep_for(interval)",
                                 "pg_sleep_until(timestamp with time zone)",
                                 "pg_advisory_lock(bigint)",
                                 "pg_advisory_lock(integer, integer)",
                                 "pg_advisory_lock_shared(bigint)",
                                 "pg_advisory_lock_shared(integer, integer)",
                                 "pg_advisory_xact_lock(bigint)",
                                 "pg_advisory_xact_lock(integer, integer)",
                                 "pg_advisory_xact_lock_shared(bigint)",
                                 "pg_advisory_xact_lock_shared(integer, integer)",
                                 "pg_try_advisory_lock(bigint)",
                                 "pg_try_advisory_lock(integer, integer)",
                                 "pg_try_advisory_lock_shared(bigint)",
                                 "pg_try_advisory_lock_shared(integer, integer)",
                                 "pg_try_advisory_xact_lock(bigint)",
                                 "pg_try_advisory_xact_lock(integer, integer)",
                                 "pg_try_advisory_xact_lock_shared(bigint)",
                                 "pg_try_advisory_xact_lock_shared(integer, integer)",
                                 "pg_logical_emit_message(boolean, text, text)",
                                 "pg_logical_emit_message(boolean, text, bytea)",
                                 "query_to_xml(text, boolean, boolean, text)",
                                 "query_to_xmlschema(text, boolean, boolean, text)",
                                 "query_to_xml_and_xmlschema(text, boolean, boolean, text)",
                                 "table_to_xml(regclass, boolean, boolean, text)",
                                 "schema_to_xml(name, boolean, boolean, text)",
                                 "database_to_xml(boolean, boolean, text)"};
  for (const auto* function : functions)
    script += fmt::format("--+ REVOKE EXECUTE ON FUNCTION pg_catalog.{} FROM PUBLIC;\n", function);
  return script;
}

}  // namespace insights::source::postgres
