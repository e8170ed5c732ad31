#include "server/digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/clock.h"
#include "server/stake_json.h"

namespace insights::server {

using Json = nlohmann::ordered_json;

namespace {

Json json_of(const store::Change& change) {
  return {{"finding", std::to_string(change.finding)},
          {"change", store::name(change.change)},
          {"title", change.title},
          {"pattern", change.pattern},
          {"now", stake_json(change.now)},
          {"before", stake_json(change.before)},
          {"link", fmt::format("/api/v1/findings/{}", change.finding)}};
}

Json counts_of(const std::vector<store::Change>& changes) {
  using enum store::FindingState;
  Json counts = Json::object();
  for (const auto kind : {is_new, worse, better, resolved, back})
    counts[std::string(store::name(kind))] =
        std::ranges::count(changes, kind, &store::Change::change);
  return counts;
}

}  // namespace

std::string digest_json(const store::ScheduleRow& schedule, const store::RunRow& run,
                        const std::vector<store::Change>& changes, base::Moment at) {
  Json list = Json::array();
  for (std::size_t one = 0; one < std::min(changes.size(), digest_changes_max); ++one)
    list.push_back(json_of(changes[one]));
  const Json body{{"type", "exploration.ended"},
                  {"timestamp", utc_text(at)},
                  {"data",
                   {{"schedule", {{"id", schedule.id}, {"name", schedule.terms.name}}},
                    {"exploration",
                     {{"id", run.id},
                      {"state", store::name(run.state)},
                      {"reason", run.reason},
                      {"focus", run.focus},
                      {"ended_at", utc_text(run.ended_at.value_or(at))},
                      {"link", "/api/v1/explorations/" + run.id}}},
                    {"counts", counts_of(changes)},
                    {"changes", std::move(list)}}}};
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_worth_telling(const store::ScheduleRow& schedule, const store::RunRow& run,
                      const std::vector<store::Change>& changes) {
  return !schedule.terms.only_if_changed || !changes.empty() || run.state != store::RunState::done;
}

}  // namespace insights::server
