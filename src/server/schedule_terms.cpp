#include "server/schedule_terms.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/nearest.h"
#include "cron/next.h"
#include "http/client.h"
#include "server/clock.h"
#include "server/run_request.h"
#include "server/webhook_signature.h"

namespace insights::server {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Status;
using Json = nlohmann::json;

constexpr std::size_t name_bytes_max = 200;
constexpr std::int64_t jitter_seconds_max = 3600;

std::unexpected<base::Error> wrong(std::string_view what) {
  return fail(ErrorKind::invalid_input, std::string(what));
}

Result<std::string> text_in(const std::string& key, const Json& value) {
  if (!value.is_string()) return wrong(fmt::format("{}: a text is expected", key));
  auto text = value.get<std::string>();
  const bool is_plain = std::ranges::all_of(
      text, [](char letter) { return static_cast<unsigned char>(letter) >= 0x20; });
  if (text.empty() || text.size() > name_bytes_max || !is_plain)
    return wrong(
        fmt::format("{}: a text of 1 to {} letters on one line is expected", key, name_bytes_max));
  return text;
}

Result<bool> boolean_in(const std::string& key, const Json& value) {
  if (!value.is_boolean()) return wrong(fmt::format("{}: true or false is expected", key));
  return value.get<bool>();
}

Status take_webhook(const Json& value, const http::Destinations& destinations, ReadTerms& read) {
  auto& terms = read.terms;
  if (value.is_null()) {
    terms.webhook_url.clear();
    terms.webhook_secret.clear();
    return {};
  }
  bool wants_secret = terms.webhook_secret.empty();
  if (!value.is_object()) return wrong("webhook: an object is expected, or null");
  for (const auto& [key, inner] : value.items()) {
    if (key == "url" && inner.is_string())
      terms.webhook_url = inner.get<std::string>();
    else if (key == "new_secret" && inner.is_boolean())
      wants_secret |= inner.get<bool>();
    else
      return wrong("webhook: url (a text) and new_secret (true or false) are known");
  }
  if (terms.webhook_url.empty()) return wrong("webhook: its url is missing");
  if (destinations.has_none())
    return fail(ErrorKind::refused, "this server sends no webhooks",
                "Its operator names the servers it may send to: webhooks.allowed_hosts.");
  TRY(destinations.check(terms.webhook_url));
  if (wants_secret) terms.webhook_secret = read.new_secret = new_webhook_secret();
  return {};
}

Status take(const std::string& key, const Json& value, const http::Destinations& destinations,
            ReadTerms& read) {
  auto& terms = read.terms;
  if (key == "name") {
    terms.name = TRY(text_in(key, value));
  } else if (key == "cron") {
    terms.cron = TRY(text_in(key, value));
  } else if (key == "time_zone") {
    terms.time_zone = TRY(text_in(key, value));
  } else if (key == "request") {
    if (!value.is_object()) return wrong("request: an object is expected");
    terms.request = text_of(TRY(run_request_of(value)));
  } else if (key == "jitter_seconds") {
    if (!value.is_number_integer() || value < 0 || value > jitter_seconds_max)
      return wrong(fmt::format("jitter_seconds: a whole number from 0 to {}", jitter_seconds_max));
    terms.jitter_seconds = value.get<std::int64_t>();
  } else if (key == "missed") {
    const auto missed =
        value.is_string() ? store::missed_named(value.get<std::string>()) : std::nullopt;
    if (!missed) return wrong("missed: skip or run_once is expected");
    terms.missed = *missed;
  } else if (key == "only_if_changed") {
    terms.only_if_changed = TRY(boolean_in(key, value));
  } else if (key == "enabled") {
    terms.enabled = TRY(boolean_in(key, value));
  } else if (key == "webhook") {
    TRY(take_webhook(value, destinations, read));
  } else {
    return fail(ErrorKind::invalid_input, fmt::format("'{}' is not known", key.substr(0, 64)),
                base::did_you_mean(key.substr(0, 64),
                                   {"name", "cron", "time_zone", "request", "jitter_seconds",
                                    "missed", "only_if_changed", "enabled", "webhook"}));
  }
  return {};
}

nlohmann::ordered_json moment_json(const std::optional<base::Moment>& moment) {
  return moment ? nlohmann::ordered_json(utc_text(*moment)) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json webhook_json(const store::ScheduleRow& schedule) {
  const auto place = http::place_of(schedule.terms.webhook_url);
  if (!place) return nullptr;
  return {{"server", fmt::format("{}://{}:{}", place->scheme, place->host, place->port)},
          {"gone_at", moment_json(schedule.webhook_gone_at)}};
}

}  // namespace

Result<ReadTerms> terms_of(const Json& body, const store::ScheduleTerms& before,
                           const http::Destinations& destinations) {
  ReadTerms read{.terms = before, .new_secret = {}};
  if (read.terms.time_zone.empty()) read.terms.time_zone = "UTC";
  if (read.terms.request.empty()) read.terms.request = "{}";
  for (const auto& [key, value] : body.items()) TRY(take(key, value, destinations, read));
  if (read.terms.name.empty()) return wrong("name: it is missing");
  if (read.terms.cron.empty()) return wrong("cron: it is missing");
  TRY(cron::parse(read.terms.cron));
  TRY(cron::Zone::named(read.terms.time_zone));
  return read;
}

nlohmann::ordered_json json_of(const store::ScheduleRow& schedule) {
  const auto& terms = schedule.terms;
  const auto self = "/api/v1/schedules/" + schedule.id;
  return {{"id", schedule.id},
          {"name", terms.name},
          {"cron", terms.cron},
          {"time_zone", terms.time_zone},
          {"request", nlohmann::ordered_json::parse(terms.request)},
          {"jitter_seconds", terms.jitter_seconds},
          {"missed", store::name(terms.missed)},
          {"only_if_changed", terms.only_if_changed},
          {"enabled", terms.enabled},
          {"webhook", webhook_json(schedule)},
          {"next_at", terms.enabled ? moment_json(schedule.plan.starts_at) : nullptr},
          {"created_by", schedule.owner},
          {"created_at", utc_text(schedule.created_at)},
          {"changed_at", utc_text(schedule.changed_at)},
          {"links",
           {{"self", self},
            {"occurrences", self + "/occurrences"},
            {"deliveries", self + "/deliveries"}}}};
}

}  // namespace insights::server
