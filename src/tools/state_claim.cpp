#include "tools/state_claim.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/nearest.h"
#include "findings/fingerprint.h"
#include "findings/formula.h"

namespace insights::tools {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using findings::Binding;
using findings::CellReference;
using findings::Claim;
using findings::Formula;

// What a formula may hold besides values: units of time and of counting. Any other number has to
// come from the data, or a value could be written down in the guise of a formula.
constexpr std::array constants{"0",  "1",  "2",  "3",  "4",  "6",   "7",   "12",
                               "24", "30", "52", "60", "90", "100", "365", "1000"};

base::Status check_constants(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (std::isdigit(static_cast<unsigned char>(text[at])) == 0) continue;
    if (at > 0 &&
        (std::isalnum(static_cast<unsigned char>(text[at - 1])) != 0 || text[at - 1] == '_'))
      continue;  // part of a name
    auto end = at;
    while (end < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '.'))
      ++end;
    const auto number = text.substr(at, end - at);
    if (std::ranges::find(constants, number) == constants.end()) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("The formula \"{}\" holds the number {}: bring it in as a cell of a "
                              "query. Only {} may be written down.",
                              text, number, fmt::join(constants, ", ")));
    }
    at = end;
  }
  return {};
}

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string with_name_replaced(const std::string& text, const std::string& name,
                               const std::string& by) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    auto end = at;
    while (end < text.size() && is_name(text[end])) ++end;
    const auto word = text.substr(at, std::max<std::size_t>(end - at, 1));
    result += word == name ? by : word;
    at += word.size();
  }
  return result;
}

// A formula over the values named so far, with each name replaced by what it stands for.
Result<Binding> over(const std::map<std::string, findings::ValueBinding>& values,
                     const std::string& text) {
  if (const auto named = values.find(text); named != values.end()) return named->second.from;
  TRY(check_constants(text));
  const auto expression = findings::Expression::parse(text);
  if (!expression) {
    return fail(ErrorKind::invalid_input,
                fmt::format("The formula \"{}\": {}", text, expression.error().message));
  }
  Formula formula{text, {}};
  for (const auto& name : expression->names()) {
    const auto named = values.find(name);
    if (named == values.end()) {
      std::vector<std::string> known;
      for (const auto& [other, value] : values) known.push_back(other);
      return fail(
          ErrorKind::invalid_input,
          fmt::format("The formula \"{}\" names \"{}\", which is no value named before it: {}",
                      text, name, base::did_you_mean(name, known)));
    }
    if (const auto* cell = std::get_if<CellReference>(&named->second.from)) {
      formula.of.emplace(name, *cell);
    } else if (const auto* inner = std::get_if<Formula>(&named->second.from)) {
      formula.text = with_name_replaced(formula.text, name, "(" + inner->text + ")");
      formula.of.insert(inner->of.begin(), inner->of.end());
    } else {
      return fail(ErrorKind::invalid_input,
                  fmt::format("The formula \"{}\" is over \"{}\", which is a name and no number",
                              text, name));
    }
  }
  return formula;
}

base::Status check_cell(const Desk& desk, const DraftValue& value) {
  const auto query = desk.queries.find(*value.query);
  if (query == desk.queries.end()) {
    std::vector<std::string> known;
    for (const auto& [id, ran] : desk.queries) known.push_back(id);
    return fail(
        ErrorKind::invalid_input,
        fmt::format("value \"{}\": this run has no query \"{}\": {}", value.name, *value.query,
                    known.empty() ? "run one with execute_sql first"
                                  : base::did_you_mean(*value.query, known)));
  }
  if (!value.row || !value.column || *value.row < 0) {
    return fail(ErrorKind::invalid_input,
                fmt::format("value \"{}\": a cell needs query, row and column", value.name));
  }
  if (*value.row >= static_cast<std::int64_t>(findings::rows_shown_max)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("value \"{}\": only the first {} rows of a query can be cited; ask for "
                            "the row in a query of its own",
                            value.name, findings::rows_shown_max));
  }
  return {};
}

Result<Binding> binding_of(const Desk& desk, const DraftValue& value,
                           const std::map<std::string, findings::ValueBinding>& before) {
  const int given = (value.query ? 1 : 0) + (value.formula ? 1 : 0) + (value.catalog_name ? 1 : 0);
  if (given != 1) {
    return fail(ErrorKind::invalid_input,
                fmt::format("value \"{}\": give exactly one of a cell (query, row, column), a "
                            "formula, and a catalog_name; null for the others",
                            value.name));
  }
  if (value.formula) return over(before, *value.formula);
  if (value.catalog_name) return Binding(findings::CatalogName{*value.catalog_name});
  TRY(check_cell(desk, value));
  return Binding(CellReference{*value.query, static_cast<std::size_t>(*value.row), *value.column});
}

Result<findings::ImpactClaim> impact_of(const DraftImpact& draft, const Claim& claim) {
  findings::ImpactClaim impact;
  impact.account = draft.account;
  impact.amount = TRY(over(claim.values, draft.amount));
  impact.low = TRY(over(claim.values, draft.low.value_or(draft.amount)));
  impact.high = TRY(over(claim.values, draft.high.value_or(draft.amount)));
  impact.unit = draft.unit;
  static constexpr std::array things{"units", "hours", "lines", "rows", "days"};
  impact.is_money = std::ranges::find(things, draft.unit) == things.end();
  impact.per = draft.per;
  impact.method = draft.method;
  return impact;
}

// The entity's column and value as the data has them.
Result<findings::Entity> entity_of(const Desk& desk, const findings::Entity& written) {
  const auto value = desk.curtain.restored(written.value);
  bool has_column = false;
  for (const auto& prepared : desk.material.subjects) {
    const auto column = desk.column(*prepared.subject, written.column);
    if (!column || !prepared.subject->is_coded(*column)) continue;
    has_column = true;
    const auto& values = prepared.subject->codes(*column).dictionary;
    if (std::find(values.begin() + 1, values.end(), value) != values.end())
      return findings::Entity{prepared.subject->columns[*column].name, value, value};
  }
  return fail(ErrorKind::invalid_input,
              has_column ? fmt::format("No row has {} = \"{}\".", written.column, written.value)
                         : fmt::format("No table has a column \"{}\" of things.", written.column));
}

// Columns that the claim speaks of: those that are there, and if none is named those it read.
Result<std::vector<std::string>> columns_of(const Desk& desk, const Draft& draft,
                                            const std::vector<sql::ColumnName>& read) {
  for (const auto& name : draft.columns) {
    const bool known = std::ranges::any_of(desk.material.subjects, [&](const auto& prepared) {
      return desk.column(*prepared.subject, name).has_value();
    });
    if (!known)
      return fail(ErrorKind::invalid_input, fmt::format("No table has a column \"{}\".", name));
  }
  if (!draft.columns.empty()) return draft.columns;
  std::vector<std::string> columns;
  for (const auto& column : read) columns.push_back(column.column);
  return columns;
}

}  // namespace

Result<Claim> stated(const Desk& desk, const Draft& draft) {
  Claim claim;
  claim.pattern = claim.family = "model";
  // Tokens are not put back in here: what a sentence says of its own goes back to the model, and a
  // name comes in as a value.
  claim.title = draft.title;
  claim.summary = draft.summary;
  claim.action = draft.action;
  std::vector<sql::ColumnName> read;
  std::string table;
  for (const auto& value : draft.values) {
    findings::ValueBinding binding{TRY(binding_of(desk, value, claim.values)), value.format,
                                   value.unit};
    if (value.query && std::ranges::find(claim.evidence, *value.query,
                                         &findings::EvidenceQuery::id) == claim.evidence.end()) {
      const auto& query = desk.queries.find(*value.query)->second;
      claim.evidence.push_back({*value.query, query.sql});
      read.insert(read.end(), query.read.columns.begin(), query.read.columns.end());
      if (table.empty() && !query.read.tables.empty()) table = query.read.tables.front();
    }
    if (!claim.values.emplace(value.name, std::move(binding)).second) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("value \"{}\" is there twice: each name once", value.name));
    }
  }
  if (claim.evidence.empty()) {
    return fail(ErrorKind::invalid_input,
                "A finding needs evidence: at least one value must be a cell of a query of this "
                "run, and the sentences must show it.");
  }
  if (draft.impact) claim.impact = TRY(impact_of(*draft.impact, claim));
  for (const auto& entity : draft.entities) claim.entities.push_back(TRY(entity_of(desk, entity)));
  std::ranges::sort(claim.entities, {}, &findings::Entity::column);
  claim.columns = TRY(columns_of(desk, draft, read));
  claim.topics = claim.columns;
  claim.scope = {.table = table, .equals = claim.entities, .from = {}, .to = {}};
  claim.fingerprint = findings::fingerprint(
      "model", fmt::format("{}", fmt::join(claim.columns, "+")), claim.entities);
  claim.strength = findings::Strength::model_claim;
  claim.surprise = 0.5;
  return claim;
}

}  // namespace insights::tools
