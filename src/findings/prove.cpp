#include "findings/prove.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "findings/characters.h"
#include "findings/render.h"
#include "findings/sentence.h"
#include "findings/verify.h"

namespace insights::findings {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Status;

// The claim's queries, run: each distinct one once, in the claim's order.
struct Gathered {
  std::vector<const Answer*> answers;
  std::map<std::string, std::string> ids;  // the claim's -> the run's
};

Result<Gathered> gather(const Claim& claim, EvidenceReader& reader, std::stop_token stop) {
  Gathered gathered;
  for (const auto& query : claim.evidence) {
    const Answer* answer = TRY(reader.read(query.sql, stop));
    if (!gathered.ids.emplace(query.id, answer->id).second) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("the claim has two queries \"{}\"", query.id));
    }
    if (std::ranges::find(gathered.answers, answer) == gathered.answers.end()) {
      gathered.answers.push_back(answer);
    }
  }
  if (!gathered.answers.empty()) return gathered;
  return fail(ErrorKind::invalid_input, "a claim without evidence cannot be proven");
}

using Bindings = std::map<std::string, ValueBinding>;

Result<Bindings> bindings_of(const Claim& claim, const Gathered& gathered,
                             const std::vector<source::Table>& tables) {
  if (claim.values.size() > values_max) {
    return fail(ErrorKind::invalid_input, fmt::format("a claim has at most {} values", values_max));
  }
  Bindings bindings;
  for (const auto& [name, value] : claim.values) {
    ValueBinding renamed = value;
    renamed.from = TRY(with_queries_renamed(value.from, gathered.ids));
    if (const auto* named = std::get_if<CatalogName>(&value.from)) {
      TRY(check_catalog_name(*named, tables));
    }
    bindings.emplace(name, std::move(renamed));
  }
  return bindings;
}

Result<Impact> impact_of(const ImpactClaim& claim, const Gathered& gathered) {
  Impact impact;
  impact.account = claim.account;
  impact.unit = claim.unit;
  impact.is_money = claim.is_money;
  impact.per = claim.per;
  impact.method_template = claim.method;
  impact.of_template = claim.of;
  const bool without = is_unset(claim.amount) && is_unset(claim.low) && is_unset(claim.high);
  if (without && claim.account == Account::none) return impact;
  impact.amount_from = TRY(with_queries_renamed(claim.amount, gathered.ids));
  impact.low_from = TRY(with_queries_renamed(claim.low, gathered.ids));
  impact.high_from = TRY(with_queries_renamed(claim.high, gathered.ids));
  return impact;
}

// How many rows of each answer are kept: down to the last cited one, then what room is left, the
// chart's query last, since the chart has its rows anyway.
Result<std::vector<std::size_t>> rows_kept(const Gathered& gathered, const Bindings& bindings,
                                           const Impact& impact, const std::string& chart_query) {
  std::vector<CellReference> cells;
  const auto cite = [&](const Binding& binding) {
    for (auto& cell : cells_of(binding)) cells.push_back(std::move(cell));
  };
  for (const auto& [name, value] : bindings) cite(value.from);
  for (const auto* binding : {&impact.amount_from, &impact.low_from, &impact.high_from}) {
    if (!is_unset(*binding)) cite(*binding);
  }
  std::vector<std::size_t> kept;
  std::size_t room = rows_shown_max;
  for (const auto* answer : gathered.answers) {
    std::size_t needed = 0;
    for (const auto& cell : cells) {
      if (cell.query == answer->id)
        needed = std::max(needed, std::min(cell.row, rows_shown_max) + 1);
    }
    needed = std::min(needed, answer->rows.rows.size());
    if (needed > room) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("the values cite cells from more than {} rows", rows_shown_max));
    }
    room -= needed;
    kept.push_back(needed);
  }
  for (const bool chart : {false, true}) {
    for (std::size_t index = 0; index < kept.size(); ++index) {
      const auto* answer = gathered.answers[index];
      if ((answer->id == chart_query) != chart) continue;
      const auto more = std::min(room, answer->rows.rows.size() - kept[index]);
      kept[index] += more;
      room -= more;
    }
  }
  return kept;
}

Status check_finite(const std::vector<std::vector<source::Cell>>& rows, std::string_view id) {
  for (const auto& row : rows) {
    for (const auto& cell : row) {
      const auto* real = std::get_if<double>(&cell);
      if (real != nullptr && !std::isfinite(*real)) {
        return fail(ErrorKind::invalid_input,
                    fmt::format("query {} gave a number that is not finite", id));
      }
    }
  }
  return {};
}

Result<std::vector<Evidence>> evidence_of(const Gathered& gathered,
                                          const std::vector<std::size_t>& kept,
                                          const source::Source& source) {
  std::vector<Evidence> evidence;
  for (std::size_t index = 0; index < kept.size(); ++index) {
    const auto& answer = *gathered.answers[index];
    const auto& rows = answer.rows.rows;
    const auto end = rows.begin() + static_cast<std::ptrdiff_t>(kept[index]);
    evidence.push_back({.id = answer.id,
                        .dialect = std::string(sql::name(source.dialect())),
                        .sql = answer.sql,
                        .columns = answer.rows.columns,
                        .rows = {rows.begin(), end},
                        .row_count = static_cast<std::int64_t>(rows.size()),
                        .truncated = answer.rows.truncated});
    TRY(check_finite(evidence.back().rows, answer.id));
  }
  return evidence;
}

Result<ProvenChart> chart_of(const Chart& claimed, const Gathered& gathered,
                             const std::map<std::string, Value>& values, const NumberStyle& style) {
  ProvenChart proven{.chart = claimed, .title = {}, .columns = {}, .rows = {}, .style = style};
  if (claimed.mark == Chart::Mark::none) {
    proven.chart.query.clear();
    return proven;
  }
  proven.title = TRY(fill(claimed.title, values));
  const auto id = gathered.ids.find(claimed.query);
  if (id == gathered.ids.end()) {
    return fail(ErrorKind::invalid_input,
                fmt::format("the chart's query \"{}\" is not among the evidence", claimed.query));
  }
  proven.chart.query = id->second;
  const auto& rows = (*std::ranges::find(gathered.answers, id->second, &Answer::id))->rows;
  for (const auto* column :
       {&claimed.x.column, &claimed.y.column, &claimed.series, &claimed.low, &claimed.high}) {
    const bool needed = column == &claimed.x.column || column == &claimed.y.column;
    if (column->empty() && !needed) continue;
    if (std::ranges::find(rows.columns, *column) == rows.columns.end()) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("the chart's query gives no column \"{}\"", *column));
    }
  }
  if (rows.rows.empty()) return fail(ErrorKind::invalid_input, "the chart's query gave no rows");
  proven.columns = rows.columns;
  const auto shown = std::min(rows.rows.size(), chart_rows_max);
  proven.rows.assign(rows.rows.begin(), rows.rows.begin() + static_cast<std::ptrdiff_t>(shown));
  TRY(check_finite(proven.rows, proven.chart.query));
  return proven;
}

Status check_test(const Test& test) {
  for (const double number : {test.statistic, test.p, test.q, test.effect,
                              test.interval_low.value_or(0), test.interval_high.value_or(0)}) {
    if (!std::isfinite(number)) {
      return fail(ErrorKind::invalid_input, "a number of the test is not finite");
    }
  }
  return {};
}

// What a finding takes over from its claim as it is.
Finding carried_over(const Claim& claim) {
  Finding finding;
  finding.fingerprint = claim.fingerprint;
  finding.pattern = claim.pattern;
  finding.family = claim.family;
  finding.title_template = claim.title;
  finding.summary_template = claim.summary;
  finding.action_template = claim.action;
  finding.columns = claim.columns;
  finding.entities = claim.entities;
  finding.test = claim.test;
  finding.strength = claim.strength;
  finding.scope = claim.scope;
  for (const auto& title : claim.also)
    finding.also.push_back(clean_text(title, title_characters_max));
  finding.surprise = claim.surprise;
  finding.actionability = claim.actionability;
  finding.topics = claim.topics;
  return finding;
}

Status write_sentences(Finding& finding, const Claim& claim) {
  finding.title = TRY(fill(finding.title_template, finding.values));
  finding.summary = TRY(fill(finding.summary_template, finding.values));
  finding.action = TRY(fill(finding.action_template, finding.values));
  TRY(check_headline(finding.title, finding.summary));
  for (const auto& guard : claim.guards) {
    auto note = TRY(fill(guard.note, finding.values));
    finding.guards.push_back({guard.name, guard.status, std::move(note), guard.note});
  }
  return {};
}

Status work_out(Impact& impact, const Finding& finding, const NumberStyle& style) {
  if (!is_unset(impact.amount_from)) {
    impact.amount = TRY(amount_of(impact.amount_from, finding.evidence));
    impact.low = TRY(amount_of(impact.low_from, finding.evidence));
    impact.high = TRY(amount_of(impact.high_from, finding.evidence));
    TRY(check_amounts(impact));
  }
  impact.method = TRY(fill(impact.method_template, finding.values));
  impact.text = TRY(impact_text(impact, finding.values, style));
  return {};
}

}  // namespace

Result<Finding> prove(const Claim& claim, EvidenceReader& reader, const NumberStyle& style,
                      std::stop_token stop) {
  TRY(check_test(claim.test));
  const auto gathered = TRY(gather(claim, reader, stop));
  const auto bindings = TRY(bindings_of(claim, gathered, reader.source().tables()));
  Finding finding = carried_over(claim);
  finding.impact = TRY(impact_of(claim.impact, gathered));
  const auto chart_id = gathered.ids.find(claim.chart.query);
  const auto kept = TRY(rows_kept(gathered, bindings, finding.impact,
                                  chart_id == gathered.ids.end() ? "" : chart_id->second));
  finding.evidence = TRY(evidence_of(gathered, kept, reader.source()));
  for (const auto& [name, binding] : bindings) {
    auto value = render_value(binding, finding.evidence, style);
    if (!value) {
      return fail(value.error().kind, fmt::format("value \"{}\": {}", name, value.error().message));
    }
    finding.values.emplace(name, *std::move(value));
  }
  TRY(write_sentences(finding, claim));
  TRY(work_out(finding.impact, finding, style));
  finding.chart = TRY(chart_of(claim.chart, gathered, finding.values, style));
  return finding;
}

Status confirm(const Finding& finding, EvidenceReader& fresh, const NumberStyle& style,
               std::stop_token stop) {
  const VerifyOptions options{.data_unchanged = true, .style = style};
  for (const auto& check : TRY(verify(finding, fresh, options, stop))) {
    if (check.status == CheckStatus::same) continue;
    return fail(ErrorKind::invalid_input,
                fmt::format("{} was {} and is now {}", check.path, check.stored, check.now));
  }
  return {};
}

}  // namespace insights::findings
