#include "analyst/also_explains.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <variant>

#include "findings/characters.h"
#include "findings/finding.h"
#include "findings/sentence.h"

namespace insights::analyst {

namespace {

using findings::CellReference;
using findings::Claim;

// What a template may grow to when its names are filled in.
std::size_t longest(const Claim& claim) {
  std::size_t characters = findings::characters_in(claim.title + claim.summary);
  for (const auto& entity : claim.entities)
    characters += 2 * findings::characters_in(entity.label.empty() ? entity.value : entity.label);
  return characters;
}

struct Renamed {
  const std::string& prefix;
  std::set<std::string>& queries;  // that are needed

  CellReference operator()(CellReference cell) const {
    queries.insert(cell.query);
    cell.query = prefix + cell.query;
    return cell;
  }
  findings::CatalogName operator()(findings::CatalogName name) const { return name; }
  findings::Formula operator()(findings::Formula formula) const {
    for (auto& [name, part] : formula.of) {
      if (auto* cell = std::get_if<CellReference>(&part)) *cell = (*this)(*cell);
    }
    return formula;
  }
};

std::string renamed_holes(std::string text, const std::set<std::string>& names,
                          const std::string& prefix) {
  for (const auto& name : names) {
    const std::string hole = "{" + name + "}";
    for (auto at = text.find(hole); at != std::string::npos;
         at = text.find(hole, at + prefix.size() + hole.size()))
      text.insert(at + 1, prefix);
  }
  return text;
}

}  // namespace

bool add_sentence(Claim& claim, const Claim& other, std::string_view sentence,
                  std::string_view prefix) {
  const std::string before(prefix);
  const auto holes = findings::holes_of(sentence);
  if (!holes) return false;
  const std::set<std::string> names(holes->begin(), holes->end());
  std::map<std::string, findings::ValueBinding> values;
  std::set<std::string> queries;
  for (const auto& name : names) {
    const auto found = other.values.find(name);
    if (found == other.values.end()) return false;
    auto binding = found->second;
    binding.from = std::visit(
        [&](const auto& from) { return findings::Binding(Renamed{before, queries}(from)); },
        found->second.from);
    values.emplace(before + name, std::move(binding));
  }
  for (const auto& query : other.evidence) {
    if (queries.contains(query.id)) claim.evidence.push_back({before + query.id, query.sql});
  }
  claim.values.merge(values);
  claim.summary += " " + renamed_holes(std::string(sentence), names, before);
  return true;
}

bool tell_echo(Claim& claim, const Claim& echo, std::string_view prefix) {
  Claim title_only;
  title_only.title = echo.title;
  title_only.entities = echo.entities;
  if (longest(claim) + longest(title_only) > findings::headline_characters_max) return false;
  return add_sentence(claim, echo, fmt::format("It also explains “{}”.", echo.title), prefix);
}

}  // namespace insights::analyst
