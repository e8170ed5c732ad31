#include "catalog/read.h"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/currency.h"
#include "catalog/derive.h"
#include "catalog/repeats.h"
#include "catalog/roles.h"
#include "catalog/star.h"

namespace insights::catalog {

namespace {

base::Result<std::int64_t> count_rows(source::Source& source, const sql::Gate& gate,
                                      const std::string& from, std::stop_token stop) {
  const auto query = TRY(gate.check(fmt::format("SELECT count(*) AS rows FROM {}", from)));
  const auto result = TRY(source.query(query, {}, stop));
  const auto* rows = std::get_if<std::int64_t>(&result.rows.at(0).at(0));
  return rows == nullptr ? 0 : *rows;
}

std::string column_list(const source::Table& table, std::size_t columns) {
  std::string list;
  for (std::size_t i = 0; i < columns; ++i) {
    const auto& column = table.columns[i];
    list += (i == 0 ? "" : ", ") + source::column_sql(column);
    if (!column.sql.empty()) list += " AS " + sql::quote_identifier(column.name);
  }
  return list;
}

base::Result<frame::Frame> load_from(source::Source& source, const sql::Gate& gate,
                                     const source::Table& table, const std::string& from,
                                     const ReadOptions& options, std::stop_token stop) {
  const std::size_t width = std::min(table.columns.size(), options.load.columns_max);
  const std::vector<source::TableColumn> columns(
      table.columns.begin(), table.columns.begin() + static_cast<std::ptrdiff_t>(width));
  const auto rows = TRY(count_rows(source, gate, from, stop));
  const auto query =
      TRY(gate.check(fmt::format("SELECT {} FROM {}", column_list(table, width), from)));
  return frame::load(source, query, table.name, columns, rows, options.load, stop);
}

// Which rows are not looked at, as a condition on those that are, and why.
struct Restriction {
  std::string condition, note;
};

std::vector<Restriction> restrictions(const Subject& subject, const ReadOptions& options) {
  std::vector<Restriction> found;
  if (options.as_of && subject.time && subject.last_day > *options.as_of) {
    found.push_back({fmt::format("{} < DATE '{}'", subject.columns[*subject.time].sql,
                                 base::iso_text(base::Day{options.as_of->since_epoch + 1})),
                     fmt::format("rows of {} after {} are left out", subject.table,
                                 base::iso_text(*options.as_of))});
  }
  const auto currency = currency_column(subject);
  const bool is_mixed = currency && currency->values > 1;
  if (is_mixed && subject.money && subject.currency.empty()) {
    const auto& column = subject.columns[currency->column];
    found.push_back(
        {fmt::format("{} = {}", column.sql, sql::quote_text(currency->main)),
         fmt::format("{} holds amounts in {} currencies, which cannot be added: only the {} of {} "
                     "rows where {} is '{}' are looked at",
                     subject.table, currency->values, currency->rows, subject.frame.rows,
                     column.name, currency->main)});
  }
  return found;
}

// Do things that order (customers) have rows in more than one currency?
bool has_orders_in_several(const Subject& subject, const Vocabulary& vocabulary) {
  const auto currency = currency_column(subject);
  if (!currency || currency->values < 2 || !subject.is_coded(currency->column)) return false;
  const auto& currencies = subject.codes(currency->column).codes;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    const auto* kind = vocabulary.kind_named(subject.columns[i].kind);
    if (kind == nullptr || !kind->orders || !subject.is_coded(i)) continue;
    const auto& coded = subject.codes(i);
    std::vector<std::uint32_t> first(coded.values(), 0);
    for (std::size_t row = 0; row < subject.frame.rows; ++row) {
      const auto own = coded.codes[row], of_row = currencies[row];
      if (own == 0 || of_row == 0) continue;
      if (first[own] != 0 && first[own] != of_row) return true;
      first[own] = of_row;
    }
  }
  return false;
}

// One table as a Subject; read a second time when rows have to go.
base::Result<Subject> read_table(source::Source& source, const sql::Gate& gate,
                                 const source::Table& table, const Vocabulary& vocabulary,
                                 const TableMetadata& table_metadata, const ReadOptions& options,
                                 std::stop_token stop) {
  const auto relation = source::relation_sql(table);
  auto loaded = TRY(load_from(source, gate, table, relation, options, stop));
  if (options.on_loaded) options.on_loaded(table.name, static_cast<std::int64_t>(loaded.rows));
  const std::size_t width = loaded.columns.size();
  auto subject = understand(table, std::move(loaded), vocabulary, table_metadata);
  if (const auto left = restrictions(subject, options); !left.empty()) {
    std::string conditions;
    for (const auto& restriction : left)
      conditions += (conditions.empty() ? "" : " AND ") + restriction.condition;
    const auto kept_sql = fmt::format("(SELECT * FROM {} WHERE {})", relation, conditions);
    const auto from = kept_sql + " AS " + sql::quote_identifier(table.name);
    const bool orders_left_out =
        subject.money && subject.currency.empty() && has_orders_in_several(subject, vocabulary);
    auto kept = TRY(load_from(source, gate, table, from, options, stop));
    subject = understand(table, std::move(kept), vocabulary, table_metadata);
    subject.orders_left_out = orders_left_out;
    subject.relation_sql = kept_sql;
    subject.from_sql = from;
    for (const auto& restriction : left) subject.notes.push_back(restriction.note);
  }
  if (width < table.columns.size()) {
    subject.notes.push_back(fmt::format("{} has {} columns; the first {} are looked at", table.name,
                                        table.columns.size(), width));
  }
  if (subject.frame.truncated()) {
    subject.notes.push_back(fmt::format("{} has {} rows; the first {} were read", table.name,
                                        subject.frame.rows_in_source, subject.frame.rows));
  }
  return subject;
}

// A table that goes while it is read, or that the role may not read after all, is left out. A
// connection that was lost is tried once more: what it had given is thrown away.
base::Result<Subject> read_or_retry(source::Source& source, const sql::Gate& gate,
                                    const source::Table& table, const Vocabulary& vocabulary,
                                    const TableMetadata& table_metadata, const ReadOptions& options,
                                    std::stop_token stop) {
  auto subject = read_table(source, gate, table, vocabulary, table_metadata, options, stop);
  if (!subject && subject.error().kind == base::ErrorKind::disconnected)
    return read_table(source, gate, table, vocabulary, table_metadata, options, stop);
  return subject;
}

bool is_of_one_table(const base::Error& error) {
  return error.kind == base::ErrorKind::unavailable || error.kind == base::ErrorKind::invalid_input;
}

// The first by the database's own estimate of their rows, when there are more than are looked at;
// in the source's order.
std::vector<const source::Table*> tables_to_read(const std::vector<source::Table>& tables,
                                                 std::size_t tables_max) {
  std::vector<const source::Table*> chosen;
  for (const auto& table : tables) chosen.push_back(&table);
  if (chosen.size() <= tables_max) return chosen;
  std::ranges::stable_sort(chosen, [](const source::Table* a, const source::Table* b) {
    return a->rows_estimated.value_or(0) > b->rows_estimated.value_or(0);
  });
  chosen.resize(tables_max);
  std::ranges::sort(chosen);
  return chosen;
}

// Facts before lists: a table with a time and money says more than one without.
double weight(const Subject& subject) {
  return (subject.time ? 1e15 : 0) + (subject.money ? 1e12 : 0) +
         static_cast<double>(subject.joins.size()) * 1e9 + static_cast<double>(subject.frame.rows);
}

}  // namespace

base::Result<Catalog> read(source::Source& source, const sql::Gate& gate,
                           const Vocabulary& vocabulary, const Metadata& metadata,
                           const ReadOptions& options, std::stop_token stop) {
  Catalog catalog;
  catalog.business_context = metadata.business_context;
  catalog.notes = source.notes();
  const auto& tables = source.tables();
  if (tables.empty()) {
    return base::fail(base::ErrorKind::invalid_input, "the source has no tables",
                      "name files or a database that holds some");
  }
  std::vector<Subject> subjects;
  std::optional<base::Error> first_error;
  for (const auto* table : tables_to_read(tables, options.tables_max)) {
    const auto found = metadata.tables.find(table->name);
    static const TableMetadata none;
    auto subject =
        read_or_retry(source, gate, *table, vocabulary,
                      found == metadata.tables.end() ? none : found->second, options, stop);
    if (subject) {
      subjects.push_back(*std::move(subject));
      continue;
    }
    if (!is_of_one_table(subject.error())) return std::unexpected(subject.error());
    if (!first_error) first_error = subject.error();
    catalog.left_out =
        fmt::format("table {} was left out: {}", table->name, subject.error().message);
    catalog.notes.push_back(catalog.left_out);
  }
  if (subjects.empty() && first_error) return std::unexpected(*first_error);
  if (tables.size() > options.tables_max) {
    catalog.notes.push_back(
        fmt::format("the source has {} tables; the {} {} are looked at", tables.size(),
                    tables.front().rows_estimated ? "largest" : "first", options.tables_max));
  }
  for (const auto& [name, entry] : metadata.tables) {
    const bool known =
        std::ranges::any_of(tables, [&](const source::Table& table) { return table.name == name; });
    if (!known)
      catalog.notes.push_back(fmt::format(
          "{} describes a table \"{}\" that the source does not have", entry.file, name));
  }
  catalog.subjects = join_stars(without_repeats(std::move(subjects)));
  for (auto& subject : catalog.subjects) derive_durations(subject, vocabulary);
  std::ranges::stable_sort(
      catalog.subjects, [](const Subject& a, const Subject& b) { return weight(a) > weight(b); });
  for (const auto& subject : catalog.subjects) {
    catalog.notes.insert(catalog.notes.end(), subject.notes.begin(), subject.notes.end());
  }
  return catalog;
}

}  // namespace insights::catalog
