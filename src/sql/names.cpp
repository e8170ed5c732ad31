#include "sql/names.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"
#include "sql/letters.h"

namespace insights::sql {

namespace {

// As much of a name as a message shows and is compared.
std::string_view shortened(std::string_view name) {
  constexpr std::size_t characters_max = 100;
  return name.substr(0, characters_max);
}

std::string full_name(const Relation& table) {
  return table.schema.empty() ? table.name : table.schema + "." + table.name;
}

}  // namespace

bool Names::same(std::string_view left, std::string_view right) const {
  if (letters_ == Letters::exact) return left == right;
  return std::ranges::equal(left, right, {}, small_letter, small_letter);
}

const CommonTable* Names::common_table(std::string_view name, const CommonTables* tables) const {
  for (; tables != nullptr; tables = tables->outer) {
    for (const auto& table : tables->tables) {
      if (same(table.name, name)) return &table;
    }
  }
  return nullptr;
}

std::expected<const Relation*, Refusal> Names::table(std::string_view schema,
                                                     std::string_view name) {
  for (const auto& relation : relations_) {
    const std::string_view its_schema =
        relation.schema.empty() ? std::string_view(default_schema_) : relation.schema;
    const bool in_schema = same(its_schema, schema.empty() ? default_schema_ : schema);
    if (!in_schema || !same(relation.name, name)) continue;
    tables_.insert(full_name(relation));
    return &relation;
  }
  std::vector<std::string> known;
  for (const auto& relation : relations_) known.push_back(full_name(relation));
  const auto wanted = schema.empty() ? std::string(shortened(name))
                                     : fmt::format("{}.{}", shortened(schema), shortened(name));
  return refuse(RefusalClass::relation, fmt::format("there is no table {} to read", wanted),
                known.empty() ? "This source has no tables; write a SELECT without FROM."
                              : base::did_you_mean(wanted, known));
}

void Names::use(const Relation& table, std::size_t column) {
  if (column >= table.columns.size()) return;
  const auto& used = table.columns[column];
  columns_.insert({full_name(table), used.name});
  touches_personal_ = touches_personal_ || used.privacy != Privacy::open;
  if (used.privacy == Privacy::closed) flow_.close(used.name);
}

Names::Found Names::find_in(const InSight& relation, std::string_view name) {
  const auto& all = relation.columns.all;
  for (std::size_t index = 0; index < all.size(); ++index) {
    if (!same(all[index].name, name)) continue;
    if (relation.table != nullptr) use(*relation.table, index);
    flow_.carry(all[index].privacy);
    return Found::column;
  }
  if (!relation.columns.is_open) return Found::nothing;
  flow_.carry(relation.columns.rest);
  return Found::maybe;
}

Names::Found Names::found_name(const Scope& scope, std::string_view name) {
  auto found = Found::nothing;
  for (const auto& own : scope.names) {
    if (!same(own.name, name)) continue;
    flow_.carry(own.privacy);
    found = Found::name;
  }
  return found;
}

Names::Found Names::find(std::string_view name, const Scope* scope) {
  auto best = Found::nothing;
  for (; scope != nullptr; scope = scope->outer) {
    auto here = Found::nothing;
    for (const auto& relation : scope->relations) {
      const auto found = find_in(relation, name);
      if (found == Found::column || (found == Found::maybe && here == Found::nothing)) here = found;
    }
    if (here == Found::column) return here;
    if (found_name(*scope, name) == Found::name) return Found::name;
    for (const auto& relation : scope->relations) {
      if (!same(relation.name, name)) continue;
      all_columns(relation);
      return Found::whole_row;
    }
    if (here == Found::maybe) best = here;
  }
  return best;
}

Names::Found Names::find(std::string_view relation_name, std::string_view name,
                         const Scope* scope) {
  const auto* found = relation(relation_name, scope);
  return found == nullptr ? Found::nothing : find_in(*found, name);
}

const InSight* Names::relation(std::string_view name, const Scope* scope) const {
  for (; scope != nullptr; scope = scope->outer) {
    for (const auto& relation : scope->relations) {
      if (!relation.name.empty() && same(relation.name, name)) return &relation;
    }
  }
  return nullptr;
}

const InSight* Names::relation(std::string_view schema, std::string_view name,
                               const Scope* scope) const {
  for (; scope != nullptr; scope = scope->outer) {
    for (const auto& relation : scope->relations) {
      if (!relation.schema.empty() && same(relation.schema, schema) && same(relation.name, name))
        return &relation;
    }
  }
  return nullptr;
}

bool Names::is_field(std::string_view name, const Scope* scope) const {
  const auto is_it = [&](const auto& other) { return same(name, other); };
  for (const auto& relation : relations_) {
    if (std::ranges::any_of(relation.columns, is_it, &RelationColumn::name)) return true;
  }
  for (; scope != nullptr; scope = scope->outer) {
    if (std::ranges::any_of(scope->names, is_it, &NamedColumn::name)) return true;
    for (const auto& relation : scope->relations) {
      if (std::ranges::any_of(relation.columns.all, is_it, &NamedColumn::name)) return true;
    }
  }
  return false;
}

Columns Names::all_columns(const InSight& relation, const std::vector<std::string>& but) {
  const auto& all = relation.columns.all;
  for (std::size_t index = 0; index < all.size(); ++index) {
    const auto left_out = [&](const std::string& name) { return same(name, all[index].name); };
    if (std::ranges::any_of(but, left_out)) continue;
    if (relation.table != nullptr) use(*relation.table, index);
    flow_.carry(all[index].privacy);
  }
  flow_.carry(relation.columns.rest);
  return relation.columns;
}

void Names::join_by_name(std::string_view name, const Scope& scope, std::size_t first,
                         std::size_t right) {
  std::optional<Privacy> sides[2];
  for (std::size_t index = first; index < scope.relations.size(); ++index) {
    auto& side = sides[index < right ? 0 : 1];
    const auto& columns = scope.relations[index].columns;
    if (columns.is_open) side = std::max(side.value_or(Privacy::open), columns.rest);
    for (const auto& column : columns.all) {
      if (same(column.name, name)) side = std::max(side.value_or(Privacy::open), column.privacy);
    }
  }
  if (sides[0] && sides[1]) flow_.compare({*sides[0], true}, {*sides[1], true}, true);
}

void Names::join_by_every_name(const Scope& scope, std::size_t first, std::size_t right) {
  for (std::size_t index = first; index < right; ++index) {
    for (const auto& column : scope.relations[index].columns.all)
      join_by_name(column.name, scope, first, right);
  }
}

Refusal Names::unknown_column(std::string_view name, const Scope* scope) const {
  name = shortened(name);
  std::vector<std::string> known;
  for (; scope != nullptr; scope = scope->outer) {
    for (const auto& relation : scope->relations) {
      for (const auto& column : relation.columns.all) known.push_back(column.name);
    }
  }
  return {RefusalClass::column, fmt::format("there is no column {} here", name),
          known.empty() ? "Name the table that has it in FROM." : base::did_you_mean(name, known)};
}

Resolved Names::resolved() const {
  return {{tables_.begin(), tables_.end()},
          {columns_.begin(), columns_.end()},
          touches_personal_,
          output_,
          flow_.disclosure()};
}

Columns columns_of(const Relation& table) {
  Columns columns;
  for (const auto& column : table.columns) columns.all.push_back({column.name, column.privacy});
  return columns;
}

Columns renamed(Columns columns, const std::vector<std::string>& aliases) {
  for (std::size_t index = 0; index < aliases.size(); ++index) {
    if (index < columns.all.size() && columns.is_counted) {
      columns.all[index].name = aliases[index];
    } else {
      // Which column it renames is not known.
      columns.all.push_back({aliases[index], most(columns)});
    }
  }
  return columns;
}

}  // namespace insights::sql
