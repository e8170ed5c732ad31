// The query log of all explorations: what was asked of the database, by whom, and what came of it.
#include <fmt/format.h>

#include <charconv>

#include "server/clock.h"
#include "server/routes.h"
#include "store/events.h"

namespace insights::server {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::int64_t largest = std::int64_t{1} << 53;

Response wrong(std::string_view what) { return problem(400, "invalid_parameter", what); }

// "1764294000000000.7.run-20251122-074603-1a2b3c4d": where a page ended.
std::string text_of(const store::AskedQuery& asked) {
  return fmt::format("{}.{}.{}", asked.query.at.microseconds, asked.query.sequence, asked.run);
}

std::optional<store::QueryPlace> place_in(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 3) return std::nullopt;
  const auto at = number_in(parts[0], largest), sequence = number_in(parts[1], largest);
  if (!at || !sequence) return std::nullopt;
  return store::QueryPlace{{*at}, std::string(parts[2]), *sequence};
}

std::variant<store::QueryFilter, Response> filter_of(const Call& call) {
  store::QueryFilter filter{.run = call.parameter("run"), .verdict = call.parameter("verdict")};
  if (filter.verdict && *filter.verdict != "allow" && *filter.verdict != "mask" &&
      *filter.verdict != "refuse")
    return wrong("verdict is allow, mask or refuse");
  if (const auto since = call.parameter("since")) {
    filter.since = moment_in(*since);
    if (!filter.since) return wrong("since is a moment, like 2025-11-22T07:46:03Z");
  }
  if (const auto slow = call.parameter("slow")) {
    filter.milliseconds_min = number_in(*slow, largest);
    if (!filter.milliseconds_min) return wrong("slow is a number of milliseconds");
  }
  if (const auto cursor = call.parameter("cursor")) {
    filter.before = place_in(*cursor);
    if (!filter.before) return wrong("cursor is one that a list gave");
  }
  const auto limit = call.parameter("limit");
  const auto number = limit ? number_in(*limit, 500) : std::optional<std::int64_t>(50);
  if (!number || *number < 1) return wrong("limit is 1 to 500");
  filter.limit = *number + 1;
  return filter;
}

}  // namespace

Json query_json(const store::QueryRow& query) {
  return {
      {"query", query.sequence}, {"at", utc_text(query.at)}, {"asked_by", query.asker},
      {"sql", query.sql},        {"verdict", query.verdict}, {"class", query.reason},
      {"rows", query.rows},      {"bytes", query.bytes},     {"milliseconds", query.milliseconds},
      {"cached", query.cached},  {"error", query.error}};
}

Response list_queries(Desk& desk, const Call& call) {
  auto filter = filter_of(call);
  if (auto* refused = std::get_if<Response>(&filter)) return std::move(*refused);
  const auto& wanted = std::get<store::QueryFilter>(filter);
  auto found = desk.reader.use(
      [&](store::Database& database) { return store::list_queries(database, wanted); });
  if (!found) return store_problem(found.error());
  const bool has_more = static_cast<std::int64_t>(found->size()) == wanted.limit;
  if (has_more) found->pop_back();
  Json items = Json::array();
  for (const auto& asked : *found) {
    auto item = query_json(asked.query);
    item["exploration"] = asked.run;
    item["owner"] = asked.owner;
    items.push_back(std::move(item));
  }
  const auto next = has_more ? Json(text_of(found->back())) : Json(nullptr);
  return json_response(200, {{"items", std::move(items)}, {"next_cursor", next}});
}

}  // namespace insights::server
