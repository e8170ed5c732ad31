// Routes of schedules: explorations by the clock, and what was told of them.
#include "store/schedules.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/clock.h"
#include "server/deliverer.h"
#include "server/log.h"
#include "server/routes.h"
#include "server/run_request.h"
#include "server/schedule_terms.h"
#include "server/scheduler.h"
#include "store/deliveries.h"
#include "store/keys.h"

namespace insights::server {

using Json = nlohmann::ordered_json;
using store::Database;
using store::ScheduleRow;

namespace {

constexpr std::int64_t largest = std::int64_t{1} << 53;
constexpr std::int64_t schedules_max = 500;
constexpr std::string_view base_path = "/api/v1/schedules/";

Response no_such_schedule() { return problem(404, "not_found", "there is no such schedule"); }

Response refused_terms(const base::Error& error) {
  if (error.kind == base::ErrorKind::refused)
    return problem(422, "webhook_refused", error.message, error.hint);
  return problem_of(error);
}

Json moment_json(const std::optional<base::Moment>& moment) {
  return moment ? Json(utc_text(*moment)) : Json(nullptr);
}

// As POST /api/v1/explorations would refuse it now.
std::optional<Response> refused_request(const Desk& desk, const store::ScheduleTerms& terms) {
  const auto request = run_request_of(nlohmann::json::parse(terms.request));
  if (!request) return problem_of(request.error());
  const auto focus = desk.engine.focus_name(*request);
  if (!focus) return problem_of(focus.error());
  return std::nullopt;
}

std::variant<ScheduleRow, Response> schedule_of(store::SharedDatabase& store,
                                                const std::string& id) {
  auto row = store.use([&](Database& database) { return store::find_schedule(database, id); });
  if (!row) return store_problem(row.error());
  if (!*row) return no_such_schedule();
  return **std::move(row);
}

// The schedule, and the secret of its webhook when it is new: this once.
Response shown(int status, const ScheduleRow& schedule, const std::string& new_secret) {
  auto body = json_of(schedule);
  if (!new_secret.empty()) body["webhook"]["secret"] = new_secret;
  return json_response(status, body);
}

struct Page {
  std::optional<std::int64_t> before{};
  std::int64_t limit = 50;
};

std::variant<Page, Response> page_of(const Call& call) {
  Page page;
  const auto cursor = call.parameter("cursor"), limit = call.parameter("limit");
  if (cursor) page.before = number_in(*cursor, largest);
  if (limit) page.limit = number_in(*limit, 500).value_or(0);
  if ((cursor && !page.before) || page.limit < 1)
    return problem(400, "invalid_parameter", "cursor is one that a list gave; limit is 1 to 500");
  return page;
}

// One page of a list that was asked for one row more than it shows.
template <class Row, class ToJson>
Response page_response(base::Result<std::vector<Row>> rows, const Page& page, ToJson to_json) {
  if (!rows) return store_problem(rows.error());
  const bool has_more = static_cast<std::int64_t>(rows->size()) > page.limit;
  if (has_more) rows->pop_back();
  Json items = Json::array();
  for (const auto& row : *rows) items.push_back(to_json(row));
  const auto next = has_more ? Json(std::to_string(rows->back().number)) : Json(nullptr);
  return json_response(200, {{"items", std::move(items)}, {"next_cursor", next}});
}

Json json_of_occurrence(const store::Occurrence& occurrence) {
  return {{"due_at", moment_json(occurrence.due_at)},
          {"at", utc_text(occurrence.at)},
          {"outcome", store::name(occurrence.outcome)},
          {"reason", occurrence.reason},
          {"exploration", occurrence.run ? Json(*occurrence.run) : Json(nullptr)}};
}

Json json_of_delivery(const store::Delivery& delivery) {
  const bool waits = delivery.state == store::DeliveryState::waiting;
  return {{"id", delivery.id},
          {"exploration", delivery.run},
          {"state", store::name(delivery.state)},
          {"attempts", delivery.attempts},
          {"status", delivery.status ? Json(*delivery.status) : Json(nullptr)},
          {"reason", delivery.reason},
          {"created_at", utc_text(delivery.created_at)},
          {"tried_at", moment_json(delivery.tried_at)},
          {"next_at", waits ? Json(utc_text(delivery.next_at)) : Json(nullptr)},
          {"body", Json::parse(delivery.body)}};
}

// A page of what a schedule has many of: list(database, schedule, before, limit).
template <class List, class JsonOf>
Response page_of_schedule(Desk& desk, const Call& call, List list, JsonOf json_of) {
  auto asked = page_of(call);
  if (auto* wrong = std::get_if<Response>(&asked)) return std::move(*wrong);
  auto found = schedule_of(desk.reader, call.parts[0]);
  if (auto* missing = std::get_if<Response>(&found)) return std::move(*missing);
  const auto& page = std::get<Page>(asked);
  return page_response(desk.reader.use([&](Database& database) {
    return list(database, call.parts[0], page.before, page.limit + 1);
  }),
                       page, json_of);
}

}  // namespace

Response create_schedule(Desk& desk, const Call& call) {
  const auto read = terms_of(call.body, {}, desk.destinations);
  if (!read) return refused_terms(read.error());
  if (auto refused = refused_request(desk, read->terms)) return *std::move(refused);
  ScheduleRow row{.id = "sch-" + store::digest_of(new_run_id()).substr(0, 12),
                  .owner = call.caller.owner,
                  .terms = read->terms};
  row.created_at = row.changed_at = desk.scheduler.now();
  const auto plan = plan_of(row.id, row.terms, row.created_at, row.created_at);
  if (!plan) return problem_of(plan.error());
  row.plan = *plan;
  const auto turn = desk.scheduler.hold();
  const auto stored = desk.writer.use([&](Database& database) -> base::Result<bool> {
    if (TRY(store::count_schedules(database)) >= schedules_max) return false;
    TRY(store::add_schedule(database, row));
    return true;
  });
  if (!stored) return store_problem(stored.error());
  if (!*stored)
    return problem(409, "too_many_schedules",
                   fmt::format("there are {} schedules already", schedules_max));
  return shown(201, row, read->new_secret).with("Location", fmt::format("{}{}", base_path, row.id));
}

Response list_schedules(Desk& desk, const Call& call) {
  auto asked = page_of(call);
  if (auto* wrong = std::get_if<Response>(&asked)) return std::move(*wrong);
  const auto& page = std::get<Page>(asked);
  return page_response(desk.reader.use([&](Database& database) {
    return store::list_schedules(database, page.before, page.limit + 1);
  }),
                       page, [](const ScheduleRow& row) { return json_of(row); });
}

Response get_schedule(Desk& desk, const Call& call) {
  auto found = schedule_of(desk.reader, call.parts[0]);
  if (auto* missing = std::get_if<Response>(&found)) return std::move(*missing);
  return json_response(200, json_of(std::get<ScheduleRow>(found)));
}

Response change_schedule(Desk& desk, const Call& call) {
  const auto turn = desk.scheduler.hold();
  auto found = schedule_of(desk.writer, call.parts[0]);
  if (auto* missing = std::get_if<Response>(&found)) return std::move(*missing);
  auto& row = std::get<ScheduleRow>(found);
  const auto read = terms_of(call.body, row.terms, desk.destinations);
  if (!read) return refused_terms(read.error());
  if (call.body.contains("request"))
    if (auto refused = refused_request(desk, read->terms)) return *std::move(refused);
  const auto at = desk.scheduler.now();
  const bool is_other_time = read->terms.cron != row.terms.cron ||
                             read->terms.time_zone != row.terms.time_zone ||
                             read->terms.jitter_seconds != row.terms.jitter_seconds ||
                             (read->terms.enabled && !row.terms.enabled);
  if (call.body.contains("webhook")) row.webhook_gone_at.reset();
  row.terms = read->terms;
  row.changed_at = at;
  if (is_other_time) {
    const auto plan = plan_of(row.id, row.terms, at, at);
    if (!plan) return problem_of(plan.error());
    row.plan = *plan;
  }
  const auto stored =
      desk.writer.use([&](Database& database) { return store::change_schedule(database, row); });
  if (!stored) return store_problem(stored.error());
  return shown(200, row, read->new_secret);
}

Response delete_schedule(Desk& desk, const Call& call) {
  if (!call.body.empty()) return problem(400, "invalid_request", "the body must be {} or empty");
  const auto turn = desk.scheduler.hold();
  const auto removed = desk.writer.use(
      [&](Database& database) { return store::remove_schedule(database, call.parts[0]); });
  if (!removed) return store_problem(removed.error());
  if (!*removed) return no_such_schedule();
  Response response;
  response.status = 204;
  return response;
}

Response run_schedule(Desk& desk, const Call& call) {
  if (!call.body.empty()) return problem(400, "invalid_request", "the body must be {} or empty");
  auto found = schedule_of(desk.writer, call.parts[0]);
  if (auto* missing = std::get_if<Response>(&found)) return std::move(*missing);
  const auto run = desk.scheduler.run_now(call.parts[0]);
  if (!run && run.error().kind == base::ErrorKind::refused)
    return problem(409, "still_running", run.error().message, run.error().hint);
  if (!run) return queue_problem(run.error());
  return exploration_accepted(desk, *run);
}

Response schedule_occurrences(Desk& desk, const Call& call) {
  return page_of_schedule(desk, call, store::list_occurrences, json_of_occurrence);
}

Response schedule_deliveries(Desk& desk, const Call& call) {
  return page_of_schedule(desk, call, store::list_deliveries, json_of_delivery);
}

}  // namespace insights::server
