#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "report/choice_names.h"
#include "report/json.h"
#include "report/json_text.h"
#include "report/seal.h"
#include "report/vega_lite.h"

namespace insights::report {

namespace {

using Json = nlohmann::ordered_json;
using source::Cell;

// Days of the years 1 to 9999 have an ISO text that every program reads; others are written as
// numbers.
constexpr std::int64_t first_text_day = -719'162, last_text_day = 2'932'896;
constexpr std::int64_t microseconds_a_day = 86'400'000'000;

bool has_iso_text(base::Day day) {
  return day.since_epoch >= first_text_day && day.since_epoch <= last_text_day;
}

Json number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  return value;
}

Json day_json(base::Day day) {
  return has_iso_text(day) ? Json(base::iso_text(day)) : Json(day.since_epoch);
}

Json moment_json(base::Moment moment) {
  const bool has_text = moment.microseconds >= first_text_day * microseconds_a_day &&
                        moment.microseconds < (last_text_day + 1) * microseconds_a_day;
  return has_text ? Json(base::iso_text(moment)) : Json(moment.microseconds);
}

struct CellJson {
  Json operator()(std::monostate) const { return nullptr; }
  Json operator()(bool value) const { return value; }
  Json operator()(std::int64_t value) const { return value; }
  Json operator()(double value) const { return number(value); }
  Json operator()(const std::string& value) const { return value; }
  Json operator()(base::Day value) const { return day_json(value); }
  Json operator()(base::Moment value) const { return moment_json(value); }
};

struct TypeName {
  std::string_view operator()(std::monostate) const { return "empty"; }
  std::string_view operator()(bool) const { return "boolean"; }
  std::string_view operator()(std::int64_t) const { return "integer"; }
  std::string_view operator()(double) const { return "real"; }
  std::string_view operator()(const std::string&) const { return "text"; }
  std::string_view operator()(base::Day) const { return "day"; }
  std::string_view operator()(base::Moment) const { return "moment"; }
};

std::string_view type_of(const Cell& cell) { return std::visit(TypeName{}, cell); }
Json json_of(const Cell& cell) { return std::visit(CellJson{}, cell); }

Json json_of(const std::vector<std::string>& texts) { return Json(texts); }

// Adds columns, their types and the rows. A column has the type of all its values; "empty" without
// any, "mixed" (each cell with its own type) when they differ.
void add_rows(Json& json, const std::vector<std::string>& columns,
              const std::vector<std::vector<Cell>>& rows) {
  std::vector<std::string_view> types(columns.size(), "empty");
  for (const auto& row : rows) {
    for (std::size_t at = 0; at < columns.size() && at < row.size(); ++at) {
      const auto type = type_of(row[at]);
      if (type == "empty" || type == types[at]) continue;
      types[at] = types[at] == "empty" ? type : "mixed";
    }
  }
  json["columns"] = json_of(columns);
  json["types"] = types;
  auto& written = json["rows"] = Json::array();
  for (const auto& row : rows) {
    auto& cells = written.emplace_back(Json::array());
    for (std::size_t at = 0; at < row.size(); ++at) {
      const bool is_mixed = at >= types.size() || types[at] == "mixed";
      cells.push_back(is_mixed ? Json{{"type", type_of(row[at])}, {"value", json_of(row[at])}}
                               : json_of(row[at]));
    }
  }
}

Json json_of(const findings::CellReference& cell) {
  return {{"query", cell.query}, {"row", cell.row}, {"column", cell.column}};
}

struct BindingJson {
  Json operator()(const findings::CellReference& cell) const { return json_of(cell); }
  Json operator()(const findings::CatalogName& name) const { return {{"name", name.name}}; }
  Json operator()(const findings::Formula& formula) const {
    Json of = Json::object();
    for (const auto& [name, part] : formula.of) {
      const auto* constant = std::get_if<double>(&part);
      of[name] = constant != nullptr ? Json{{"const", number(*constant)}}
                                     : json_of(std::get<findings::CellReference>(part));
    }
    return {{"formula", formula.text}, {"of", std::move(of)}};
  }
};

Json json_of(const findings::Binding& binding) { return std::visit(BindingJson{}, binding); }

Json json_of(const findings::Value& value) {
  Json json = json_of(value.binding.from);
  json.update({{"format", choice_name(value.binding.format)},
               {"unit", value.binding.unit},
               {"type", type_of(value.value)},
               {"value", json_of(value.value)},
               {"text", value.text}});
  return json;
}

Json json_of(const std::vector<findings::Entity>& entities) {
  Json json = Json::array();
  for (const auto& entity : entities) {
    json.push_back({{"column", entity.column}, {"value", entity.value}, {"label", entity.label}});
  }
  return json;
}

Json json_of(const findings::Impact& impact) {
  return {{"kind", choice_name(impact.account)},
          {"amount", number(impact.amount)},
          {"low", number(impact.low)},
          {"high", number(impact.high)},
          {impact.is_money ? "currency" : "unit", impact.unit},
          {"per", impact.per},
          {"text", impact.text},
          {"method", impact.method},
          {"from",
           {{"amount", json_of(impact.amount_from)},
            {"low", json_of(impact.low_from)},
            {"high", json_of(impact.high_from)}}},
          {"templates", {{"method", impact.method_template}, {"of", impact.of_template}}}};
}

Json json_of(const findings::Test& test) {
  const bool has_interval = test.interval_low.has_value() || test.interval_high.has_value();
  const auto end = [](const std::optional<double>& at) { return at ? number(*at) : Json(nullptr); };
  return {{"name", test.name},
          {"statistic", number(test.statistic)},
          {"p", number(test.p)},
          {"q", number(test.q)},
          {"effect_name", test.effect_name},
          {"effect", number(test.effect)},
          {"interval",
           has_interval ? Json{end(test.interval_low), end(test.interval_high)} : Json(nullptr)},
          {"tested_in_family", test.tested_in_family}};
}

Json json_of(const findings::ProvenGuard& guard) {
  return {{"name", guard.name},
          {"status", choice_name(guard.status)},
          {"note", guard.note},
          {"template", guard.note_template}};
}

Json json_of(const findings::Evidence& evidence) {
  Json json{{"query", evidence.id}, {"dialect", evidence.dialect}, {"sql", evidence.sql}};
  add_rows(json, evidence.columns, evidence.rows);
  json["row_count"] = evidence.row_count;
  json["truncated"] = evidence.truncated;
  return json;
}

Json json_of(const findings::Chart::Axis& axis) {
  return {{"column", axis.column},
          {"title", axis.title},
          {"kind", choice_name(axis.kind)},
          {"unit", axis.unit}};
}

// The specification, and under `usermeta` what it was made from: Vega-Lite leaves that key to
// programs.
Json json_of(const findings::ProvenChart& proven) {
  if (proven == findings::ProvenChart{}) return nullptr;
  const auto& chart = proven.chart;
  Json typed{{"mark", choice_name(chart.mark)},
             {"query", chart.query},
             {"title", proven.title},
             {"template", chart.title},
             {"x", json_of(chart.x)},
             {"y", json_of(chart.y)},
             {"series", chart.series},
             {"highlight", chart.highlight},
             {"low", chart.low},
             {"high", chart.high}};
  add_rows(typed, proven.columns, proven.rows);
  const auto drawn = vega_lite_json(proven);
  Json spec = drawn.empty() ? Json::object() : Json::parse(drawn);
  spec["usermeta"] = {{"insights", std::move(typed)}};
  return spec;
}

Json json_of(const findings::Scope& scope) {
  const auto day = [](const std::optional<base::Day>& at) {
    return at ? day_json(*at) : Json(nullptr);
  };
  return {{"table", scope.table},
          {"equals", json_of(scope.equals)},
          {"from", day(scope.from)},
          {"to", day(scope.to)}};
}

Json json_of(const findings::Finding& finding);
Json json_of(const findings::Hidden& hidden);
Json json_of(const explore::TableSummary& table);
Json json_of(const findings::Total& total);
Json json_of(const PatternTally& tally);

template <class Part>
Json list_of(const std::vector<Part>& parts) {
  Json json = Json::array();
  for (const auto& part : parts) json.push_back(json_of(part));
  return json;
}

Json json_of(const findings::Finding& finding) {
  Json values = Json::object();
  for (const auto& [name, value] : finding.values) values[name] = json_of(value);
  Json json{{"id", finding.id},
            {"fingerprint", finding.fingerprint},
            {"pattern", finding.pattern},
            {"family", finding.family},
            {"severity", choice_name(finding.severity)},
            {"title", finding.title},
            {"summary", finding.summary},
            {"action", finding.action},
            {"columns", json_of(finding.columns)},
            {"entities", json_of(finding.entities)},
            {"impact", json_of(finding.impact)},
            {"strength", choice_name(finding.strength)},
            {"test", json_of(finding.test)},
            {"guards", list_of(finding.guards)},
            {"values", std::move(values)},
            {"evidence", list_of(finding.evidence)},
            {"chart", json_of(finding.chart)},
            {"scope", json_of(finding.scope)},
            {"also", json_of(finding.also)},
            {"topics", json_of(finding.topics)},
            {"ranking",
             {{"surprise", number(finding.surprise)},
              {"actionability", number(finding.actionability)},
              {"score", number(finding.score)}}},
            {"templates",
             {{"title", finding.title_template},
              {"summary", finding.summary_template},
              {"action", finding.action_template}}}};
  const auto& [weight, because] = finding.feedback;
  if (!because.empty()) json["feedback"] = {{"weight", number(weight)}, {"because", because}};
  return json;
}

Json json_of(const findings::Hidden& hidden) {
  return {{"fingerprint", hidden.fingerprint},
          {"pattern", hidden.pattern},
          {"title", hidden.title},
          {"severity", choice_name(hidden.severity)},
          {"rule", hidden.rule},
          {"because", hidden.because},
          {"into", hidden.into}};
}

Json json_of(const explore::TableSummary& table) {
  return {{"name", table.name},       {"origin", table.origin},       {"rows", table.rows},
          {"columns", table.columns}, {"first_day", table.first_day}, {"last_day", table.last_day},
          {"sampled", table.sampled}};
}

Json json_of(const findings::Total& total) {
  return {{"kind", choice_name(total.account)},
          {"amount", number(total.amount)},
          {total.is_money ? "currency" : "unit", total.unit},
          {"per", total.per},
          {"findings", total.findings}};
}

Json json_of(const findings::LedgerCounts& counts) {
  return {{"tested", counts.tested},
          {"facts", counts.facts},
          {"published", counts.published},
          {"decoy_columns", counts.decoy_columns},
          {"decoys_tested", counts.decoys_tested},
          {"decoys_accepted", counts.decoys_accepted}};
}

Json json_of(const PatternTally& tally) {
  return {{"pattern", tally.pattern},
          {"tested", tally.tested},
          {"facts", tally.facts},
          {"published", tally.published},
          {"set_aside", tally.set_aside}};
}

Json json_of(const analyst::ModelUse& use) {
  return {{"provider", use.provider},
          {"model", use.model},
          {"privacy", use.privacy},
          {"iterations", use.iterations},
          {"calls", use.calls},
          {"input_tokens", use.input_tokens},
          {"cached_tokens", use.cached_tokens},
          {"output_tokens", use.output_tokens},
          {"reasoning_tokens", use.reasoning_tokens},
          {"estimated", use.estimated},
          {"usd", number(use.usd)},
          {"priced", use.priced},
          {"bytes_sent", use.bytes_sent},
          {"leads", use.leads},
          {"recorded", use.recorded},
          {"deepened", use.deepened},
          {"sent_back", use.sent_back},
          {"ended", use.ended},
          {"complete", use.complete}};
}

Json json_of(const explore::Spent& spent) {
  Json json{{"queries", spent.queries},
            {"rows", spent.rows},
            {"bytes", spent.bytes},
            {"wall_milliseconds", spent.wall.count()}};
  if (spent.queries_cached > 0) {
    const auto saved = std::chrono::duration_cast<std::chrono::milliseconds>(spent.saved);
    json["cache"] = {{"queries", spent.queries_cached}, {"saved_milliseconds", saved.count()}};
  }
  return json;
}

Json json_of(const explore::Run& run, const std::vector<PatternTally>& tallies) {
  const auto& [queries_max, rows_max, bytes_max, time_max, query_time_max] = run.budget;
  return {{"format_version", format_version},
          {"partial", run.partial},
          {"partial_reason", run.partial_reason},
          {"run",
           {{"id", run.id},
            {"program", run.program},
            {"started_at", run.started_at},
            {"analyst", run.analyst},
            {"focus", run.focus}}},
          {"locations", json_of(run.locations)},
          {"data", {{"engine", run.data.engine}, {"digest", run.data.digest}}},
          {"currency", run.currency},
          {"number_style", run.style.indian_units ? "indian" : "international"},
          {"tables", list_of(run.tables)},
          {"counts", json_of(run.counts)},
          {"tallies", list_of(tallies)},
          {"totals", list_of(run.totals)},
          {"findings", list_of(run.findings)},
          {"notes", json_of(run.notes)},
          {"budget",
           {{"queries_max", queries_max},
            {"rows_max", rows_max},
            {"bytes_max", bytes_max},
            {"time_max_milliseconds", time_max.count()},
            {"query_time_max_milliseconds", query_time_max.count()}}},
          {"spent", json_of(run.spent)}};
}

std::string compact(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// "[1, 2]", "{"a": 1}"
std::string in_a_line(const Json& json) {
  if (!json.is_structured()) return compact(json);
  std::string text(json.is_array() ? "[" : "{");
  const char* separator = "";
  for (const auto& [key, value] : json.items()) {
    text += separator;
    if (json.is_object()) text += compact(Json(key)) + ": ";
    text += in_a_line(value);
    separator = ", ";
  }
  return text + (json.is_array() ? "]" : "}");
}

// Indented by two; what fits in a line stays in a line, so that a row of a table is a row of the
// file.
void lay_out(const Json& json, std::size_t indent, std::string& text) {
  constexpr std::size_t line_max = 110;
  const auto line = in_a_line(json);
  const bool is_row = json.is_array() && std::ranges::none_of(json, [](const Json& cell) {
                        return cell.is_structured();
                      });
  if (!json.is_structured() || is_row || line.size() + indent <= line_max) {
    text += line;
    return;
  }
  const std::string inner(indent + 2, ' ');
  const char* separator = "";
  text += json.is_array() ? "[" : "{";
  for (const auto& [key, value] : json.items()) {
    text.append(separator).append("\n").append(inner);
    if (json.is_object()) text += compact(Json(key)) + ": ";
    lay_out(value, indent + 2, text);
    separator = ",";
  }
  text.append("\n").append(indent, ' ').append(json.is_array() ? "]" : "}");
}

}  // namespace

std::string to_json(const explore::Run& run, const std::vector<PatternTally>& saved) {
  Json report = json_of(run, run.ledger.entries.empty() ? saved : tallies_of(run.ledger));
  if (!run.hidden.empty()) report["hidden"] = list_of(run.hidden);
  if (run.model) report["llm"] = json_of(*run.model);
  Json parts = Json::object();
  for (const auto& [name, digest] : sealed_parts(compact(report))) parts[name] = digest;
  report["seal"] = {{"method", seal_method}, {"parts", std::move(parts)}};
  std::string text;
  lay_out(report, 0, text);
  return harmless_json(text) + "\n";
}

std::string finding_json(const findings::Finding& finding) {
  return harmless_json(compact(json_of(finding)));
}

std::string ledger_json_lines(const findings::Ledger& ledger) {
  std::string lines;
  for (const auto& entry : ledger.entries) {
    const Json json{{"family", entry.family},
                    {"pattern", entry.pattern},
                    {"fingerprint", entry.fingerprint},
                    {"statistic", number(entry.statistic)},
                    {"p", number(entry.p)},
                    {"q", number(entry.q)},
                    {"effect", number(entry.effect)},
                    {"fact", entry.fact},
                    {"decoy", entry.decoy},
                    {"decision", choice_name(entry.decision)},
                    {"note", entry.note}};
    lines += harmless_json(compact(json)) + "\n";
  }
  return lines;
}

}  // namespace insights::report
