#include "cli/parts.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <mutex>
#include <random>
#include <thread>

#include "analyst/statistical.h"
#include "cache/cached_source.h"
#include "catalog/read.h"
#include "catalog/vocabulary.h"
#include "catalog/vocabulary_files.h"
#include "cli/model_run.h"
#include "cli/remembered.h"
#include "cli/version.h"
#include "config/focus.h"
#include "config/text_file.h"
#include "explore/explore.h"
#include "findings/evidence.h"
#include "report/html.h"
#include "report/json.h"
#include "report/markdown.h"
#include "report/text.h"
#include "source/gate.h"
#include "source/open.h"
#include "source/postgres_source.h"
#include "source/postgres_url.h"
#include "source/worker.h"

namespace insights::cli {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using config::Config;

Result<catalog::Vocabulary> vocabulary_of(const Config& config) {
  std::string additions;
  if (!config.vocabulary_file.empty()) {
    additions = TRY(config::read_text_file(config.vocabulary_file, "the vocabulary file"));
  }
  return catalog::read_vocabulary(catalog::vocabulary_files::vocabulary_toml(), additions);
}

explore::Budget budget_of(const Config& config) {
  explore::Budget budget;
  budget.queries_max = config.queries_max;
  budget.rows_max = config.rows_max;
  budget.bytes_max = config.bytes_max;
  budget.time_max = config.time_max;
  budget.query_time_max = config.query_time_max;
  return budget;
}

findings::NumberStyle number_style_of(const Config& config) {
  return {.indian_units = config.number_style == config::NumberStyle::indian};
}

// "run-20251122-074603-1a2b" and "2025-11-22T07:46:03Z": the one place where the clock of day and
// chance come in.
struct RunIdentity {
  std::string id, started_at;
};

RunIdentity new_run() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::random_device chance;
  const unsigned tail = std::uniform_int_distribution<unsigned>(0, 0xFFFF)(chance);
  return {fmt::format("run-{:%Y%m%d-%H%M%S}-{:04x}", utc, tail),
          fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", utc)};
}

int threads_of(const Config& config) {
  if (config.threads > 0) return static_cast<int>(config.threads);
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

explore::Order order_of(const Config& config, const findings::Focus& focus) {
  const auto identity = new_run();
  explore::Order order;
  order.run_id = identity.id;
  order.started_at = identity.started_at;
  order.program = fmt::format("insights {}", version());
  // A report is passed on: what it was made from is in it, the password is not.
  for (const auto& location : config.locations)
    order.locations.push_back(config::redacted(location));
  order.brief.focus = focus;
  order.brief.as_of = config.as_of;
  order.brief.threads = threads_of(config);
  order.budget = budget_of(config);
  order.style = number_style_of(config);
  order.top = static_cast<std::size_t>(config.top);
  order.seed = static_cast<std::uint64_t>(config.seed);
  return order;
}

source::OpenOptions open_options(const std::vector<std::string>& locations, const Config& config) {
  source::OpenOptions options;
  options.locations = locations;
  options.allow_privileged_role = config.allow_privileged_role;
  options.threads = static_cast<int>(config.threads);
  options.memory_max_bytes = config.memory_max_bytes;
  return options;
}

// What was not typed may surprise: an error says who named it.
Result<std::unique_ptr<source::Source>> with_origin(Result<std::unique_ptr<source::Source>> source,
                                                    const std::vector<std::string>& locations,
                                                    const Config& config) {
  if (source || locations != config.locations) return source;
  const auto origin = config::origin_of(config, "locations");
  if (origin.kind != config::Origin::Kind::flag)
    source.error().message += fmt::format(" (named by {})", config::text_of(origin));
  return source;
}

// Who wrote the statements: those of others run in a process of their own.
enum class Statements { ours, of_others };

Result<std::unique_ptr<source::Source>> opened(const std::vector<std::string>& locations,
                                               const Config& config, Statements statements,
                                               std::stop_token stop) {
  const auto options = open_options(locations, config);
  if (statements == Statements::ours)
    return with_origin(source::open(options, std::move(stop)), locations, config);
  const source::WorkerCommand command{"/proc/self/exe", source::worker_word};
  return with_origin(source::open_in_worker(options, command, std::move(stop)), locations, config);
}

// What tells one source from another, besides what is in it.
std::string identity_of(const std::vector<std::string>& locations) {
  std::string identity;
  for (const auto& location : locations) {
    std::error_code ignored;
    identity += source::is_postgres_url(location)
                    ? location
                    : std::filesystem::absolute(location, ignored).string();
    identity += '\n';
  }
  return identity;
}

// Queries are answered by the cache where there is one; the log hears of all of them.
std::unique_ptr<source::Source> with_cache(std::unique_ptr<source::Source> source,
                                           const Config& config, cache::QueryCache* cache) {
  if (cache == nullptr) return source;
  return std::make_unique<cache::CachedSource>(
      std::move(source), *cache,
      cache::Origin{fmt::format("insights {}", version()), identity_of(config.locations)});
}

// What those who insist must hear at once, and not only at the end of a report.
void warn_of_privileges(const source::Source& source, const Config& config, Progress& progress) {
  if (!config.allow_privileged_role) return;
  for (const auto& note : source.notes()) {
    if (note.starts_with("Privileged role")) progress.remark(note);
  }
}

// What the run tells goes on to its observer; from when the tables are understood, the analyst
// asks. What the gate refuses is told among it.
class AskerObserver final : public explore::RunObserver {
 public:
  AskerObserver(explore::RunObserver& observer, QueryLog& log) : observer_(observer), log_(log) {
    log_.also_tell_refusals([this](const source::QueryRecord& record) {
      on(explore::QueryRefused{record.sql, record.reason});
    });
  }
  // A model's statements are judged and asked side by side.
  void on(const explore::Event& event) override {
    const std::scoped_lock turn(mutex_);
    if (std::holds_alternative<explore::CatalogRead>(event)) log_.asked_by("statistical analyst");
    if (std::holds_alternative<explore::ModelStep>(event)) log_.asked_by("language model");
    observer_.on(event);
  }

 private:
  explore::RunObserver& observer_;
  QueryLog& log_;
  std::mutex mutex_;
};

// A run is not lost with its log; who wants the log must hear of it.
void say_of_log(const QueryLog& log, Progress& progress) {
  if (!log.status()) progress.remark(log.status().error().message);
}

DataState data_state(const source::DataVersion& then, const source::DataVersion& now) {
  if (then.digest.empty() || now.digest.empty()) return DataState::unknown;
  return then.digest == now.digest ? DataState::unchanged : DataState::changed;
}

}  // namespace

QueryLog query_log(const Config& config, std::string who) {
  return {config.query_log_file, std::move(who), time_of_day};
}

Result<std::unique_ptr<source::Source>> open_source(const std::vector<std::string>& locations,
                                                    const Config& config, QueryLog& log,
                                                    std::stop_token stop) {
  return log.watched(TRY(opened(locations, config, Statements::ours, std::move(stop))));
}

Result<std::unique_ptr<source::Source>> open_worker_source(
    const std::vector<std::string>& locations, const Config& config, QueryLog& log,
    std::stop_token stop) {
  return log.watched(TRY(opened(locations, config, Statements::of_others, std::move(stop))));
}

Result<std::unique_ptr<cache::QueryCache>> open_cache(const Config& config, cache::Watch watch) {
  return cache::QueryCache::open(
      {.redis_url = config.cache_url,
       .memory_bytes_max = static_cast<std::size_t>(config.cache_bytes_max),
       .keep = config.cache_keep,
       .stale_max = config.cache_stale_max},
      std::move(watch));
}

Result<sql::Gate> open_gate(const source::Source& source, QueryLog& log) {
  auto gate = TRY(source::open_gate(source));
  log.watch(gate);
  return gate;
}

Result<std::string> role_script(const Config& config, std::stop_token stop) {
  const bool url = config.locations.size() == 1 && source::is_postgres_url(config.locations[0]);
  if (!config.locations.empty() && !url) {
    return base::fail(base::ErrorKind::invalid_input, "only PostgreSQL has roles",
                      "Name the URL of a PostgreSQL database.");
  }
  return source::postgres_role_script(url ? config.locations[0] : "", std::move(stop));
}

Result<catalog::Metadata> read_metadata(const Config& config) {
  auto metadata = TRY(catalog::read_metadata(config.metadata_directory));
  if (!config.context_file.empty()) {
    metadata.business_context =
        TRY(config::read_text_file(config.context_file, "the context file"));
  }
  return metadata;
}

Result<catalog::Catalog> read_catalog(source::Source& source, const Config& config,
                                      explore::RunObserver& observer, std::stop_token stop) {
  const auto gate = TRY(source::open_gate(source));
  const auto vocabulary = TRY(vocabulary_of(config));
  const auto metadata = TRY(read_metadata(config));
  catalog::ReadOptions options;
  options.as_of = config.as_of;
  options.load.rows_max = config.rows_max;
  options.on_loaded = [&](const std::string& table, std::int64_t rows) {
    observer.on(explore::TableLoaded{table, rows});
  };
  return catalog::read(source, gate, vocabulary, metadata, options, stop);
}

Result<catalog::PersonalColumns> personal_columns(source::Source& source, const Config& config,
                                                  std::stop_token stop) {
  const auto gate = TRY(source::open_gate(source));
  const auto vocabulary = TRY(vocabulary_of(config));
  const auto metadata = TRY(read_metadata(config));
  return catalog::find_personal(source, gate, vocabulary, metadata, std::move(stop));
}

Result<findings::Focus> focus_of(const Config& config) {
  const auto known = TRY(config::focus_areas(config.focus_directory));
  findings::Focus focus;
  for (const auto& area : TRY(config::chosen(known, config.focus))) {
    focus.name += (focus.name.empty() ? "" : ", ") + area.name;
    focus.text += (focus.text.empty() ? "" : "\n\n") + area.text;
    for (const auto& [topic, weight] : area.weights) {
      auto& highest = focus.weights[topic];
      highest = std::max(highest, weight);
    }
  }
  return focus;
}

Result<explore::Run> run_exploration(const Config& config, const findings::Focus& focus,
                                     const RunChoice& choice, Progress& progress,
                                     std::stop_token stop) {
  const auto vocabulary = TRY(vocabulary_of(config));
  const auto metadata = TRY(read_metadata(config));
  const bool with_model = asks_a_model(config);
  if (choice.resumes && !with_model) {
    return fail(ErrorKind::invalid_input, "only a run of a language model can be resumed",
                "Add --analyst llm.");
  }
  if (config.analyst == config::Analyst::llm && !with_model)
    progress.remark("privacy is off: no language model is asked");
  auto order = order_of(config, focus);
  if (!choice.id.empty()) order.run_id = choice.id;
  if (with_model || choice.remembers)
    TRY(remember(config, order.brief));
  else
    order.brief.feedback = TRY(rules_of(config));
  progress.doing("opening the source");
  auto log = query_log(config, "catalog");
  AskerObserver observer(progress, log);
  // What a model writes runs in a process of its own, and so does the rest of its run.
  const auto statements = with_model ? Statements::of_others : Statements::ours;
  auto database = TRY(opened(config.locations, config, statements, stop));
  const auto source = log.watched(with_cache(std::move(database), config, choice.cache));
  warn_of_privileges(*source, config, progress);
  const auto gate = TRY(open_gate(*source, log));
  if (with_model) {
    const ModelRunParts parts{*source, gate, vocabulary, metadata, observer, progress, log};
    auto run = explore_with_model(config, order, choice.resumes, parts, stop);
    say_of_log(log, progress);
    return run;
  }
  analyst::StatisticalAnalyst analyst(vocabulary);
  auto run =
      explore::explore(order, {*source, gate, vocabulary, metadata, analyst, observer}, stop);
  say_of_log(log, progress);
  return run;
}

Result<explore::SelfTest> run_selftest(const Config& config, std::int64_t rounds,
                                       Progress& progress, std::stop_token stop) {
  const auto vocabulary = TRY(vocabulary_of(config));
  const auto metadata = TRY(read_metadata(config));
  progress.doing("opening the source");
  auto log = query_log(config, "selftest");
  const auto source = TRY(open_source(config.locations, config, log, stop));
  const auto gate = TRY(open_gate(*source, log));
  analyst::StatisticalAnalyst analyst(vocabulary);
  explore::SelfTestOrder order{.order = order_of(config, {}), .rounds = rounds};
  order.on_round = [&](std::int64_t round) {
    progress.doing(round == 0
                       ? "exploring the data as it is"
                       : fmt::format("exploring shuffled data: round {} of {}", round, rounds));
  };
  auto tested =
      explore::selftest(order, {*source, gate, vocabulary, metadata, analyst, progress}, stop);
  say_of_log(log, progress);
  return tested;
}

Result<Verification> verify_run(const explore::Run& saved,
                                const std::vector<std::string>& locations, const Config& config,
                                Progress& progress, std::stop_token stop) {
  progress.doing("opening the source");
  auto log = query_log(config, "verify");
  const auto source = TRY(open_source(locations, config, log, stop));
  const auto gate = TRY(open_gate(*source, log));
  progress.doing("comparing the data with the report's");
  const auto version = TRY(source->version(stop));
  Verification verification;
  verification.data = data_state(saved.data, version);
  findings::EvidenceLimits limits;
  limits.query.time_max = config.query_time_max;
  limits.queries_max = config.queries_max;
  findings::EvidenceReader reader(*source, gate, limits);
  const findings::VerifyOptions options{.data_unchanged = verification.data == DataState::unchanged,
                                        .style = saved.style};
  for (const auto& finding : saved.findings) {
    progress.doing("verifying " + finding.id + ": " + finding.title);
    auto checks = findings::verify(finding, reader, options, stop);
    if (!checks) {
      verification.ended_early = checks.error().message;
      break;
    }
    verification.findings.push_back({finding.id, finding.title, *std::move(checks)});
  }
  say_of_log(log, progress);
  return verification;
}

std::string rendered(const explore::Run& run, config::Format format, const Config& config,
                     const Look& look) {
  switch (format) {
    case config::Format::text: {
      report::TextOptions options;
      options.color = look.color;
      options.unicode = look.unicode;
      options.width = look.width;
      options.verbose = config.verbose;
      return report::to_text(run, options);
    }
    case config::Format::json:
      return report::to_json(run);
    case config::Format::markdown:
      return report::to_markdown(run);
    case config::Format::html:
      return report::to_html(run);
  }
  std::unreachable();
}

std::string time_of_day() { return new_run().started_at; }

std::string_view analyst_name(const Config& config) {
  return asks_a_model(config) ? "llm" : "statistical";
}

}  // namespace insights::cli
