#include "server/recorder.h"

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "report/choice_names.h"
#include "report/json.h"
#include "server/clock.h"

namespace insights::server {

namespace {

using Json = nlohmann::ordered_json;

std::string text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

constexpr std::chrono::milliseconds flush_after{200};

}  // namespace

store::Sighting sighting_of(const findings::Finding& finding) {
  store::Sighting sighting;
  sighting.fingerprint = finding.fingerprint;
  sighting.pattern = finding.pattern;
  sighting.title = finding.title;
  sighting.stake.severity = report::choice_name(finding.severity);
  sighting.stake.account = report::choice_name(finding.impact.account);
  if (finding.impact.account != findings::Account::none) {
    sighting.stake.amount = finding.impact.amount;
    sighting.stake.low = finding.impact.low;
    sighting.stake.high = finding.impact.high;
  }
  for (const auto& entity : finding.entities)
    sighting.entities.push_back({entity.column, entity.value});
  sighting.body = report::finding_json(finding);
  return sighting;
}

Recorder::Recorder(std::string run, store::SharedDatabase& writer, Metrics& metrics,
                   std::function<void()> ring, std::stop_source& stop)
    : run_(std::move(run)),
      writer_(writer),
      metrics_(metrics),
      ring_(std::move(ring)),
      stop_(stop) {}

base::Status Recorder::begin() {
  const auto known =
      TRY(writer_.use([&](store::Database& database) { return store::counted(database, run_); }));
  new_ = {};
  events_ = known.events;
  queries_ = known.queries;
  return {};
}

void Recorder::on(const explore::Event& event) {
  if (failure_) return;
  std::visit([this](const auto& what) { take(what); }, event);
  const bool is_due = std::chrono::steady_clock::now() - flushed_ >= flush_after;
  const bool is_finding = std::holds_alternative<explore::FindingProven>(event);
  if (!is_due && !is_finding) return;
  if (const auto kept = flush(); !kept) {
    failure_ = kept.error();
    metrics_.add("insights_store_errors_total");
    stop_.request_stop();
  }
}

void Recorder::add(std::string kind, std::string body) {
  new_.events.push_back({++events_, now(), std::move(kind), std::move(body)});
}

base::Status Recorder::flush() {
  TRY(writer_.use(
      [&](store::Database& database) { return store::add_events(database, run_, new_); }));
  new_ = {};
  flushed_ = std::chrono::steady_clock::now();
  ring_();
  return {};
}

store::Happened Recorder::with_end(store::RunState state, const std::string& reason,
                                   std::int64_t findings) {
  const auto saved = std::chrono::duration_cast<std::chrono::milliseconds>(saved_);
  add("ended", text({{"state", store::name(state)},
                     {"reason", reason},
                     {"findings", findings},
                     {"queries", queries_},
                     {"queries_cached", queries_cached_},
                     {"saved_milliseconds", saved.count()}}));
  return std::exchange(new_, {});
}

void Recorder::told(store::RunState state) {
  metrics_.add("insights_runs_total", {{"state", std::string(store::name(state))}});
  ring_();
}

base::Status Recorder::close(store::Closing closing) {
  closing.last =
      with_end(closing.state, closing.reason, static_cast<std::int64_t>(closing.published.size()));
  TRY(writer_.use(
      [&](store::Database& database) { return store::close(database, run_, closing); }));
  for (const auto& finding : closing.published)
    metrics_.add("insights_findings_total", {{"pattern", finding.pattern}});
  told(closing.state);
  return {};
}

base::Status Recorder::end(store::RunState state, const std::string& reason) {
  const auto known =
      TRY(writer_.use([&](store::Database& database) { return store::counted(database, run_); }));
  const auto last = with_end(state, reason, known.findings);
  TRY(writer_.use([&](store::Database& database) {
    return store::end_run(database, run_, state, reason, last, now());
  }));
  told(state);
  return {};
}

void Recorder::take(const explore::Started&) { add("started", "{}"); }

void Recorder::take(const explore::TableLoaded& event) {
  add("table_loaded", text({{"table", event.table}, {"rows", event.rows}}));
}

void Recorder::take(const explore::CatalogRead& event) {
  asker_ = "statistical analyst";
  add("catalog_read", text({{"tables", event.tables}, {"columns", event.columns}}));
}

void Recorder::take(const explore::QueryRun& event) {
  new_.queries.push_back({.sequence = ++queries_,
                          .at = now(),
                          .sql = event.sql,
                          .rows = event.rows,
                          .milliseconds = event.milliseconds,
                          .error = event.error,
                          .asker = asker_,
                          .verdict = event.masked ? "mask" : "allow",
                          .bytes = event.bytes,
                          .cached = event.cached});
  if (event.cached) ++queries_cached_;
  saved_ += event.saved;
  metrics_.add("insights_queries_total", {{"outcome", !event.error.empty() ? "failed"
                                                      : event.cached       ? "cached"
                                                                           : "answered"}});
  metrics_.observe("insights_query_seconds", static_cast<double>(event.milliseconds) / 1000);
  add("query", text({{"query", queries_},
                     {"rows", event.rows},
                     {"milliseconds", event.milliseconds},
                     {"failed", !event.error.empty()},
                     {"cached", event.cached}}));
}

void Recorder::take(const explore::QueryRefused& event) {
  new_.queries.push_back({.sequence = ++queries_,
                          .at = now(),
                          .sql = event.sql,
                          .error = {},
                          .asker = asker_,
                          .verdict = "refuse",
                          .reason = event.reason});
  metrics_.add("insights_refusals_total", {{"class", event.reason}});
  add("refused", text({{"query", queries_}, {"class", event.reason}}));
}

void Recorder::take(const explore::HypothesesTested& event) {
  add("tested",
      text({{"pattern", event.pattern}, {"tested", event.tested}, {"accepted", event.accepted}}));
}

void Recorder::take(const explore::EarlyFinding& event) {
  add("early_finding", text({{"title", event.finding->title},
                             {"summary", event.finding->summary},
                             {"sample_rows", event.sample_rows}}));
}

// Stored first, then told.
void Recorder::take(const explore::FindingProven& event) {
  const auto number = writer_.use([&](store::Database& database) {
    return store::see(database, run_, sighting_of(*event.finding), now());
  });
  if (!number) {
    failure_ = number.error();
    metrics_.add("insights_store_errors_total");
    stop_.request_stop();
    return;
  }
  Json body{{"finding", *number},
            {"pattern", event.finding->pattern},
            {"severity", report::choice_name(event.finding->severity)},
            {"title", event.finding->title},
            {"summary", event.finding->summary}};
  if (!event.hidden_by.empty()) body["suppressed_by"] = event.hidden_by;
  add("finding", text(body));
}

// Its thoughts come in hundreds of pieces, for a terminal; who watches a run wants its steps.
void Recorder::take(const explore::ModelStep& event) {
  using Kind = explore::ModelStep::Kind;
  asker_ = "language model";
  if (event.kind == Kind::thinking || event.kind == Kind::writing) return;
  static constexpr std::array<std::string_view, 8> names{
      "asking", "thinking", "writing", "calling", "answered", "recorded", "waiting", "remark"};
  add("model", text({{"step", names[static_cast<std::size_t>(event.kind)]},
                     {"iteration", event.iteration},
                     {"usd", event.usd},
                     {"text", event.text}}));
}

// How it ended is told when its report is in the store.
void Recorder::take(const explore::Finished&) {}

}  // namespace insights::server
