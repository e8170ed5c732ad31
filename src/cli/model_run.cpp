#include "cli/model_run.h"

#include <fmt/format.h>

#include <chrono>

#include "agent/language_model_analyst.h"
#include "analyst/statistical.h"
#include "cli/model_settings.h"
#include "llm/open.h"
#include "llm/prices.h"
#include "store/journal.h"
#include "store/migrations.h"
#include "store/model_runs.h"

namespace insights::cli {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using config::Config;

tools::PrivacyMode privacy_of(config::Privacy privacy) {
  switch (privacy) {
    case config::Privacy::schema:
      return tools::PrivacyMode::schema;
    case config::Privacy::aggregates:
      return tools::PrivacyMode::aggregates;
    case config::Privacy::full:
      return tools::PrivacyMode::full;
    case config::Privacy::tokens:
    case config::Privacy::off:  // no model is asked
      return tools::PrivacyMode::tokens;
  }
  std::unreachable();
}

// What a run must not change when it is taken up again, a line each.
std::string kept_settings(const Config& config, const explore::Order& order) {
  return fmt::format("privacy = {}\ngroup_min = {}\nleads = {}\nfocus = {}\nas_of = {}\nseed = {}",
                     tools::name(privacy_of(config.privacy)), config.group_min,
                     config.leads == config::Leads::on ? "on" : "off", order.brief.focus.name,
                     config.as_of ? base::iso_text(*config.as_of) : "", config.seed);
}

agent::Settings agent_settings(const Config& config, const explore::Order& order) {
  agent::Settings settings;
  settings.tools.privacy = {privacy_of(config.privacy), config.group_min};
  settings.tools.query.time_max = config.query_time_max;
  settings.tools.query.may_be_cached = true;  // what is recorded is read twice all the same
  settings.leads = config.leads == config::Leads::on;
  settings.iterations_max = config.iterations;
  settings.usd_max = config.budget_usd;
  settings.tokens_max = config.tokens_max;
  // Reasoning counts as output.
  if (config.effort == config::ModelEffort::high) settings.output_tokens_max = 32'000;
  if (config.effort == config::ModelEffort::xhigh) settings.output_tokens_max = 64'000;
  settings.prompts_directory = config.prompts_directory;
  settings.kept = kept_settings(config, order);
  return settings;
}

base::Moment now() {
  return {std::chrono::duration_cast<std::chrono::microseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

// What left and will leave for the model, written down before it goes.
class EgressLog {
 public:
  EgressLog(store::Database& store, std::string run, std::string privacy, Progress& progress)
      : store_(store), run_(std::move(run)), privacy_(std::move(privacy)), progress_(progress) {}

  void carries(const tools::Carried& columns) {
    columns_.clear();
    for (const auto& [table, column] : columns) columns_.push_back(table + "." + column);
  }
  void operator()(const llm::Sending& sending) {
    const auto kept = store::add_egress(
        store_, run_,
        {now(), sending.url, static_cast<std::int64_t>(sending.body.size()), privacy_, columns_});
    if (!kept) progress_.remark("what left was not logged: " + kept.error().message);
  }

 private:
  store::Database& store_;
  std::string run_, privacy_;
  Progress& progress_;
  std::vector<std::string> columns_;
};

store::ModelRun head_of(const explore::Order& order, const llm::Model& model,
                        const agent::Settings& settings) {
  store::ModelRun head;
  head.run = order.run_id;
  head.started_at = now();
  head.locations = fmt::format("{}", fmt::join(order.locations, "\n"));
  head.focus = order.brief.focus.name;
  head.model = model.provider() + " " + model.name();
  head.privacy = tools::name(settings.tools.privacy.mode);
  return head;
}

void end(store::Database& store, store::ModelRun head, const Result<explore::Run>& run) {
  head.state = !run ? "failed" : run->partial ? "partial" : "done";
  head.reason = run ? run->partial_reason : run.error().message;
  if (run && run->model) head.usd = run->model->usd;
  if (run) head.findings = static_cast<std::int64_t>(run->findings.size());
  static_cast<void>(store::save_model_run(store, head));  // the report is there all the same
}

}  // namespace

bool asks_a_model(const Config& config) {
  return config.analyst == config::Analyst::llm && config.privacy != config::Privacy::off;
}

Result<explore::Run> explore_with_model(const Config& config, const explore::Order& order,
                                        bool resumes, const ModelRunParts& parts,
                                        std::stop_token stop) {
  auto& progress = parts.progress;
  auto connection = TRY(model_settings(config));
  TRY(check_key(connection));
  auto store = TRY(store::open_store(config.store));
  if (resumes) TRY(store::model_run(store, order.run_id));
  auto settings = agent_settings(config, order);
  settings.tools.watch = [&](sql::Gate& gate) { parts.log.watch(gate); };
  EgressLog egress(store, order.run_id, std::string(tools::name(settings.tools.privacy.mode)),
                   progress);
  connection.sent = [&](const llm::Sending& sending) { egress(sending); };
  const auto model = TRY(llm::open(connection));
  settings.dollars = [price = model->price()](const llm::Usage& usage) {
    return llm::dollars(usage, price);
  };
  if (!model->price()) {
    progress.remark(
        fmt::format("no price of {} is known: the budget of ${:.2f} stops nothing, the "
                    "one of {} tokens does",
                    model->name(), config.budget_usd, config.tokens_max));
  }
  const auto head = head_of(order, *model, settings);
  TRY(store::save_model_run(store, head));
  store::StoredJournal journal(store, order.run_id);
  analyst::StatisticalAnalyst statistical(parts.vocabulary);
  agent::LanguageModelAnalyst analyst(
      settings, statistical, *model, parts.vocabulary, journal,
      [&](const agent::Step& step) { parts.observer.on(step); },
      [&](const tools::Carried& columns) { egress.carries(columns); });
  progress.remark(fmt::format("run {}; should it end early: insights explore ... --resume {}",
                              order.run_id, order.run_id));
  auto run = explore::explore(
      order, {parts.source, parts.gate, parts.vocabulary, parts.metadata, analyst, parts.observer},
      stop);
  end(store, head, run);
  return run;
}

}  // namespace insights::cli
