// Routes about the server and what it reads: schema, health, metrics, its contract.
#include "server/openapi_file.h"
#include "server/routes.h"

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

// Not asked more often than this, and never by two at once: who comes meanwhile has the last
// answer.
base::Status reachable(Desk& desk) {
  constexpr std::chrono::seconds fresh{5};
  const std::unique_lock turn(desk.reachable_mutex);
  const auto at = std::chrono::steady_clock::now();
  if (!desk.reachable || at - desk.reachable_asked > fresh) {
    desk.reachable = desk.engine.reachable(desk.stop);
    desk.reachable_asked = std::chrono::steady_clock::now();
  }
  return *desk.reachable;
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
  // A write that changes nothing: a read-only or full disk shows here.
  const auto stored = desk.writer.use([](store::Database& database) {
    return database.execute("UPDATE keys SET name = name WHERE id = ''");
  });
  add("store", stored.has_value(), "the store cannot be written; the log says why");
  const auto database = reachable(desk);
  add("database", database.has_value(), database ? "" : database.error().message);
  add("shutdown", !desk.stop.stop_requested(), "the server is shutting down");
  return json_response(is_ready ? 200 : 503,
                       {{"status", is_ready ? "ready" : "not ready"}, {"checks", checks}});
}

Response metrics_text(Desk& desk, const Call&) {
  const auto traffic = desk.listener.traffic();
  desk.metrics.set("insights_http_connections", static_cast<double>(traffic.connections));
  desk.metrics.set("insights_http_streams", static_cast<double>(traffic.streams));
  desk.metrics.set("insights_http_connections_refused_total", static_cast<double>(traffic.refused));
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
