#include "catalog/catalog.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ensure.h"

namespace insights::catalog {

namespace {

constexpr std::array<std::pair<Role, std::string_view>, 9> role_names{
    {{Role::time, "time"},
     {Role::entity, "entity"},
     {Role::dimension, "dimension"},
     {Role::measure, "measure"},
     {Role::flag, "flag"},
     {Role::identifier, "identifier"},
     {Role::label, "label"},
     {Role::text, "text"},
     {Role::unused, "unused"}}};

}  // namespace

std::string_view name(Role role) {
  return std::ranges::find(role_names, role, &std::pair<Role, std::string_view>::first)->second;
}

std::optional<Role> role_named(std::string_view name) {
  const auto found =
      std::ranges::find(role_names, name, &std::pair<Role, std::string_view>::second);
  if (found == role_names.end()) return std::nullopt;
  return found->first;
}

std::optional<std::size_t> Subject::index_of(std::string_view name) const {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == name) return i;
  }
  return std::nullopt;
}

const Column* Subject::find(std::string_view name) const {
  const auto index = index_of(name);
  return index ? &columns[*index] : nullptr;
}

std::vector<std::size_t> Subject::coded_with_role(Role role) const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].role == role && is_coded(i)) found.push_back(i);
  }
  return found;
}

const frame::Coded& Subject::codes(std::size_t column) const {
  const auto* coded = frame.columns.at(column).coded();
  base::ensure(coded != nullptr, "the column has codes");
  return *coded;
}

const std::vector<double>& Subject::numbers(std::size_t column) const {
  const auto* numbers = frame.columns.at(column).numbers();
  base::ensure(numbers != nullptr, "the column has numbers");
  return numbers->values;
}

bool Subject::has_dependency(std::size_t a, std::size_t b) const {
  return a != b && a < determines.size() && b < determines[a].size() && determines[a][b];
}

}  // namespace insights::catalog
