// Routes of explorations: ask for one, see how it goes, have its report.
#include <fmt/format.h>

#include <chrono>

#include "report/html.h"
#include "report/json.h"
#include "report/markdown.h"
#include "server/clock.h"
#include "server/log.h"
#include "server/routes.h"
#include "server/run_request.h"
#include "server/stake_json.h"
#include "store/events.h"
#include "store/findings.h"
#include "store/keys.h"

namespace insights::server {

using Json = nlohmann::ordered_json;
using store::Database;
using store::RunRow;

namespace {

constexpr std::int64_t largest = std::int64_t{1} << 53;
constexpr std::string_view base_path = "/api/v1/explorations/";

Json moment_json(const std::optional<base::Moment>& moment) {
  return moment ? Json(utc_text(*moment)) : Json(nullptr);
}

Json json_of(const RunRow& run) {
  const auto self = fmt::format("{}{}", base_path, run.id);
  return {{"id", run.id},
          {"state", store::name(run.state)},
          {"reason", run.reason},
          {"focus", run.focus},
          {"request", Json::parse(run.request)},
          {"asked_by", run.owner},
          {"created_at", utc_text(run.created_at)},
          {"started_at", moment_json(run.started_at)},
          {"ended_at", moment_json(run.ended_at)},
          {"links",
           {{"self", self},
            {"events", self + "/events"},
            {"queries", self + "/queries"},
            {"report", self + "/report"}}}};
}

Response no_such_run() { return problem(404, "not_found", "there is no such exploration"); }

// The run that the path names, or the answer that there is none.
std::variant<RunRow, Response> run_of(Desk& desk, const std::string& id) {
  auto run = desk.reader.use([&](Database& database) { return store::find_run(database, id); });
  if (!run) return store_problem(run.error());
  if (!*run) return no_such_run();
  return **std::move(run);
}

std::optional<Response> wrong_page(const Call& call) {
  const auto cursor = call.parameter("cursor"), limit = call.parameter("limit");
  const bool is_wrong =
      (cursor && !number_in(*cursor, largest)) || (limit && number_in(*limit, 500).value_or(0) < 1);
  if (!is_wrong) return std::nullopt;
  return problem(400, "invalid_parameter", "cursor is one that a list gave; limit is 1 to 500");
}

std::int64_t limit_of(const Call& call) {
  const auto limit = call.parameter("limit");
  return limit ? number_in(*limit, 500).value_or(50) : 50;
}

Response refused_by_queue(const base::Error& error) {
  if (error.kind != base::ErrorKind::unavailable) return problem_of(error);
  if (error.message.find("store") != std::string::npos) return store_problem(error);
  return problem(503, "queue_full", error.message, error.hint).with("Retry-After", "30");
}

// Puts the request into the queue.
std::variant<store::Added, Response> submit(Desk& desk, const Call& call,
                                            const RunRequest& request) {
  std::optional<store::Repeat> repeat;
  if (const auto token = call.request.header("idempotency-key"); !token.empty()) {
    if (token.size() > 128)
      return problem(400, "invalid_request", "an Idempotency-Key has at most 128 letters");
    repeat = store::Repeat{std::string(token),
                           store::digest_of(call.request.path + "\n" + text_of(request))};
  }
  auto added = desk.queue.submit(call.caller.owner, request, repeat);
  if (added) return *std::move(added);
  if (added.error().kind == base::ErrorKind::refused)
    return problem(409, "idempotency_conflict", added.error().message, added.error().hint);
  return refused_by_queue(added.error());
}

Response accepted(const RunRow& run) {
  auto response = json_response(202, json_of(run));
  response.with("Location", fmt::format("{}{}", base_path, run.id));
  response.with("Retry-After", "2");
  return response;
}

Response accepted(Desk& desk, const std::string& id) {
  auto run = run_of(desk, id);
  if (auto* missing = std::get_if<Response>(&run)) return std::move(*missing);
  return accepted(std::get<RunRow>(run));
}

// What POST /api/v1/explore gives when the run has ended: the findings' texts are JSON already.
Response with_insights(Database& database, const RunRow& run) {
  const auto bodies = store::published_bodies(database, run.id);
  if (!bodies) return store_problem(bodies.error());
  auto response = json_response(200, {});
  response.body = fmt::format("{{\"exploration\":{},\"insights\":[", json_of(run).dump());
  const char* separator = "";
  for (const auto& body : *bodies) response.body.append(separator).append(body), separator = ",";
  response.body += "]}\n";
  return response;
}

// Waits for the end of the run without holding a thread.
Response when_ended(Desk& desk, const std::string& request, const std::string& id,
                    std::chrono::seconds at_most) {
  const auto until = std::chrono::steady_clock::now() + at_most;
  Response waiting;
  waiting.later = [&desk, request, id, until]() -> std::optional<Response> {
    const LogScope scope("request", request);
    return desk.streams.use([&](Database& database) -> std::optional<Response> {
      const auto run = store::find_run(database, id);
      if (!run) return store_problem(run.error());
      if (!*run) return no_such_run();
      if (store::has_ended((*run)->state)) return with_insights(database, **run);
      if (std::chrono::steady_clock::now() < until) return std::nullopt;
      return accepted(**run);
    });
  };
  return waiting;
}

std::string format_of(const Call& call) {
  if (const auto asked = call.parameter("format")) return *asked;
  const auto accept = call.request.header("accept");
  if (accept.find("text/html") != std::string_view::npos) return "html";
  if (accept.find("text/markdown") != std::string_view::npos) return "markdown";
  return "json";
}

}  // namespace

Response exploration_accepted(Desk& desk, const std::string& id) { return accepted(desk, id); }

Response queue_problem(const base::Error& error) { return refused_by_queue(error); }

Response create_exploration(Desk& desk, const Call& call) {
  const auto request = run_request_of(call.body);
  if (!request) return problem_of(request.error());
  auto added = submit(desk, call, *request);
  if (auto* refused = std::get_if<Response>(&added)) return std::move(*refused);
  return accepted(desk, std::get<store::Added>(added).id);
}

Response explore_now(Desk& desk, const Call& call) {
  auto body = call.body;
  std::int64_t seconds = 60;
  if (const auto asked = body.find("wait_seconds"); asked != body.end()) {
    if (!asked->is_number_integer() || *asked < 0 || *asked > 3600)
      return problem(400, "invalid_request", "wait_seconds: a whole number from 0 to 3600");
    seconds = asked->get<std::int64_t>();
    body.erase(asked);
  }
  if (call.request.header("prefer").find("respond-async") != std::string_view::npos) seconds = 0;
  const auto request = simple_request_of(body);
  if (!request) return problem_of(request.error());
  auto added = submit(desk, call, *request);
  if (auto* refused = std::get_if<Response>(&added)) return std::move(*refused);
  return when_ended(desk, call.request.id, std::get<store::Added>(added).id,
                    std::chrono::seconds(seconds));
}

Response list_explorations(Desk& desk, const Call& call) {
  if (auto wrong = wrong_page(call)) return *wrong;
  store::RunFilter filter{.limit = limit_of(call) + 1};
  if (const auto state = call.parameter("state")) {
    filter.state = store::run_state_named(*state);
    if (!filter.state) return problem(400, "invalid_parameter", "there is no such state");
  }
  if (const auto cursor = call.parameter("cursor")) filter.before = number_in(*cursor, largest);
  auto runs =
      desk.reader.use([&](Database& database) { return store::list_runs(database, filter); });
  if (!runs) return store_problem(runs.error());
  const bool has_more = static_cast<std::int64_t>(runs->size()) == filter.limit;
  if (has_more) runs->pop_back();
  Json items = Json::array();
  for (const auto& run : *runs) items.push_back(json_of(run));
  const auto next = has_more ? Json(std::to_string(runs->back().number)) : Json(nullptr);
  return json_response(200, {{"items", std::move(items)}, {"next_cursor", next}});
}

Response get_exploration(Desk& desk, const Call& call) {
  auto run = run_of(desk, call.parts[0]);
  if (auto* missing = std::get_if<Response>(&run)) return std::move(*missing);
  return json_response(200, json_of(std::get<RunRow>(run)));
}

Response cancel_exploration(Desk& desk, const Call& call) {
  if (!call.body.empty()) return problem(400, "invalid_request", "the body must be {} or empty");
  auto run = run_of(desk, call.parts[0]);
  if (auto* missing = std::get_if<Response>(&run)) return std::move(*missing);
  const auto already_ended = [&] {
    return problem(409, "already_ended",
                   fmt::format("the exploration is {}", store::name(std::get<RunRow>(run).state)));
  };
  if (store::has_ended(std::get<RunRow>(run).state)) return already_ended();
  const auto cancelled = desk.queue.cancel(call.parts[0]);
  if (!cancelled) return store_problem(cancelled.error());
  if (!*cancelled) return already_ended();
  return accepted(desk, call.parts[0]);
}

Response resume_exploration(Desk& desk, const Call& call) {
  if (!call.body.empty()) return problem(400, "invalid_request", "the body must be {} or empty");
  auto run = run_of(desk, call.parts[0]);
  if (auto* missing = std::get_if<Response>(&run)) return std::move(*missing);
  const auto resumed = desk.queue.resume(call.parts[0]);
  if (!resumed) return refused_by_queue(resumed.error());
  if (!*resumed)
    return problem(409, "not_resumable",
                   fmt::format("the exploration is {}", store::name(std::get<RunRow>(run).state)),
                   "One that is interrupted, cancelled or failed is resumed.");
  return accepted(desk, call.parts[0]);
}

Response exploration_queries(Desk& desk, const Call& call) {
  if (auto wrong = wrong_page(call)) return *wrong;
  auto run = run_of(desk, call.parts[0]);
  if (auto* missing = std::get_if<Response>(&run)) return std::move(*missing);
  const auto after = call.parameter("cursor") ? *number_in(*call.parameter("cursor"), largest) : 0;
  const auto limit = limit_of(call);
  const auto queries = desk.reader.use([&](Database& database) {
    return store::queries_after(database, call.parts[0], after, limit);
  });
  if (!queries) return store_problem(queries.error());
  Json items = Json::array();
  for (const auto& query : *queries) items.push_back(query_json(query));
  const bool has_more = static_cast<std::int64_t>(queries->size()) == limit;
  const auto next = has_more ? Json(std::to_string(queries->back().sequence)) : Json(nullptr);
  return json_response(200, {{"items", std::move(items)}, {"next_cursor", next}});
}

Response exploration_report(Desk& desk, const Call& call) {
  auto run = run_of(desk, call.parts[0]);
  if (auto* missing = std::get_if<Response>(&run)) return std::move(*missing);
  const auto format = format_of(call);
  if (format != "json" && format != "markdown" && format != "html")
    return problem(400, "invalid_parameter", "format is json, markdown or html");
  auto report = desk.reader.use(
      [&](Database& database) { return store::report_of(database, call.parts[0]); });
  if (!report) return store_problem(report.error());
  if (!*report)
    return problem(409, "no_report",
                   fmt::format("the exploration is {}, and has no report",
                               store::name(std::get<RunRow>(run).state)));
  Response response;
  response.body = **std::move(report);
  if (format == "json") return response;
  const auto saved = report::read_json(response.body);
  if (!saved) return store_problem(saved.error());
  response.with("Vary", "Accept");
  if (format == "markdown") {
    response.content_type = "text/markdown; charset=utf-8";
    response.body = report::to_markdown(saved->run);
  } else {
    response.content_type = "text/html; charset=utf-8";
    response.body = report::to_html(saved->run);
    // The page has a policy of its own, with the digests of its scripts.
    response.with("Content-Security-Policy",
                  "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'");
  }
  return response;
}

Response exploration_diff(Desk& desk, const Call& call) {
  const auto from = call.parameter("from");
  if (!from) return problem(400, "invalid_parameter", "from names the earlier exploration");
  const auto found = desk.reader.use(
      [&](Database& database) { return store::diff(database, *from, call.parts[0]); });
  if (!found)
    return found.error().kind == base::ErrorKind::unavailable ? store_problem(found.error())
           : found.error().kind == base::ErrorKind::not_found ? no_such_run()
                                                              : problem(409, "different_data",
                                                                        "the explorations are "
                                                                        "about different data");
  Json items = Json::array();
  for (const auto& one : found->list)
    items.push_back({{"finding", std::to_string(one.finding)},
                     {"fingerprint", one.fingerprint},
                     {"title", one.title},
                     {"change", one.change},
                     {"before", stake_json(one.before)},
                     {"after", stake_json(one.after)}});
  return json_response(200, {{"items", std::move(items)}, {"notes", found->notes}});
}

}  // namespace insights::server
