// What the tables are and what they mean to the business: types, roles, units, keys, dependencies,
// joins.
//
// A Subject is one table to analyse: a table of the source, or a fact table with the tables it
// refers to joined on (a star). Its columns and its frame go together: column i of the one is
// column i of the other. Roles come from the metadata file if it says so, else from names
// (vocabulary) and from the data, and each column says why. Nothing here is particular to any data
// set.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/calendar.h"
#include "catalog/vocabulary.h"
#include "frame/frame.h"
#include "source/source.h"
#include "sql/dialect.h"

namespace insights::catalog {

enum class Role {
  time,        // when it happened
  entity,      // customer, product, batch ...: a thing findings can be about
  dimension,   // region, segment, channel ...: a way to group
  measure,     // a number to add up or average
  flag,        // happened or not
  identifier,  // names one row or one document; never grouped by
  label,       // the human name of an entity's code
  text,        // free text
  unused,      // constant, empty or of a type nothing can be said about
};

std::string_view name(Role role);
std::optional<Role> role_named(std::string_view name);

struct Column {
  std::string name;  // in its table
  std::string engine_type;
  frame::Type type = frame::Type::text;
  Role role = Role::unused;
  std::string kind;          // of the vocabulary: "customer", "money", "quantity" ...; may be empty
  std::string unit;          // ISO currency for money; "units", "%", "hours"; may be empty
  std::string description;   // from metadata or the database's comment
  std::string label;         // what sentences call it: metadata's label, else the name as it is
  std::string noun;          // what one of its values is called: "customer", "sales region"
  std::string nouns;         // plural of noun
  std::string label_column;  // entity: the column that names it for people; may be empty
  std::string return_value;  // dimension: the value that marks a return; from metadata or the data
  bool additive = false;     // measure: summing over rows makes sense
  bool money = false;
  int polarity = 0;  // flag: -1 bad news when it happens, +1 good news, 0 unknown
  bool from_metadata = false;
  bool derived = false;              // made by the catalog from other columns; sql is its formula
  std::vector<std::string> made_of;  // derived: those columns
  std::string table;                 // that it comes from (a star has several)
  std::string sql;                   // how an evidence query writes it
  std::string read_sql{};            // how a query reads what the table holds: a column's own value
  std::string why;                   // the role, in words for a person

  // The SQL of the number as an exact decimal, so that sums do not depend on the order of rows.
  std::string exact_sql;

  // Set when DuckDB's compensated sum of the doubles, rounded to so many decimals, is that exact
  // sum as well, and is had sooner.
  std::optional<int> sum_decimals;
};

// Rows that take earlier sales back: `sql` is true on them.
struct ReturnMarker {
  std::string sql;
  std::string how;          // "quantity is negative", "billing code is RE"
  std::size_t flag_column;  // derived 0/1 column of the frame
  std::size_t size_column;  // the measure whose sign tells (quantity)
};

// Gross to net, each not above the one before; the discount steps lie between.
struct MoneyChain {
  std::vector<std::size_t> columns;
};

// total = factor_a * factor_b, or total = left - right, on (nearly) every row.
struct Identity {
  enum class Operation { product, difference };
  Operation operation = Operation::product;
  std::size_t total = 0, left = 0, right = 0;
  std::int64_t broken_rows = 0;  // rows where it fails; the identity still holds on nearly all
};

struct Join {
  std::string from_column, to_table, to_column;
  bool declared = false;  // by a key of the database; else inferred from names and values
  double matched = 0;     // share of rows that find a partner
};

// A number or a date of the thing that a row refers to, joined on: it can be compared, over those
// things, but neither summed nor averaged over rows, so its column has the role `unused`.
struct Owned {
  std::size_t column = 0, owner = 0;  // columns; the owner's value decides the other
};

struct Subject {
  std::string table;         // of the source: the fact table
  std::string noun, nouns;   // what a row is called: "row", "order line", "incident"
  std::string from_sql;      // what follows FROM in an evidence query
  std::string relation_sql;  // the rows of the table alone, without an alias
  std::string origin;
  std::vector<Column> columns;
  frame::Frame frame;

  std::optional<std::size_t> time;
  std::optional<std::size_t> money;  // the main measure: net sales
  std::optional<std::size_t> quantity;
  std::optional<std::size_t> price;
  std::optional<MoneyChain> chain;
  std::optional<ReturnMarker> returns;
  std::vector<Identity> identities;
  std::vector<source::ForeignKey> foreign_keys;  // of the table, by the database
  std::vector<Join> joins;
  std::vector<Owned> owned;
  // determines[a][b]: every value of coded column a goes with one value of column b (null aside).
  std::vector<std::vector<bool>> determines;
  std::string currency;  // ISO; may be empty
  // Rows in other currencies were left out, and some things that order have rows in several: what
  // is kept does not say when they ordered.
  bool orders_left_out = false;
  base::Day first_day, last_day;  // of the time column; equal when there is none
  std::vector<std::string> notes;

  const Column* find(std::string_view name) const;
  std::optional<std::size_t> index_of(std::string_view name) const;
  // Columns of that role that have codes in the frame.
  std::vector<std::size_t> coded_with_role(Role role) const;
  const frame::Coded& codes(std::size_t column) const;           // ensure: the column is coded
  const std::vector<double>& numbers(std::size_t column) const;  // ensure: the column is numeric
  bool is_coded(std::size_t column) const { return frame.columns[column].coded() != nullptr; }
  // Does a determine b, a != b?
  bool has_dependency(std::size_t a, std::size_t b) const;
};

struct Catalog {
  std::vector<Subject> subjects;  // largest and best linked first
  std::string business_context;
  std::vector<std::string> notes;
  std::string left_out;  // why not all tables could be read; empty when all were
};

}  // namespace insights::catalog
