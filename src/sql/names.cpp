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
  columns_.insert({full_name(table), table.columns[column].name});
  touches_personal_ = touches_personal_ || table.columns[column].personal;
}

Names::Found Names::find_in(const InSight& relation, std::string_view name) {
  const auto& names = relation.columns.names;
  for (std::size_t index = 0; index < names.size(); ++index) {
    if (!same(names[index], name)) continue;
    if (relation.table != nullptr) use(*relation.table, index);
    return Found::column;
  }
  return relation.columns.is_open ? Found::maybe : Found::nothing;
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
    if (std::ranges::any_of(scope->names, [&](const auto& own) { return same(own, name); }))
      return Found::name;
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
    if (std::ranges::any_of(scope->names, is_it)) return true;
    for (const auto& relation : scope->relations) {
      if (std::ranges::any_of(relation.columns.names, is_it)) return true;
    }
  }
  return false;
}

Columns Names::all_columns(const InSight& relation, const std::vector<std::string>& but) {
  if (relation.table != nullptr) {
    for (std::size_t index = 0; index < relation.columns.names.size(); ++index) {
      const auto& column = relation.columns.names[index];
      const auto left_out = [&](const std::string& name) { return same(name, column); };
      if (std::ranges::none_of(but, left_out)) use(*relation.table, index);
    }
  }
  return relation.columns;
}

Refusal Names::unknown_column(std::string_view name, const Scope* scope) const {
  name = shortened(name);
  std::vector<std::string> known;
  for (; scope != nullptr; scope = scope->outer) {
    for (const auto& relation : scope->relations)
      known.insert(known.end(), relation.columns.names.begin(), relation.columns.names.end());
  }
  return {RefusalClass::column, fmt::format("there is no column {} here", name),
          known.empty() ? "Name the table that has it in FROM." : base::did_you_mean(name, known)};
}

Resolved Names::resolved() const {
  return {{tables_.begin(), tables_.end()}, {columns_.begin(), columns_.end()}, touches_personal_};
}

Columns renamed(Columns columns, const std::vector<std::string>& aliases) {
  for (std::size_t index = 0; index < aliases.size(); ++index) {
    if (index < columns.names.size()) {
      columns.names[index] = aliases[index];
    } else {
      columns.names.push_back(aliases[index]);
    }
  }
  return columns;
}

}  // namespace insights::sql
