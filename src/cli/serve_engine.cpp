#include "cli/serve_engine.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "catalog/describe.h"
#include "cli/parts.h"
#include "cli/progress.h"
#include "cli/remembered.h"
#include "cli/version.h"
#include "server/log.h"
#include "source/postgres_url.h"

namespace insights::cli {

using base::Result;
using config::Config;
using server::RunRequest;

namespace {

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  if (what.empty()) return;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

// Readers learn what a file is called, not where on this machine it is, nor how the database is
// reached.
void hide_places(std::string& text, const Config& config) {
  text = config::redacted(text);
  replace_all(text, config.store, "of this server");
  for (const auto& location : config.locations) {
    if (source::is_postgres_url(location)) {
      replace_all(text, config::redacted(location), "the database");
    } else if (const auto folder = std::filesystem::path(location).parent_path(); !folder.empty()) {
      replace_all(text, folder.string() + "/", "");
    }
  }
  std::error_code ignored;
  replace_all(text, std::filesystem::current_path(ignored).string() + "/", "");
}

// The whole is in the log.
base::Error without_places(base::Error error, const Config& config) {
  // What the one who asked can mend is no error of this server.
  const bool is_theirs =
      error.kind == base::ErrorKind::invalid_input || error.kind == base::ErrorKind::not_found;
  const auto what = config::redacted(error.message);
  if (is_theirs)
    server::log_event("warning", "engine", {{"what", what}});
  else
    server::log_event("error", "engine", {{"what", what}});
  hide_places(error.message, config);
  hide_places(error.hint, config);
  return error;
}

explore::Run without_places(explore::Run run, const Config& config) {
  for (auto& location : run.locations) hide_places(location, config);
  for (auto& table : run.tables) hide_places(table.origin, config);
  for (auto& note : run.notes) hide_places(note, config);
  hide_places(run.partial_reason, config);
  return run;
}

template <class T>
Result<T> told(Result<T> result, const Config& config) {
  if (!result) return std::unexpected(without_places(std::move(result).error(), config));
  return result;
}

Config settings_of(const RunRequest& request, Config config) {
  if (!request.focus.empty()) config.focus = request.focus;
  config.top = request.findings_max.value_or(config.top);
  config.iterations = request.iterations.value_or(config.iterations);
  // A request may ask for less than the server allows, not for more.
  config.time_max = std::min(config.time_max, request.time_max.value_or(config.time_max));
  config.queries_max =
      std::min(config.queries_max, request.queries_max.value_or(config.queries_max));
  if (request.as_of) config.as_of = request.as_of;
  return config;
}

Result<explore::Run> explore_as_asked(const Config& config, const RunRequest& request,
                                      const std::string& run_id, cache::QueryCache* cache,
                                      explore::RunObserver& observer, std::stop_token stop) {
  const auto own = settings_of(request, config);
  const auto focus = TRY(focus_of(own));
  Progress progress(ProgressStyle::quiet, stderr);
  progress.also_tell(observer);
  // What it journals and sends is kept under the server's id, so that it can be taken up again.
  const RunChoice choice{.id = run_id, .remembers = true, .cache = cache};
  return without_places(TRY(run_exploration(own, focus, choice, progress, std::move(stop))),
                        config);
}

Result<std::string> schema_json(const Config& config, std::stop_token stop) {
  Progress progress(ProgressStyle::quiet, stderr);
  auto log = query_log(config, "catalog");
  const auto source = TRY(open_source(config.locations, config, log, stop));
  auto understood = TRY(read_catalog(*source, config, progress, stop));
  for (auto& subject : understood.subjects) hide_places(subject.origin, config);
  for (auto& note : understood.notes) hide_places(note, config);
  return catalog::describe_json(understood, TRY(personal_columns(*source, config, stop)));
}

Result<std::string> verified_json(const Config& config, explore::Run report,
                                  const std::string& fingerprint, std::stop_token stop) {
  using Json = nlohmann::ordered_json;
  std::erase_if(report.findings, [&](const auto& one) { return one.fingerprint != fingerprint; });
  Progress progress(ProgressStyle::quiet, stderr);
  const auto verification =
      TRY(verify_run(report, config.locations, config, progress, std::move(stop)));
  if (verification.findings.empty())
    return base::fail(base::ErrorKind::unavailable, verification.ended_early);
  const auto& checks = verification.findings.front().checks;
  Json list = Json::array();
  for (const auto& check : checks)
    list.push_back({{"path", check.path},
                    {"status", findings::name(check.status)},
                    {"stored", check.stored},
                    {"now", check.now}});
  const Json whole{{"status", findings::name(findings::worst(checks))},
                   {"data_changed", verification.data == DataState::changed},
                   {"checks", std::move(list)}};
  return whole.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

// A database is asked; of files it is enough that they can be read.
base::Status reachable(const Config& config, std::stop_token stop) {
  for (const auto& location : config.locations) {
    if (source::is_postgres_url(location)) {
      auto log = query_log(config, "health");
      TRY(open_source(config.locations, config, log, stop));
      return {};
    }
    const bool is_pattern = location.find_first_of("*?[") != std::string::npos;
    if (!is_pattern && ::access(location.c_str(), R_OK) != 0)
      return base::fail(base::ErrorKind::unavailable, fmt::format("{} cannot be read", location));
  }
  return {};
}

// What becomes of queries that a cache might answer; that Redis is gone, or is back.
cache::Watch cache_watch(const Config& config, server::Metrics& metrics) {
  const bool is_redis = !config.cache_url.empty();
  if (is_redis) metrics.set("insights_cache_reachable", 1);
  return {.asked =
              [&metrics](cache::Outcome outcome, std::chrono::microseconds saved) {
                metrics.add("insights_cache_total",
                            {{"outcome", std::string(cache::name(outcome))}});
                metrics.add("insights_cache_saved_seconds_total", {},
                            std::chrono::duration<double>(saved).count());
              },
          .reached =
              [&metrics](bool is_reachable, const std::string& why) {
                metrics.set("insights_cache_reachable", is_reachable ? 1 : 0);
                if (is_reachable)
                  server::log_event("info", "cache_back", nlohmann::ordered_json::object());
                else
                  server::log_event("warning", "cache_gone", {{"what", why}});
              }};
}

}  // namespace

Result<server::Engine> serve_engine(const Config& config, server::Metrics& metrics) {
  server::Engine engine;
  std::shared_ptr<cache::QueryCache> cache;
  if (!config.cache_url.empty() || config.cache_bytes_max > 0)
    cache = TRY(open_cache(config, cache_watch(config, metrics)));
  engine.program = fmt::format("insights {}", version());
  engine.subject = subject_of(config);
  engine.focus_name = [config](const RunRequest& request) -> Result<std::string> {
    const auto focus = TRY(told(focus_of(settings_of(request, config)), config));
    return focus.name;
  };
  engine.explore = [config, cache](const RunRequest& request, const std::string& run_id,
                                   explore::RunObserver& observer, std::stop_token stop) {
    return told(explore_as_asked(config, request, run_id, cache.get(), observer, std::move(stop)),
                config);
  };
  engine.schema = [config](std::stop_token stop) {
    return told(schema_json(config, std::move(stop)), config);
  };
  engine.verify = [config](const explore::Run& report, const std::string& fingerprint,
                           std::stop_token stop) {
    return told(verified_json(config, report, fingerprint, std::move(stop)), config);
  };
  engine.reachable = [config](std::stop_token stop) {
    return told(reachable(config, std::move(stop)), config);
  };
  return engine;
}

}  // namespace insights::cli
