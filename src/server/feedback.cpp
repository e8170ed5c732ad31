// Routes of feedback: votes on findings, and the rules that they make.
#include "store/feedback.h"

#include <fmt/format.h>

#include "base/nearest.h"
#include "findings/feedback_file.h"
#include "server/ballot.h"
#include "server/clock.h"
#include "server/routes.h"

namespace insights::server {

using base::ErrorKind;
using base::fail;
using Json = nlohmann::ordered_json;
using store::Database;

namespace {

constexpr std::int64_t largest = std::int64_t{1} << 53;
constexpr std::size_t note_bytes_max = 1000;

const std::vector<std::string> vote_keys{"vote",  "reason",       "scope", "entity",
                                         "below", "duplicate_of", "note",  "preview"};

Json moment_json(const std::optional<base::Moment>& moment) {
  return moment ? Json(utc_text(*moment)) : Json(nullptr);
}

// ---- what is asked

base::Result<std::string> text_at(const nlohmann::json& body, const std::string& key) {
  const auto value = body.find(key);
  if (value == body.end() || value->is_null()) return std::string();
  if (value->is_string() && value->get_ref<const std::string&>().size() <= note_bytes_max)
    return value->get<std::string>();
  return fail(ErrorKind::invalid_input,
              fmt::format("{} is a text of at most {} bytes", key, note_bytes_max));
}

template <class Choice>
base::Status take_choice(const nlohmann::json& body, const std::string& key,
                         std::optional<Choice> (*named)(std::string_view),
                         const std::vector<std::string>& known, bool is_needed, Choice& choice) {
  const auto word = TRY(text_at(body, key));
  if (word.empty() && !is_needed) return {};
  if (const auto found = named(word)) {
    choice = *found;
    return {};
  }
  return fail(ErrorKind::invalid_input,
              fmt::format("{}: one of {} is expected", key, fmt::join(known, ", ")));
}

base::Status take_entity(const nlohmann::json& body, Ballot& ballot) {
  const auto entity = body.find("entity");
  if (entity == body.end() || entity->is_null()) return {};
  if (!entity->is_object() || entity->size() != 2 || !entity->contains("column") ||
      !entity->contains("value"))
    return fail(ErrorKind::invalid_input, "entity: {\"column\": ..., \"value\": ...} is expected");
  auto column = TRY(text_at(*entity, "column"));
  auto value = TRY(text_at(*entity, "value"));
  ballot.entity = {std::move(column), std::move(value)};
  return {};
}

base::Status take_numbers(const nlohmann::json& body, Ballot& ballot) {
  if (const auto below = body.find("below"); below != body.end() && !below->is_null()) {
    if (!below->is_number() || below->get<double>() <= 0)
      return fail(ErrorKind::invalid_input, "below: an amount above zero is expected");
    ballot.below = below->get<double>();
  }
  if (const auto other = TRY(text_at(body, "duplicate_of")); !other.empty()) {
    ballot.duplicate_of = number_in(other, largest);
    if (!ballot.duplicate_of)
      return fail(ErrorKind::invalid_input, "duplicate_of: the id of a finding is expected");
  }
  return {};
}

// An up vote hides nothing: what would say how is a mistake, not something to pass over.
base::Status refuse_rule_keys(const nlohmann::json& body) {
  for (const auto* key : {"reason", "scope", "entity", "below", "duplicate_of"})
    if (body.contains(key) && !body[key].is_null())
      return fail(ErrorKind::invalid_input, fmt::format("{}: it goes with a vote down", key));
  return {};
}

base::Result<Ballot> ballot_of(const nlohmann::json& body, std::int64_t finding,
                               const std::string& who) {
  for (const auto& [key, value] : body.items())
    if (std::ranges::find(vote_keys, key) == vote_keys.end())
      return fail(ErrorKind::invalid_input, fmt::format("'{}' is not known", key.substr(0, 64)),
                  base::did_you_mean(key.substr(0, 64), vote_keys));
  Ballot ballot{.finding = finding};
  ballot.who = who;
  const auto vote = TRY(text_at(body, "vote"));
  if (vote != "up" && vote != "down")
    return fail(ErrorKind::invalid_input, "vote: up or down is expected");
  ballot.is_up = vote == "up";
  ballot.note = TRY(text_at(body, "note"));
  if (ballot.is_up) {
    TRY(refuse_rule_keys(body));
    return ballot;
  }
  TRY(take_choice(body, "reason", findings::reason_named, findings::reason_names(), true,
                  ballot.reason));
  TRY(take_choice(body, "scope", findings::rule_scope_named, findings::rule_scope_names(), false,
                  ballot.scope));
  TRY(take_entity(body, ballot));
  TRY(take_numbers(body, ballot));
  return ballot;
}

// ---- what is answered

// What a rule looks at, as far as its scope does.
Json terms_json(const findings::Rule& rule) {
  using findings::RuleScope;
  Json json{{"scope", findings::name(rule.scope)}, {"hides", findings::text_of(rule)}};
  switch (rule.scope) {
    case RuleScope::finding:
      json["fingerprint"] = rule.fingerprint;
      if (!rule.into.empty()) json["into"] = rule.into;
      break;
    case RuleScope::entity:
      json["column"] = rule.column;
      json["value"] = rule.value;
      break;
    case RuleScope::threshold:
      json["below"] = rule.below;
      json["unit"] = rule.unit;
      json["per"] = rule.per;
      [[fallthrough]];
    case RuleScope::pattern:
      json["pattern"] = rule.pattern;
      break;
  }
  json["reason"] = findings::name(rule.reason);
  json["note"] = rule.note;
  return json;
}

Json json_of(const store::RuleRow& row) {
  Json json{{"id", store::rule_id(row.number)}, {"state", row.undone_at ? "undone" : "active"}};
  json.update(terms_json(rule_of(row)));
  json.update({{"made_of", std::to_string(row.finding)},
               {"title", row.title},
               {"made_by", row.who},
               {"made_at", utc_text(row.made_at)},
               {"undone_by", row.undone_by ? Json(*row.undone_by) : Json(nullptr)},
               {"undone_at", moment_json(row.undone_at)}});
  return json;
}

Json json_of(const store::VoteRow& row) {
  return {{"id", std::to_string(row.number)},
          {"finding", std::to_string(row.finding)},
          {"title", row.title},
          {"vote", row.is_up ? "up" : "down"},
          {"reason", row.reason.empty() ? Json(nullptr) : Json(row.reason)},
          {"note", row.note},
          {"who", row.who},
          {"at", utc_text(row.at)},
          {"rule", row.rule ? Json(store::rule_id(*row.rule)) : Json(nullptr)},
          {"withdrawn_at", moment_json(row.withdrawn_at)}};
}

Json json_of(const Prospect& prospect) {
  Json list = Json::array();
  for (const auto& row : prospect.hidden)
    list.push_back({{"id", std::to_string(row.number)}, {"title", row.title}});
  return {{"text", text_of(prospect)},
          {"hidden", prospect.hidden.size()},
          {"of", prospect.last.size()},
          {"findings", std::move(list)}};
}

Response answer_of(const base::Error& error) {
  const bool is_theirs =
      error.kind == ErrorKind::invalid_input || error.kind == ErrorKind::not_found;
  return is_theirs ? problem_of(error) : store_problem(error);
}

// A rule's number in "rule-3".
std::optional<std::int64_t> rule_number(std::string_view id) {
  constexpr std::string_view start = "rule-";
  return id.starts_with(start) ? number_in(id.substr(start.size()), largest) : std::nullopt;
}

}  // namespace

Response vote_on_finding(Desk& desk, const Call& call) {
  const auto number = number_in(call.parts[0], largest);
  if (!number) return problem(404, "not_found", "there is no such finding");
  const auto preview = call.body.find("preview");
  const bool has_preview = preview != call.body.end() && !preview->is_null();
  if (has_preview && !preview->is_boolean())
    return problem(400, "invalid_request", "preview is true or false");
  const auto ballot = ballot_of(call.body, *number, call.caller.owner);
  if (!ballot) return answer_of(ballot.error());
  const auto seen =
      desk.reader.use([&](Database& database) { return prospect(database, *ballot); });
  if (!seen) return answer_of(seen.error());
  const auto rule = seen->rule ? terms_json(*seen->rule) : Json(nullptr);
  if (has_preview && preview->get<bool>())
    return json_response(200, {{"preview", true}, {"rule", rule}, {"effect", json_of(*seen)}});
  const auto voted =
      desk.writer.use([&](Database& database) { return cast(database, *ballot, now()); });
  if (!voted) return answer_of(voted.error());
  Json body{{"preview", false}, {"feedback", std::to_string(voted->vote)}, {"rule", rule}};
  if (voted->rule) body["rule"]["id"] = store::rule_id(*voted->rule);
  body["effect"] = json_of(*seen);
  return json_response(201, body);
}

Response list_feedback(Desk& desk, const Call& call) {
  const auto cursor = call.parameter("cursor"), limit = call.parameter("limit");
  const auto before = cursor ? number_in(*cursor, largest) : std::nullopt;
  const auto most = limit ? number_in(*limit, 500) : std::optional<std::int64_t>(50);
  if ((cursor && !before) || !most || *most < 1)
    return problem(400, "invalid_parameter", "cursor is one that a list gave; limit is 1 to 500");
  auto rows = desk.reader.use([&](Database& database) {
    return store::list_votes(database, desk.engine.subject, before, *most + 1);
  });
  if (!rows) return store_problem(rows.error());
  const bool has_more = static_cast<std::int64_t>(rows->size()) > *most;
  if (has_more) rows->pop_back();
  Json items = Json::array();
  for (const auto& row : *rows) items.push_back(json_of(row));
  const auto next = has_more ? Json(std::to_string(rows->back().number)) : Json(nullptr);
  return json_response(200, {{"items", std::move(items)}, {"next_cursor", next}});
}

Response list_rules(Desk& desk, const Call& call) {
  const auto state = call.parameter("state").value_or("");
  if (!state.empty() && state != "active" && state != "undone")
    return problem(400, "invalid_parameter", "state is active or undone");
  const auto rows = desk.reader.use([&](Database& database) {
    return store::list_rules(database, desk.engine.subject, state != "active");
  });
  if (!rows) return store_problem(rows.error());
  Json items = Json::array();
  for (const auto& row : *rows)
    if (state != "undone" || row.undone_at) items.push_back(json_of(row));
  return json_response(200, {{"items", std::move(items)}});
}

Response export_rules(Desk& desk, const Call&) {
  const auto feedback = desk.reader.use(
      [&](Database& database) { return feedback_of(database, desk.engine.subject); });
  if (!feedback) return store_problem(feedback.error());
  Response response;
  response.content_type = "application/toml";
  response.body = findings::feedback_file(*feedback);
  response.with("Content-Disposition", "attachment; filename=\"rules.toml\"");
  return response;
}

Response undo_rule(Desk& desk, const Call& call) {
  const auto none = [] { return problem(404, "not_found", "there is no such rule"); };
  const auto number = rule_number(call.parts[0]);
  if (!number) return none();
  const auto row =
      desk.reader.use([&](Database& database) { return store::find_rule(database, *number); });
  if (!row) return store_problem(row.error());
  if (!*row) return none();
  const auto undone = desk.writer.use([&](Database& database) {
    return store::undo_rule(database, *number, call.caller.owner, now());
  });
  if (!undone) return store_problem(undone.error());
  if (!*undone) return problem(409, "already_undone", "this rule was undone before");
  const auto now_is =
      desk.reader.use([&](Database& database) { return store::find_rule(database, *number); });
  if (!now_is) return store_problem(now_is.error());
  return *now_is ? json_response(200, json_of(**now_is)) : none();
}

}  // namespace insights::server
