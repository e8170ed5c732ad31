// Routes about the server and what it reads: schema, health, metrics, its contract.
#include "server/clock.h"
#include "server/deliverer.h"
#include "server/log.h"
#include "server/openapi_file.h"
#include "server/routes.h"
#include "server/scheduler.h"
#include "store/runs.h"

namespace insights::server {

using Json = nlohmann::ordered_json;

namespace {

Response schema_response(Desk& desk, bool read_again) {
  const std::scoped_lock lock(desk.schema_mutex);
  if (read_again || !desk.schema) {
    auto schema = desk.engine.schema(desk.stop);
    if (!schema) return problem_of(schema.error());
    desk.schema = *std::move(schema);
  }
  Response response;
  response.body = *desk.schema;
  return response;
}

// Store and database are not asked more often than this, and never by two at once: who comes
// meanwhile waits for that answer.
Desk::Condition condition(Desk& desk) {
  constexpr std::chrono::seconds fresh{5};
  const std::scoped_lock turn(desk.condition_mutex);
  if (!desk.condition || std::chrono::steady_clock::now() - desk.condition->asked > fresh) {
    auto stored =
        desk.writer.use([](store::Database& database) { return store::beat(database, now()); });
    if (!stored) log_event("error", "store", {{"what", stored.error().message}});
    desk.condition = {std::move(stored), desk.engine.reachable(desk.stop),
                      std::chrono::steady_clock::now()};
  }
  const auto& [stored, database, asked] = *desk.condition;
  desk.metrics.set("insights_ready", stored && database && !desk.stop.stop_requested() ? 1 : 0);
  return *desk.condition;
}

// A scrape is not kept waiting by a database that hangs: it tells what was known last.
void look_aside(Desk& desk) {
  constexpr std::chrono::seconds patience{1};
  const std::scoped_lock turn(desk.aside_mutex);
  const bool is_busy = desk.aside.valid() &&
                       desk.aside.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
  if (!is_busy) desk.aside = std::async(std::launch::async, [&desk] { condition(desk); });
  desk.aside.wait_for(patience);
}

Json check(std::string_view name, bool is_good, std::string_view reason) {
  return {{"check", name}, {"ok", is_good}, {"reason", reason}};
}

}  // namespace

Response get_schema(Desk& desk, const Call&) { return schema_response(desk, false); }

Response reload_schema(Desk& desk, const Call& call) {
  if (!call.body.empty()) return problem(400, "invalid_request", "the body must be {} or empty");
  return schema_response(desk, true);
}

Response health_live(Desk&, const Call&) { return json_response(200, {{"status", "live"}}); }

Response health_ready(Desk& desk, const Call&) {
  Json checks = Json::array();
  bool is_ready = true;
  const auto add = [&](std::string_view name, bool is_good, std::string_view reason) {
    checks.push_back(check(name, is_good, is_good ? "" : reason));
    is_ready = is_ready && is_good;
  };
  const auto [stored, database, asked] = condition(desk);
  add("store", stored.has_value(), "the store cannot be written; the log says why");
  add("database", database.has_value(), database ? "" : database.error().message);
  add("shutdown", !desk.stop.stop_requested(), "the server is shutting down");
  // What is wrong, though the server can do its work.
  Json degraded = Json::array();
  for (const auto& trouble : {desk.scheduler.clock_trouble(), desk.deliverer.trouble()})
    if (trouble) degraded.push_back(*trouble);
  if (desk.metrics.value("insights_cache_reachable") == 0.0)
    degraded.push_back("the cache cannot be reached: every query asks the database");
  return json_response(
      is_ready ? 200 : 503,
      {{"status", is_ready ? "ready" : "not ready"}, {"checks", checks}, {"degraded", degraded}});
}

Response metrics_text(Desk& desk, const Call&) {
  const auto traffic = desk.listener.traffic();
  desk.metrics.set("insights_http_connections", static_cast<double>(traffic.connections));
  desk.metrics.set("insights_http_streams", static_cast<double>(traffic.streams));
  desk.metrics.set("insights_http_connections_refused_total", static_cast<double>(traffic.refused));
  look_aside(desk);
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = desk.metrics.text();
  return response;
}

Response openapi_document(Desk&, const Call&) {
  Response response;
  response.body = std::string(openapi_file::openapi_json());
  return response;
}

}  // namespace insights::server
