#include "source/postgres_catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "sql/dialect.h"

namespace insights::source::postgres {

namespace {

// Relations that hold rows of the user's own, and that the role may read. `c` is pg_class, `n` its
// schema. Partitions are read through their table; what an extension made is its business.
constexpr std::string_view readable =
    "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT c.relispartition "
    "AND has_schema_privilege(n.oid, 'USAGE') "
    "AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT')) "
    "AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = "
    "'e' AND d.classid = CAST('pg_catalog.pg_class' AS regclass))";

constexpr std::string_view relations =
    "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace";

struct Relation {
  std::int64_t id = 0;
  std::string schema, quoted_schema, name, quoted_name, kind, comment;
  std::optional<std::int64_t> rows;
  bool has_rows = true;  // a materialized view may not have been filled
};

std::int64_t number_of(const Cell& cell) {
  const auto* number = std::get_if<std::int64_t>(&cell);
  return number == nullptr ? 0 : *number;
}

bool is_true(const Cell& cell) {
  const auto* value = std::get_if<bool>(&cell);
  return value != nullptr && *value;
}

base::Result<std::vector<Relation>> read_relations(Connection& connection,
                                                   const Patience& patience) {
  const auto text = fmt::format(
      "SELECT CAST(c.oid AS bigint), n.nspname, quote_ident(n.nspname), c.relname, "
      "quote_ident(c.relname), CAST(c.relkind AS text), coalesce(obj_description(c.oid, "
      "'pg_class'), ''), CAST(c.reltuples AS bigint), c.relispopulated FROM {} WHERE c.relkind IN "
      "('r', 'p', 'v', 'm', 'f') AND {} ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\"",
      relations, readable);
  const auto rows = TRY(connection.run({text}, patience));
  std::vector<Relation> found;
  for (const auto& row : rows.rows) {
    Relation relation{number_of(row[0]), text_of(row[1]), text_of(row[2]),
                      text_of(row[3]),   text_of(row[4]), text_of(row[5]),
                      text_of(row[6]),   std::nullopt,    is_true(row[8])};
    // Below zero: never analyzed. A view has none.
    if (number_of(row[7]) >= 0 && relation.kind != "v") relation.rows = number_of(row[7]);
    found.push_back(std::move(relation));
  }
  return found;
}

struct ColumnType {
  std::string name;  // of the type, or of what the domain is made of
  bool bytes_order;  // texts of it are ordered by their bytes already
};

// How a query reads the column: see TableColumn::sql.
std::string reading_of(const std::string& column, const ColumnType& type, bool database_by_bytes) {
  static const std::set<std::string, std::less<>> plain{
      "int2", "int4", "int8", "float4", "float8", "numeric", "bool", "date", "oid", "timestamp"};
  const auto quoted = sql::quote_identifier(column);
  if (plain.contains(type.name)) return "";
  if (type.name == "timestamptz") return fmt::format("timezone('UTC', {})", quoted);
  if (type.name == "money") return fmt::format("CAST({} AS numeric)", quoted);
  const bool is_text = type.name == "text" || type.name == "varchar";
  if (is_text) return type.bytes_order ? "" : fmt::format("{} COLLATE \"C\"", quoted);
  return fmt::format("CAST({} AS text){}", quoted, database_by_bytes ? "" : " COLLATE \"C\"");
}

struct ReadColumns {
  std::map<std::int64_t, std::vector<TableColumn>> of;  // by relation
  std::map<std::int64_t, std::vector<std::string>> binary;
};

base::Result<ReadColumns> read_columns(Connection& connection, const Patience& patience) {
  // A collation's locale; the database's own one is called "default" and has none.
  constexpr std::string_view by_bytes = "IN ('C', 'POSIX', 'ucs_basic')";
  const auto text = fmt::format(
      "SELECT CAST(a.attrelid AS bigint), a.attname, format_type(a.atttypid, a.atttypmod), "
      "coalesce(col_description(a.attrelid, a.attnum), ''), b.typname, "
      "coalesce(k.collname = 'default' AND p.by_bytes OR k.collname {0}, false), p.by_bytes "
      "FROM pg_catalog.pg_attribute a JOIN {1} ON c.oid = a.attrelid "
      "JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
      "JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE "
      "t.oid END LEFT JOIN pg_catalog.pg_collation k ON k.oid = a.attcollation "
      "CROSS JOIN (SELECT d.datcollate {0} AND coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') = "
      "'c' AS by_bytes FROM pg_catalog.pg_database d WHERE d.datname = current_database()) p "
      "WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm') AND {2} "
      "AND has_column_privilege(c.oid, a.attnum, 'SELECT') ORDER BY a.attrelid, a.attnum",
      by_bytes, relations, readable);
  const auto rows = TRY(connection.run({text}, patience));
  ReadColumns columns;
  for (const auto& row : rows.rows) {
    const auto relation = number_of(row[0]);
    const auto name = text_of(row[1]), type = text_of(row[4]);
    if (type == "bytea") {
      columns.binary[relation].push_back(name);
      continue;
    }
    columns.of[relation].push_back(
        {.name = name,
         .engine_type = text_of(row[2]),
         .comment = text_of(row[3]),
         .sql = reading_of(name, {type, is_true(row[5])}, is_true(row[6]))});
  }
  return columns;
}

struct Keys {
  std::map<std::int64_t, std::vector<std::string>> primary;  // by relation
  struct Foreign {
    std::int64_t to = 0;
    std::vector<std::string> columns, to_columns;
  };
  std::map<std::int64_t, std::vector<Foreign>> foreign;
};

base::Result<Keys> read_keys(Connection& connection, const Patience& patience) {
  const auto text = fmt::format(
      "SELECT CAST(k.oid AS bigint), CAST(k.conrelid AS bigint), CAST(k.contype AS text), "
      "CAST(k.confrelid AS bigint), a.attname, coalesce(f.attname, '') "
      "FROM pg_catalog.pg_constraint k JOIN {} ON c.oid = k.conrelid "
      "CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS u(own, other, place) "
      "JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.own "
      "LEFT JOIN pg_catalog.pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = u.other "
      "WHERE k.contype IN ('p', 'f') AND {} ORDER BY k.conrelid, k.conname COLLATE \"C\", k.oid, "
      "u.place",
      relations, readable);
  const auto rows = TRY(connection.run({text}, patience));
  Keys keys;
  std::int64_t constraint = 0;
  for (const auto& row : rows.rows) {
    const auto relation = number_of(row[1]);
    if (text_of(row[2]) == "p") {
      keys.primary[relation].push_back(text_of(row[4]));
      continue;
    }
    auto& foreign = keys.foreign[relation];
    if (constraint != number_of(row[0])) foreign.push_back({number_of(row[3]), {}, {}});
    constraint = number_of(row[0]);
    foreign.back().columns.push_back(text_of(row[4]));
    foreign.back().to_columns.push_back(text_of(row[5]));
  }
  return keys;
}

// The schema's place: that of the role's search path, then by name.
std::size_t rank_of(const std::string& schema, const std::vector<std::string>& path) {
  return static_cast<std::size_t>(std::ranges::find(path, schema) - path.begin());
}

void note_left_out(std::vector<std::string>& notes, const Relation& relation,
                   std::string_view why) {
  notes.push_back(fmt::format("{}.{} was left out: {}.", relation.schema, relation.name, why));
}

}  // namespace

base::Result<std::vector<std::string>> default_schemas(Connection& connection,
                                                       const Patience& patience) {
  const auto rows = TRY(connection.run(
      {"SELECT s.name FROM unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY AS s(name, "
       "place) ORDER BY s.place"},
      patience));
  std::vector<std::string> schemas;
  for (const auto& row : rows.rows) schemas.push_back(text_of(row[0]));
  return schemas;
}

base::Result<Contents> read_contents(Connection& connection, const std::string& database_name,
                                     const std::vector<std::string>& default_schemas,
                                     const Patience& patience) {
  auto found = TRY(read_relations(connection, patience));
  auto columns = TRY(read_columns(connection, patience));
  auto keys = TRY(read_keys(connection, patience));
  std::ranges::stable_sort(found, [&](const Relation& a, const Relation& b) {
    return rank_of(a.schema, default_schemas) < rank_of(b.schema, default_schemas);
  });
  Contents contents;
  std::set<std::string> taken;
  std::map<std::int64_t, std::string> names;
  for (const auto& relation : found) {
    const bool first = taken.insert(relation.name).second;
    names[relation.id] = first ? relation.name : relation.schema + "." + relation.name;
  }
  for (const auto& relation : found) {
    if (relation.kind == "f") {
      note_left_out(contents.notes, relation, "it is a foreign table, on another server");
      continue;
    }
    if (!relation.has_rows) {
      note_left_out(contents.notes, relation, "it is a materialized view that was never filled");
      continue;
    }
    if (const auto binary = columns.binary.find(relation.id); binary != columns.binary.end()) {
      for (const auto& name : binary->second) {
        contents.notes.push_back(fmt::format("{}.{}: column {} was left out: it holds bytes.",
                                             relation.schema, relation.name, name));
      }
    }
    if (columns.of[relation.id].empty()) continue;
    Table table{.name = names[relation.id],
                .origin = fmt::format("schema {} of {}", relation.schema, database_name),
                .columns = std::move(columns.of[relation.id]),
                .comment = relation.comment,
                .schema = relation.schema,
                .own_name = relation.name,
                .relation = sql::quote_identifier(relation.schema) + "." +
                            sql::quote_identifier(relation.name),
                .dialect = sql::Dialect::postgres,
                .primary_key = std::move(keys.primary[relation.id]),
                .foreign_keys = {},
                .rows_estimated = relation.rows,
                .is_view = relation.kind == "v"};
    for (auto& foreign : keys.foreign[relation.id]) {
      const auto to = names.find(foreign.to);
      if (to == names.end()) continue;  // of a table that the role may not read
      table.foreign_keys.push_back(
          {std::move(foreign.columns), to->second, std::move(foreign.to_columns)});
    }
    if (std::ranges::find(contents.schemas, relation.quoted_schema) == contents.schemas.end())
      contents.schemas.push_back(relation.quoted_schema);
    contents.tables.push_back(std::move(table));
  }
  return contents;
}

}  // namespace insights::source::postgres
