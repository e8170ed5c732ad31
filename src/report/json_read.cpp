#include <nlohmann/json.hpp>
#include <optional>

#include "report/json.h"
#include "report/json_place.h"
#include "report/json_text.h"
#include "report/seal.h"

namespace insights::report {

namespace {

using base::ErrorKind;
using source::Cell;

using CellRows = std::vector<std::vector<Cell>>;

// Rows as wide as their columns: who reads the report may rely on it.
CellRows rows_at(const Place& place, const std::vector<std::string>& columns) {
  const auto types = place.at("types").list(type_at);
  if (types.size() != columns.size()) place.at("types").complain("one type a column");
  return place.at("rows").list([&](const Place& row) {
    std::size_t column = 0;
    auto cells = row.list([&](const Place& cell) {
      return column < types.size() ? cell_at(cell, types[column++]) : Cell{};
    });
    if (cells.size() != columns.size()) row.complain("one cell a column");
    return cells;
  });
}

findings::CellReference cell_reference_at(const Place& place) {
  return {.query = place.at("query").text(),
          .row = static_cast<std::size_t>(place.at("row").count()),
          .column = place.at("column").text()};
}

findings::Binding binding_at(const Place& place) {
  if (place.has("name")) return findings::CatalogName{place.at("name").text()};
  if (!place.has("formula")) return cell_reference_at(place);
  using Part = std::variant<findings::CellReference, double>;
  return findings::Formula{.text = place.at("formula").text(),
                           .of = place.at("of").dictionary([](const Place& part) -> Part {
                             if (part.has("const")) return part.at("const").real();
                             return cell_reference_at(part);
                           })};
}

findings::Value value_at(const Place& place) {
  return {.binding = {.from = binding_at(place),
                      .format = place.at("format").choice<findings::Format>(),
                      .unit = place.at("unit").text()},
          .value = cell_at(place.at("value"), type_at(place.at("type"))),
          .text = place.at("text").text()};
}

findings::Entity entity_at(const Place& place) {
  return {place.at("column").text(), place.at("value").text(), place.at("label").text()};
}

// Money has a currency, everything else a unit.
bool is_money_at(const Place& place) { return place.has("currency"); }
std::string unit_at(const Place& place) {
  return place.at(is_money_at(place) ? "currency" : "unit").text();
}

findings::Impact impact_at(const Place& place) {
  const auto from = place.at("from");
  const auto templates = place.at("templates");
  return {.account = place.at("kind").choice<findings::Account>(),
          .amount_from = binding_at(from.at("amount")),
          .low_from = binding_at(from.at("low")),
          .high_from = binding_at(from.at("high")),
          .amount = place.at("amount").real(),
          .low = place.at("low").real(),
          .high = place.at("high").real(),
          .unit = unit_at(place),
          .is_money = is_money_at(place),
          .per = place.at("per").text(),
          .method = place.at("method").text(),
          .method_template = templates.at("method").text(),
          .text = place.at("text").text(),
          .of_template = templates.at("of").text()};
}

findings::Test test_at(const Place& place) {
  findings::Test test{.name = place.at("name").text(),
                      .statistic = place.at("statistic").real(),
                      .p = place.at("p").real(),
                      .q = place.at("q").real(),
                      .effect_name = place.at("effect_name").text(),
                      .effect = place.at("effect").real(),
                      .interval_low = {},
                      .interval_high = {},
                      .tested_in_family = place.at("tested_in_family").count()};
  const auto interval = place.at("interval");
  if (interval.is_null()) return test;
  const auto ends = interval.list(
      [](const Place& end) { return end.is_null() ? std::nullopt : std::optional(end.real()); });
  if (ends.size() != 2) {
    interval.complain("two numbers");
    return test;
  }
  test.interval_low = ends[0];
  test.interval_high = ends[1];
  return test;
}

findings::ProvenGuard guard_at(const Place& place) {
  return {.name = place.at("name").text(),
          .status = place.at("status").choice<findings::GuardStatus>(),
          .note = place.at("note").text(),
          .note_template = place.at("template").text()};
}

findings::Evidence evidence_at(const Place& place) {
  const auto columns = place.at("columns").texts();
  return {.id = place.at("query").text(),
          .dialect = place.at("dialect").text(),
          .sql = place.at("sql").text(),
          .columns = columns,
          .rows = rows_at(place, columns),
          .row_count = place.at("row_count").count(),
          .truncated = place.at("truncated").flag()};
}

findings::Chart::Axis axis_at(const Place& place) {
  return {.column = place.at("column").text(),
          .title = place.at("title").text(),
          .kind = place.at("kind").choice<findings::Chart::Axis::Kind>(),
          .unit = place.at("unit").text()};
}

findings::ProvenChart chart_at(const Place& place) {
  if (place.is_null()) return {};
  const auto typed = place.at("usermeta").at("insights");
  const auto columns = typed.at("columns").texts();
  return {.chart = {.mark = typed.at("mark").choice<findings::Chart::Mark>(),
                    .title = typed.at("template").text(),
                    .query = typed.at("query").text(),
                    .x = axis_at(typed.at("x")),
                    .y = axis_at(typed.at("y")),
                    .series = typed.at("series").text(),
                    .highlight = typed.at("highlight").text(),
                    .low = typed.at("low").text(),
                    .high = typed.at("high").text()},
          .title = typed.at("title").text(),
          .columns = columns,
          .rows = rows_at(typed, columns),
          .style = {}};  // with_style
}

findings::Scope scope_at(const Place& place) {
  const auto day = [](const Place& at) {
    return at.is_null() ? std::nullopt : std::optional(day_at(at));
  };
  return {.table = place.at("table").text(),
          .equals = place.at("equals").list(entity_at),
          .from = day(place.at("from")),
          .to = day(place.at("to"))};
}

findings::VotedWeight voted_weight_at(const Place& finding) {
  if (!finding.has("feedback")) return {};
  const auto place = finding.at("feedback");
  return {.weight = place.at("weight").real(), .because = place.at("because").text()};
}

findings::Finding finding_at(const Place& place) {
  const auto templates = place.at("templates");
  const auto ranking = place.at("ranking");
  return {.id = place.at("id").text(),
          .fingerprint = place.at("fingerprint").text(),
          .pattern = place.at("pattern").text(),
          .family = place.at("family").text(),
          .title = place.at("title").text(),
          .summary = place.at("summary").text(),
          .action = place.at("action").text(),
          .title_template = templates.at("title").text(),
          .summary_template = templates.at("summary").text(),
          .action_template = templates.at("action").text(),
          .columns = place.at("columns").texts(),
          .entities = place.at("entities").list(entity_at),
          .values = place.at("values").dictionary(value_at),
          .impact = impact_at(place.at("impact")),
          .severity = place.at("severity").choice<findings::Severity>(),
          .test = test_at(place.at("test")),
          .strength = place.at("strength").choice<findings::Strength>(),
          .guards = place.at("guards").list(guard_at),
          .evidence = place.at("evidence").list(evidence_at),
          .chart = chart_at(place.at("chart")),
          .scope = scope_at(place.at("scope")),
          .also = place.at("also").texts(),
          .surprise = ranking.at("surprise").real(),
          .actionability = ranking.at("actionability").real(),
          .score = ranking.at("score").real(),
          .topics = place.at("topics").texts(),
          .feedback = voted_weight_at(place)};
}

findings::Hidden hidden_at(const Place& place) {
  return {.fingerprint = place.at("fingerprint").text(),
          .pattern = place.at("pattern").text(),
          .title = place.at("title").text(),
          .severity = place.at("severity").choice<findings::Severity>(),
          .rule = place.at("rule").text(),
          .because = place.at("because").text(),
          .into = place.at("into").text()};
}

std::vector<findings::Hidden> all_hidden_at(const Place& report) {
  return report.has("hidden") ? report.at("hidden").list(hidden_at)
                              : std::vector<findings::Hidden>();
}

explore::TableSummary table_at(const Place& place) {
  return {.name = place.at("name").text(),
          .origin = place.at("origin").text(),
          .rows = place.at("rows").count(),
          .columns = place.at("columns").count(),
          .first_day = place.at("first_day").text(),
          .last_day = place.at("last_day").text(),
          .sampled = place.at("sampled").flag()};
}

findings::Total total_at(const Place& place) {
  return {.account = place.at("kind").choice<findings::Account>(),
          .unit = unit_at(place),
          .is_money = is_money_at(place),
          .per = place.at("per").text(),
          .amount = place.at("amount").real(),
          .findings = place.at("findings").count()};
}

findings::LedgerCounts counts_at(const Place& place) {
  return {.tested = place.at("tested").count(),
          .facts = place.at("facts").count(),
          .published = place.at("published").count(),
          .decoy_columns = place.at("decoy_columns").count(),
          .decoys_tested = place.at("decoys_tested").count(),
          .decoys_accepted = place.at("decoys_accepted").count()};
}

PatternTally tally_at(const Place& place) {
  return {.pattern = place.at("pattern").text(),
          .tested = place.at("tested").count(),
          .facts = place.at("facts").count(),
          .published = place.at("published").count(),
          .set_aside = place.at("set_aside").count()};
}

explore::Budget budget_at(const Place& place) {
  return {
      .queries_max = place.at("queries_max").count(),
      .rows_max = place.at("rows_max").count(),
      .bytes_max = place.at("bytes_max").count(),
      .time_max = std::chrono::milliseconds{place.at("time_max_milliseconds").count()},
      .query_time_max = std::chrono::milliseconds{place.at("query_time_max_milliseconds").count()}};
}

explore::Spent spent_at(const Place& place) {
  explore::Spent spent{.queries = place.at("queries").count(),
                       .rows = place.at("rows").count(),
                       .bytes = place.at("bytes").count(),
                       .wall = std::chrono::milliseconds{place.at("wall_milliseconds").count()}};
  if (place.has("cache")) {
    const auto cache = place.at("cache");
    spent.queries_cached = cache.at("queries").count();
    spent.saved = std::chrono::milliseconds{cache.at("saved_milliseconds").count()};
  }
  return spent;
}

std::optional<analyst::ModelUse> model_at(const Place& report) {
  if (!report.has("llm")) return std::nullopt;
  const auto place = report.at("llm");
  return analyst::ModelUse{.provider = place.at("provider").text(),
                           .model = place.at("model").text(),
                           .privacy = place.at("privacy").text(),
                           .iterations = place.at("iterations").count(),
                           .calls = place.at("calls").count(),
                           .input_tokens = place.at("input_tokens").count(),
                           .cached_tokens = place.at("cached_tokens").count(),
                           .output_tokens = place.at("output_tokens").count(),
                           .reasoning_tokens = place.at("reasoning_tokens").count(),
                           .estimated = place.at("estimated").flag(),
                           .usd = place.at("usd").real(),
                           .priced = place.at("priced").flag(),
                           .bytes_sent = place.at("bytes_sent").count(),
                           .leads = place.at("leads").count(),
                           .recorded = place.at("recorded").count(),
                           .deepened = place.at("deepened").count(),
                           .sent_back = place.at("sent_back").count(),
                           .ended = place.at("ended").text(),
                           .complete = place.at("complete").flag()};
}

// A chart's numbers are written as the report's are; it is saved once.
explore::Run with_style(explore::Run run) {
  for (auto& finding : run.findings) {
    if (finding.chart != findings::ProvenChart{}) finding.chart.style = run.style;
  }
  return run;
}

explore::Run run_at(const Place& report) {
  const auto about = report.at("run");
  const auto data = report.at("data");
  return with_style(
      {.id = about.at("id").text(),
       .program = about.at("program").text(),
       .started_at = about.at("started_at").text(),
       .analyst = about.at("analyst").text(),
       .focus = about.at("focus").text(),
       .locations = report.at("locations").texts(),
       .data = {.engine = data.at("engine").text(), .digest = data.at("digest").text()},
       .tables = report.at("tables").list(table_at),
       .currency = report.at("currency").text(),
       .style = {.indian_units = report.at("number_style").text() == "indian"},
       .findings = report.at("findings").list(finding_at),
       .totals = report.at("totals").list(total_at),
       .hidden = all_hidden_at(report),
       .counts = counts_at(report.at("counts")),
       .ledger = {},
       .notes = report.at("notes").texts(),
       .partial = report.at("partial").flag(),
       .partial_reason = report.at("partial_reason").text(),
       .budget = budget_at(report.at("budget")),
       .spent = spent_at(report.at("spent")),
       .model = model_at(report)});
}

constexpr const char* hint = "Give the file that --format json wrote.";

std::vector<SealedPart> seal_at(const Place& report) {
  const auto parts =
      report.at("seal").at("parts").dictionary([](const Place& part) { return part.text(); });
  std::vector<SealedPart> sealed;
  sealed.reserve(parts.size());
  for (const auto& [name, digest] : parts) sealed.push_back({name, digest});
  return sealed;
}

base::Status check_extent(std::string_view text) {
  if (text.size() > report_bytes_max) {
    return base::fail(ErrorKind::invalid_input, "the report has " + std::to_string(text.size()) +
                                                    " bytes; at most " +
                                                    std::to_string(report_bytes_max) + " are read");
  }
  if (depth_of_json(text) > report_depth_max) {
    return base::fail(ErrorKind::invalid_input, "the report is nested deeper than " +
                                                    std::to_string(report_depth_max) + " levels");
  }
  return {};
}

// A report and the seal that stands in it; nothing for a report without one.
struct Unsealed {
  SavedReport saved;
  std::optional<std::vector<SealedPart>> seal;
};

base::Result<Unsealed> read_parts(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) return base::fail(ErrorKind::invalid_input, "this is not JSON", hint);
  std::string problem;
  const Place report(json, "", problem);
  const auto version = report.at("format_version").integer();
  if (problem.empty() && version != format_version) {
    return base::fail(ErrorKind::invalid_input,
                      "the report has format_version " + std::to_string(version) +
                          "; this program reads " + std::to_string(format_version),
                      "Read it with the version of insights that wrote it.");
  }
  Unsealed read{.saved = {.run = run_at(report),
                          .tallies = report.at("tallies").list(tally_at),
                          .altered = {}},
                .seal = std::nullopt};
  if (report.has("seal")) read.seal = seal_at(report);
  if (!problem.empty()) {
    return base::fail(ErrorKind::invalid_input, "not a report of insights: " + problem, hint);
  }
  return read;
}

}  // namespace

base::Result<findings::Finding> read_finding(std::string_view text) {
  if (const auto extent = check_extent(text); !extent) return std::unexpected(extent.error());
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) return base::fail(ErrorKind::invalid_input, "this is not JSON");
  std::string problem;
  auto finding = finding_at(Place(json, "", problem));
  if (problem.empty()) return finding;
  return base::fail(ErrorKind::invalid_input, "not a finding of insights: " + problem);
}

base::Result<SavedReport> read_json(std::string_view text) {
  if (const auto extent = check_extent(text); !extent) return std::unexpected(extent.error());
  auto [saved, seal] = TRY(read_parts(text));
  saved.altered = seal ? altered_parts(*seal, sealed_parts(text))
                       : std::vector<std::string>{"seal (it is missing)"};
  return saved;
}

}  // namespace insights::report
