// Routes of findings: what the runs found, as it stands now.
#include "store/findings.h"

#include <fmt/format.h>

#include "report/json.h"
#include "server/clock.h"
#include "server/routes.h"
#include "store/runs.h"

namespace insights::server {

using Json = nlohmann::ordered_json;
using store::Database;
using store::FindingRow;

namespace {

constexpr std::int64_t largest = std::int64_t{1} << 53;
constexpr std::string_view explorations = "/api/v1/explorations/";

Json number_json(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json json_of(const FindingRow& row) {
  const auto& stake = row.stake;
  return {{"id", std::to_string(row.number)},
          {"fingerprint", row.fingerprint},
          {"state", store::name(row.state)},
          {"severity", stake.severity},
          {"pattern", row.pattern},
          {"title", row.title},
          {"account", stake.account},
          {"amount", number_json(stake.amount)},
          {"low", number_json(stake.low)},
          {"high", number_json(stake.high)},
          {"focus", row.focus},
          {"reported", row.published},
          {"first_seen_at", utc_text(row.first_seen_at)},
          {"last_seen_at", utc_text(row.last_seen_at)},
          {"changed_at", utc_text(row.changed_at)},
          {"suppressed_by", row.suppressed_by.empty() ? Json(nullptr) : Json(row.suppressed_by)},
          {"merged_into", row.merged_into ? Json(std::to_string(*row.merged_into)) : Json(nullptr)},
          {"snoozed_until", row.snoozed_until ? Json(utc_text(*row.snoozed_until)) : Json(nullptr)},
          {"exploration", row.last_run},
          {"links",
           {{"self", fmt::format("/api/v1/findings/{}", row.number)},
            {"exploration", fmt::format("{}{}", explorations, row.last_run)}}}};
}

bool is_true(const std::optional<std::string>& text) { return text == "true"; }

Response wrong(std::string_view what) { return problem(400, "invalid_parameter", what); }

std::variant<store::FindingFilter, Response> filter_of(const Call& call) {
  store::FindingFilter filter{.severity = call.parameter("severity"),
                              .pattern = call.parameter("pattern"),
                              .focus = call.parameter("focus"),
                              .run = call.parameter("run"),
                              .entity = call.parameter("entity")};
  if (const auto state = call.parameter("state")) {
    filter.state = store::finding_state_named(*state);
    if (!filter.state)
      return wrong("state is new, persisting, worse, better, resolved, back or merged");
  }
  if (filter.severity && *filter.severity != "high" && *filter.severity != "medium" &&
      *filter.severity != "low")
    return wrong("severity is high, medium or low");
  if (const auto since = call.parameter("changed_since")) {
    filter.changed_since = moment_in(*since);
    if (!filter.changed_since) return wrong("changed_since is a moment, like 2025-11-22T07:46:03Z");
  }
  for (const auto* name : {"snoozed", "unreported", "suppressed"})
    if (const auto value = call.parameter(name); value && *value != "true" && *value != "false")
      return wrong(fmt::format("{} is true or false", name));
  if (!is_true(call.parameter("snoozed"))) filter.awake_at = now();
  if (call.parameter("suppressed")) filter.suppressed = is_true(call.parameter("suppressed"));
  filter.with_unreported = is_true(call.parameter("unreported"));
  if (const auto cursor = call.parameter("cursor")) {
    filter.before = number_in(*cursor, largest);
    if (!filter.before) return wrong("cursor is one that a list gave");
  }
  const auto limit = call.parameter("limit");
  const auto number = limit ? number_in(*limit, 500) : std::optional<std::int64_t>(50);
  if (!number || *number < 1) return wrong("limit is 1 to 500");
  filter.limit = *number + 1;
  return filter;
}

Response no_such_finding() { return problem(404, "not_found", "there is no such finding"); }

std::variant<FindingRow, Response> finding_of(Desk& desk, const Call& call) {
  const auto number = number_in(call.parts[0], largest);
  if (!number) return no_such_finding();
  auto row =
      desk.reader.use([&](Database& database) { return store::find_finding(database, *number); });
  if (!row) return store_problem(row.error());
  if (!*row) return no_such_finding();
  return **std::move(row);
}

}  // namespace

Response list_findings(Desk& desk, const Call& call) {
  auto asked = filter_of(call);
  if (auto* refused = std::get_if<Response>(&asked)) return std::move(*refused);
  const auto& filter = std::get<store::FindingFilter>(asked);
  auto rows =
      desk.reader.use([&](Database& database) { return store::list_findings(database, filter); });
  if (!rows) return store_problem(rows.error());
  const bool has_more = static_cast<std::int64_t>(rows->size()) == filter.limit;
  if (has_more) rows->pop_back();
  Json items = Json::array();
  for (const auto& row : *rows) items.push_back(json_of(row));
  const auto next = has_more ? Json(std::to_string(rows->back().number)) : Json(nullptr);
  return json_response(200, {{"items", std::move(items)}, {"next_cursor", next}});
}

Response get_finding(Desk& desk, const Call& call) {
  auto found = finding_of(desk, call);
  if (auto* missing = std::get_if<Response>(&found)) return std::move(*missing);
  const auto& row = std::get<FindingRow>(found);
  auto body = json_of(row);
  store::FindingFilter under;
  under.merged_into = row.number;
  under.with_unreported = true;
  const auto merged =
      desk.reader.use([&](Database& database) { return store::list_findings(database, under); });
  if (!merged) return store_problem(merged.error());
  body["merged"] = Json::array();
  for (const auto& one : *merged)
    body["merged"].push_back({{"id", std::to_string(one.number)}, {"title", one.title}});
  body["finding"] = Json::parse(row.body);
  return json_response(200, body);
}

Response verify_finding(Desk& desk, const Call& call) {
  auto found = finding_of(desk, call);
  if (auto* missing = std::get_if<Response>(&found)) return std::move(*missing);
  const auto& row = std::get<FindingRow>(found);
  const std::unique_lock turn(desk.verify_mutex, std::try_to_lock);
  if (!turn)
    return problem(503, "busy", "another finding is being verified").with("Retry-After", "5");
  const auto report = desk.reader.use(
      [&](Database& database) { return store::last_report_of(database, row.number); });
  if (!report) return store_problem(report.error());
  if (!*report) return problem(409, "no_report", "no report of an exploration has this finding");
  const auto saved = report::read_json(**report);
  if (!saved) return store_problem(saved.error());
  auto checked = desk.engine.verify(saved->run, row.fingerprint, desk.stop);
  if (!checked) return problem_of(checked.error());
  Response response;
  response.body = *std::move(checked);
  return response;
}

Response snooze_finding(Desk& desk, const Call& call) {
  const auto until = call.body.find("until");
  const bool has_until = until != call.body.end() && call.body.size() == 1;
  const auto moment =
      has_until && until->is_string() ? moment_in(until->get<std::string>()) : std::nullopt;
  if (!has_until || (!moment && !until->is_null()))
    return problem(400, "invalid_request",
                   "until is a moment, like 2025-11-22T07:46:03Z, or null to wake it");
  const auto number = number_in(call.parts[0], largest);
  if (!number) return no_such_finding();
  const auto done =
      desk.writer.use([&](Database& database) { return store::snooze(database, *number, moment); });
  if (!done) return store_problem(done.error());
  return get_finding(desk, call);
}

}  // namespace insights::server
