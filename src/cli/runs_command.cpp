// `insights runs` and `insights egress`: which runs asked a language model, and what left for it.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/say.h"
#include "store/migrations.h"
#include "store/model_runs.h"

namespace insights::cli {
namespace {

using base::Result;
using config::Config;
using Json = nlohmann::ordered_json;

// Nothing is made by looking.
Result<store::Database> opened(const Config& config) {
  store::OpenOptions options;
  options.create = false;
  auto store = store::open_store(config.store, options);
  if (!store && store.error().kind == base::ErrorKind::not_found) {
    return base::fail(base::ErrorKind::not_found, "no run of a language model was kept yet",
                      "Runs are kept by explore --analyst llm; --store says where.");
  }
  return store;
}

std::string time_text(base::Moment moment) {
  const base::Moment second{moment.microseconds / 1'000'000 * 1'000'000};
  auto text = base::iso_text(second);
  text[10] = 'T';
  return text + "Z";
}

std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string runs_json(const std::vector<store::ModelRun>& runs) {
  Json list = Json::array();
  for (const auto& run : runs) {
    list.push_back({{"run", run.run},
                    {"started_at", time_text(run.started_at)},
                    {"state", run.state},
                    {"reason", run.reason},
                    {"model", run.model},
                    {"privacy", run.privacy},
                    {"focus", run.focus},
                    {"locations", run.locations},
                    {"usd", run.usd},
                    {"findings", run.findings}});
  }
  return dumped({{"runs", std::move(list)}});
}

std::string runs_text(const std::vector<store::ModelRun>& runs) {
  std::string text;
  for (const auto& run : runs) {
    text += fmt::format("{}  {:<8} {}, privacy {}, ${:.4f}, {} findings\n", run.run, run.state,
                        run.model, run.privacy, run.usd, run.findings);
    if (!run.reason.empty()) text += fmt::format("    {}\n", run.reason);
  }
  return text;
}

std::string egress_json(const store::ModelRun& run, const std::vector<store::Egress>& sent) {
  Json list = Json::array();
  for (const auto& one : sent) {
    list.push_back({{"at", time_text(one.at)},
                    {"url", one.url},
                    {"bytes", one.bytes},
                    {"privacy", one.privacy},
                    {"columns", one.columns}});
  }
  return dumped({{"run", run.run}, {"model", run.model}, {"requests", std::move(list)}});
}

std::string egress_text(const store::ModelRun& run, const std::vector<store::Egress>& sent) {
  std::string text;
  std::int64_t bytes = 0;
  for (const auto& one : sent) {
    bytes += one.bytes;
    text += fmt::format("{}  {:>9} bytes  {:<10} {}\n", time_text(one.at), one.bytes, one.privacy,
                        one.url);
    text += fmt::format(
        "    values of: {}\n",
        one.columns.empty() ? "no column" : fmt::format("{}", fmt::join(one.columns, ", ")));
  }
  return text + fmt::format("{}: {} requests to {}, {} bytes in all\n", run.run, sent.size(),
                            run.model, bytes);
}

}  // namespace

Result<ExitCode> run_runs(const Invocation& invocation, const Config& config) {
  auto store = TRY(opened(config));
  const auto runs = TRY(store::model_runs(store));
  TRY(write_standard_output(invocation.json ? runs_json(runs) : runs_text(runs)));
  return ExitCode::done;
}

Result<ExitCode> run_egress(const Invocation& invocation, const Config& config) {
  auto store = TRY(opened(config));
  const auto run = TRY(store::model_run(store, invocation.arguments.front()));
  const auto sent = TRY(store::egress_of(store, run.run));
  TRY(write_standard_output(invocation.json ? egress_json(run, sent) : egress_text(run, sent)));
  return ExitCode::done;
}

}  // namespace insights::cli
