#include "server/routes.h"

#include <array>

namespace insights::server {

namespace {

constexpr std::string_view page = "cursor limit";

constexpr std::array table{
    Route{"POST", "/api/v1/explorations", "run", "", create_exploration},
    Route{"GET", "/api/v1/explorations", "read", "state cursor limit", list_explorations},
    Route{"GET", "/api/v1/explorations/{id}", "read", "", get_exploration},
    Route{"POST", "/api/v1/explorations/{id}/cancel", "run", "", cancel_exploration},
    Route{"POST", "/api/v1/explorations/{id}/resume", "run", "", resume_exploration},
    Route{"GET", "/api/v1/explorations/{id}/events", "read", "", exploration_events},
    Route{"GET", "/api/v1/explorations/{id}/queries", "read", page, exploration_queries},
    Route{"GET", "/api/v1/queries", "read", "run verdict since slow cursor limit", list_queries},
    Route{"GET", "/api/v1/explorations/{id}/report", "read", "format", exploration_report},
    Route{"GET", "/api/v1/explorations/{id}/diff", "read", "from", exploration_diff},
    Route{"POST", "/api/v1/explore", "run", "", explore_now},
    Route{"POST", "/api/v1/schedules", "admin", "", create_schedule},
    Route{"GET", "/api/v1/schedules", "read", page, list_schedules},
    Route{"GET", "/api/v1/schedules/{id}", "read", "", get_schedule},
    Route{"PATCH", "/api/v1/schedules/{id}", "admin", "", change_schedule},
    Route{"DELETE", "/api/v1/schedules/{id}", "admin", "", delete_schedule},
    Route{"POST", "/api/v1/schedules/{id}/run", "run", "", run_schedule},
    Route{"GET", "/api/v1/schedules/{id}/occurrences", "read", page, schedule_occurrences},
    Route{"GET", "/api/v1/schedules/{id}/deliveries", "read", page, schedule_deliveries},
    Route{"GET", "/api/v1/schema", "read", "", get_schema},
    Route{"POST", "/api/v1/schema", "admin", "", reload_schema},
    Route{"GET", "/api/v1/findings", "read",
          "state severity pattern focus run entity changed_since snoozed unreported suppressed "
          "cursor limit",
          list_findings},
    Route{"GET", "/api/v1/findings/{id}", "read", "", get_finding},
    Route{"POST", "/api/v1/findings/{id}/verify", "run", "", verify_finding},
    Route{"POST", "/api/v1/findings/{id}/snooze", "run", "", snooze_finding},
    Route{"POST", "/api/v1/findings/{id}/feedback", "run", "", vote_on_finding},
    Route{"GET", "/api/v1/feedback", "read", page, list_feedback},
    Route{"GET", "/api/v1/rules", "read", "state", list_rules},
    Route{"GET", "/api/v1/rules/export", "read", "", export_rules},
    Route{"POST", "/api/v1/rules/{id}/undo", "run", "", undo_rule},
    Route{"GET", "/health/live", "", "", health_live},
    Route{"GET", "/health/ready", "", "", health_ready},
    Route{"GET", "/health", "", "", health_ready},
    Route{"GET", "/metrics", "metrics", "", metrics_text},
    Route{"GET", "/openapi.json", "", "", openapi_document},
    Route{"GET", "/docs", "", "", docs_page},
    Route{"GET", "/docs/{id}", "", "", docs_file},
};

}  // namespace

std::span<const Route> routes() { return table; }

}  // namespace insights::server
