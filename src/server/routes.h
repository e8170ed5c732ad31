// Every route in one table. To add one: a function here, a line in routes.cpp, its operation in
// data/openapi.json; a test holds table and document together.
#pragma once

#include <span>
#include <string_view>

#include "server/service.h"
#include "store/events.h"

namespace insights::server {

struct Route {
  std::string_view method;
  std::string_view path;   // "/api/v1/explorations/{id}/events"
  std::string_view scope;  // that the key must have; "" = no key is needed
  std::string_view query;  // names of its parameters, with spaces between
  Response (*answer)(Desk& desk, const Call& call);
};

std::span<const Route> routes();

// The scopes a key may have.
inline constexpr std::string_view scope_names[] = {"read", "run", "admin", "metrics"};

// Explorations: explorations.cpp.
Response create_exploration(Desk& desk, const Call& call);
Response explore_now(Desk& desk, const Call& call);
Response list_explorations(Desk& desk, const Call& call);
Response get_exploration(Desk& desk, const Call& call);
Response cancel_exploration(Desk& desk, const Call& call);
Response resume_exploration(Desk& desk, const Call& call);
Response exploration_report(Desk& desk, const Call& call);
Response exploration_queries(Desk& desk, const Call& call);
Response exploration_diff(Desk& desk, const Call& call);
// For other routes that ask for an exploration: 202 with it; what the queue said against it.
Response exploration_accepted(Desk& desk, const std::string& id);
Response queue_problem(const base::Error& error);
// event_stream.cpp
Response exploration_events(Desk& desk, const Call& call);
// docs.cpp
Response docs_page(Desk& desk, const Call& call);
Response docs_file(Desk& desk, const Call& call);
// queries.cpp
Response list_queries(Desk& desk, const Call& call);
nlohmann::ordered_json query_json(const store::QueryRow& query);
// findings.cpp
Response list_findings(Desk& desk, const Call& call);
Response get_finding(Desk& desk, const Call& call);
Response verify_finding(Desk& desk, const Call& call);
Response snooze_finding(Desk& desk, const Call& call);
// schedules.cpp
Response create_schedule(Desk& desk, const Call& call);
Response list_schedules(Desk& desk, const Call& call);
Response get_schedule(Desk& desk, const Call& call);
Response change_schedule(Desk& desk, const Call& call);
Response delete_schedule(Desk& desk, const Call& call);
Response run_schedule(Desk& desk, const Call& call);
Response schedule_occurrences(Desk& desk, const Call& call);
Response schedule_deliveries(Desk& desk, const Call& call);
// feedback.cpp
Response vote_on_finding(Desk& desk, const Call& call);
Response list_feedback(Desk& desk, const Call& call);
Response list_rules(Desk& desk, const Call& call);
Response export_rules(Desk& desk, const Call& call);
Response undo_rule(Desk& desk, const Call& call);
// about.cpp
Response get_schema(Desk& desk, const Call& call);
Response reload_schema(Desk& desk, const Call& call);
Response health_live(Desk& desk, const Call& call);
Response health_ready(Desk& desk, const Call& call);
Response metrics_text(Desk& desk, const Call& call);
Response openapi_document(Desk& desk, const Call& call);

}  // namespace insights::server
