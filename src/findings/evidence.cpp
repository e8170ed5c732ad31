#include "findings/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/parallel.h"
#include "findings/characters.h"
#include "findings/formula.h"

namespace insights::findings {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;

Result<source::Cell> cell_at(const CellReference& at, std::span<const Evidence> evidence) {
  const auto found = std::ranges::find(evidence, at.query, &Evidence::id);
  if (found == evidence.end()) {
    return fail(ErrorKind::invalid_input, fmt::format("there is no query \"{}\"", at.query));
  }
  const auto column = std::ranges::find(found->columns, at.column);
  if (column == found->columns.end()) {
    return fail(ErrorKind::invalid_input,
                fmt::format("query {} gives no column \"{}\"", at.query, at.column));
  }
  if (std::ranges::count(found->columns, at.column) > 1) {
    return fail(ErrorKind::invalid_input,
                fmt::format("query {} gives two columns \"{}\"", at.query, at.column));
  }
  const auto index = static_cast<std::size_t>(column - found->columns.begin());
  if (at.row >= found->rows.size() || at.row >= rows_shown_max ||
      index >= found->rows[at.row].size()) {
    return fail(ErrorKind::invalid_input, fmt::format("query {} shows no row {} of column \"{}\"",
                                                      at.query, at.row, at.column));
  }
  const auto& cell = found->rows[at.row][index];
  if (source::is_null(cell)) {
    return fail(ErrorKind::invalid_input, fmt::format("row {} of column \"{}\" of query {} is null",
                                                      at.row, at.column, at.query));
  }
  return cell;
}

Result<source::Cell> result_of(const Formula& formula, std::span<const Evidence> evidence) {
  if (formula.of.size() > formula_cells_max) {
    return fail(ErrorKind::invalid_input,
                fmt::format("a formula has at most {} parts", formula_cells_max));
  }
  const auto expression = TRY(Expression::parse(formula.text));
  Variables variables;
  bool has_cell = false;
  for (const auto& name : expression.names()) {
    const auto part = formula.of.find(name);
    if (part == formula.of.end()) continue;  // evaluate() says which has no value
    if (const auto* number = std::get_if<double>(&part->second)) {
      variables.emplace(name, *number);
      continue;
    }
    const auto cell = TRY(cell_at(std::get<CellReference>(part->second), evidence));
    const auto number = number_of(cell);
    if (!number) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("\"{}\": {}", name, number.error().message));
    }
    variables.emplace(name, *number);
    has_cell = true;
  }
  if (!has_cell) {
    return fail(ErrorKind::invalid_input,
                fmt::format("no cell of evidence is in \"{}\"", formula.text));
  }
  return source::Cell{TRY(expression.evaluate(variables))};
}

// Letters and digits only, so that "Net 2" is the name of net2.
std::string essence(std::string_view name) {
  std::string kept;
  while (!name.empty()) {
    const char32_t character = take_character(name);
    const bool upper = character >= U'A' && character <= U'Z';
    const bool other = character < 0x80 && !upper && !(character >= U'a' && character <= U'z') &&
                       !is_numeral(character);
    if (!other) append_character(kept, upper ? character + 0x20 : character);
  }
  return kept;
}

bool has_numeral(std::string_view text) {
  while (!text.empty()) {
    if (is_numeral(take_character(text))) return true;
  }
  return false;
}

base::Status rename(CellReference& cell, const std::map<std::string, std::string>& ids) {
  const auto found = ids.find(cell.query);
  if (found == ids.end()) {
    return fail(ErrorKind::invalid_input, fmt::format("the claim has no query \"{}\"", cell.query));
  }
  cell.query = found->second;
  return {};
}

}  // namespace

EvidenceReader::EvidenceReader(source::Source& source, const sql::Gate& gate, EvidenceLimits limits)
    : source_(source), gate_(gate), limits_(limits) {}

Result<const Answer*> EvidenceReader::read(std::string_view sql, std::stop_token stop) {
  if (const auto known = answers_.find(sql); known != answers_.end()) return &known->second;
  if (queries_run() >= limits_.queries_max) {
    return fail(ErrorKind::cancelled,
                fmt::format("more than {} evidence queries", limits_.queries_max));
  }
  auto rows = TRY(asked(sql, std::move(stop)));
  auto id = fmt::format("q{}", answers_.size() + 1);
  std::string text(sql);
  Answer answer{std::move(id), text, std::move(rows)};
  return &answers_.emplace(std::move(text), std::move(answer)).first->second;
}

Result<source::Rows> EvidenceReader::asked(std::string_view sql, std::stop_token stop) {
  if (const auto found = ahead_.find(sql); found != ahead_.end()) {
    auto rows = std::move(found->second);
    ahead_.erase(found);
    return rows;
  }
  const auto query = TRY(gate_.check(sql));
  return source_.query(query, limits_.query, std::move(stop));
}

void EvidenceReader::read_ahead(std::span<const std::string> texts, int threads,
                                const std::stop_token& stop) {
  if (threads < 2) return;
  std::set<std::string_view> taken;
  std::vector<std::pair<std::string_view, sql::CheckedQuery>> queries;
  for (const std::string_view text : texts) {
    if (answers_.contains(text) || ahead_.contains(text) || taken.contains(text)) continue;
    const auto known = queries_run() + static_cast<std::int64_t>(ahead_.size() + queries.size());
    if (known >= limits_.queries_max) break;
    auto query = gate_.check(text);
    if (!query) continue;  // read() says why
    taken.insert(text);
    queries.emplace_back(text, *std::move(query));
  }
  std::vector<std::optional<Result<source::Rows>>> rows(queries.size());
  base::parallel_for(queries.size(), threads, stop, [&](std::size_t i) {
    rows[i] = source_.query(queries[i].second, limits_.query, stop);
  });
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (rows[i]) ahead_.emplace(queries[i].first, *std::move(rows[i]));
  }
}

std::vector<CellReference> cells_of(const Binding& binding) {
  if (const auto* cell = std::get_if<CellReference>(&binding)) return {*cell};
  std::vector<CellReference> cells;
  if (const auto* formula = std::get_if<Formula>(&binding)) {
    for (const auto& [name, part] : formula->of) {
      if (const auto* cell = std::get_if<CellReference>(&part)) cells.push_back(*cell);
    }
  }
  return cells;
}

Result<Binding> with_queries_renamed(Binding binding,
                                     const std::map<std::string, std::string>& ids) {
  if (auto* cell = std::get_if<CellReference>(&binding)) {
    TRY(rename(*cell, ids));
  } else if (auto* formula = std::get_if<Formula>(&binding)) {
    for (auto& [name, part] : formula->of) {
      if (auto* inner = std::get_if<CellReference>(&part)) TRY(rename(*inner, ids));
    }
  }
  return binding;
}

bool is_unset(const Binding& binding) { return binding == Binding{}; }

Result<source::Cell> value_of(const Binding& binding, std::span<const Evidence> evidence) {
  if (const auto* cell = std::get_if<CellReference>(&binding)) return cell_at(*cell, evidence);
  if (const auto* formula = std::get_if<Formula>(&binding)) return result_of(*formula, evidence);
  return source::Cell{std::get<CatalogName>(binding).name};
}

base::Status check_catalog_name(const CatalogName& name, const std::vector<source::Table>& tables) {
  if (!has_numeral(name.name)) return {};
  const auto wanted = essence(name.name);
  for (const auto& table : tables) {
    if (essence(table.name) == wanted) return {};
    for (const auto& column : table.columns) {
      if (essence(column.name) == wanted) return {};
    }
  }
  return fail(ErrorKind::invalid_input,
              fmt::format("\"{}\" is not the name of a table or column", name.name));
}

}  // namespace insights::findings
