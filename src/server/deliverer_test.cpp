#include "server/deliverer.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "server/schedule_terms.h"
#include "server/webhook_signature.h"

namespace insights::server {
namespace {

using base::Moment;
using store::DeliveryState;

constexpr std::int64_t second = 1'000'000;
constexpr Moment noon{1'750'000'000 * second};

Verdict after(std::int64_t status, std::int64_t attempts_before = 0,
              const std::string& retry_after = "") {
  store::Delivery delivery;
  delivery.attempts = attempts_before;
  return judge(delivery, {status, retry_after, "no"}, noon);
}

std::int64_t pause_of(const Verdict& verdict) {
  return (verdict.delivery.next_at.microseconds - noon.microseconds) / second;
}

TEST_CASE("an answer of 2xx is accepted, and what can pass is tried again, later and later") {
  CHECK(after(200).delivery.state == DeliveryState::delivered);
  CHECK(after(204).delivery.reason.empty());
  for (const auto status : {408, 429, 500, 502, 503, 504})
    CHECK(after(status).delivery.state == DeliveryState::waiting);
  store::Delivery delivery;
  std::int64_t total = 0, before = 0;
  int attempts = 0;
  while (delivery.state == DeliveryState::waiting) {
    const auto verdict = judge(delivery, {std::nullopt, "", "it cannot be reached"}, noon);
    delivery = verdict.delivery;
    ++attempts;
    if (delivery.state != DeliveryState::waiting) break;
    CHECK(pause_of(verdict) > before);
    before = pause_of(verdict);
    total += before;
  }
  CHECK(attempts == attempts_max);
  CHECK(delivery.state == DeliveryState::failed);
  CHECK(delivery.reason == "it cannot be reached");
  CHECK(total > 17 * 3600);
  CHECK(total < 18 * 3600);
}

TEST_CASE("what will not pass is given up at once, and 410 ends the webhook") {
  for (const auto status : {301, 302, 307, 400, 401, 403, 404, 405, 413, 422}) {
    CAPTURE(status);
    CHECK(after(status).delivery.state == DeliveryState::failed);
    CHECK_FALSE(after(status).is_gone);
  }
  CHECK(after(410).is_gone);
  CHECK(after(410).delivery.state == DeliveryState::failed);
}

TEST_CASE("Retry-After is kept to, up to a day, and never sooner than the pause") {
  CHECK(pause_of(after(429, 0, "120")) == 120);
  CHECK(pause_of(after(503, 3, "1")) == 300);
  CHECK(pause_of(after(503, 0, "999999999")) == 86'400);
  CHECK(pause_of(after(503, 0, "Sun, 15 Jun 2025 15:08:00 GMT")) == 80);
  CHECK(pause_of(after(503, 0, "Sun, 06 Nov 1994 08:49:37 GMT")) == 1);
  for (const auto* nonsense : {"soon", "-5", "1e9", "12 parsecs", "99999999999999999999999"})
    CHECK(pause_of(after(503, 0, nonsense)) == 1);
}

TEST_CASE("a signature is the one of Standard Webhooks") {
  // The numbers of https://docs.svix.com/receiving/verifying-payloads/how-manual, and of Python's
  // hmac over the same bytes.
  CHECK(webhook_signature("whsec_plJ3nmyCDGBKInavdOK15jsl", "msg_loFOjxBNrRLzqYUf", 1731705121,
                          R"({"event_type":"ping","data":{"success":true}})") ==
        "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=");
  const auto secret = new_webhook_secret();
  CHECK(secret.starts_with("whsec_"));
  CHECK(secret.size() == 6 + 44);
  CHECK(secret != new_webhook_secret());
  const auto signature = webhook_signature(secret, "msg_1", 5, "{}");
  CHECK(signature != webhook_signature(secret, "msg_2", 5, "{}"));
  CHECK(signature != webhook_signature(secret, "msg_1", 6, "{}"));
  CHECK(signature != webhook_signature(secret, "msg_1", 5, "[]"));
  CHECK(signature != webhook_signature(new_webhook_secret(), "msg_1", 5, "{}"));
}

base::Result<ReadTerms> read(const std::string& body, const http::Destinations& destinations,
                             const store::ScheduleTerms& before = {}) {
  return terms_of(nlohmann::json::parse(body), before, destinations);
}

TEST_CASE("a schedule is read from JSON, and a change leaves alone what it does not name") {
  const auto hooks = http::Destinations::of({"hooks.example"}, {}).value();
  const auto made = read(R"({"name": "nightly", "cron": "@daily", "time_zone": "Europe/Berlin",
      "request": {"focus": "churn", "findings_max": 5}, "jitter_seconds": 60, "missed": "run_once",
      "only_if_changed": false, "webhook": {"url": "https://hooks.example/secret-path"}})",
                         hooks);
  REQUIRE(made);
  CHECK(made->new_secret.starts_with("whsec_"));
  CHECK(made->terms.webhook_secret == made->new_secret);
  CHECK(made->terms.missed == store::Missed::run_once);
  const auto renamed = read(R"({"name": "daily", "enabled": false})", hooks, made->terms);
  REQUIRE(renamed);
  CHECK(renamed->new_secret.empty());
  auto expected = made->terms;
  expected.name = "daily";
  expected.enabled = false;
  CHECK(renamed->terms == expected);
  const auto again = read(R"({"webhook": {"new_secret": true}})", hooks, made->terms);
  REQUIRE(again);
  CHECK(again->terms.webhook_url == made->terms.webhook_url);
  CHECK(again->new_secret != made->new_secret);
  const auto without = read(R"({"webhook": null})", hooks, made->terms);
  REQUIRE(without);
  CHECK(without->terms.webhook_url.empty());

  store::ScheduleRow row;
  row.id = "sch-1";
  row.terms = made->terms;
  const auto shown = json_of(row).dump();
  CHECK(shown.find("hooks.example") != std::string::npos);
  CHECK(shown.find("secret-path") == std::string::npos);
  CHECK(shown.find("whsec_") == std::string::npos);
}

TEST_CASE("a schedule that is not right is refused in words") {
  const auto hooks = http::Destinations::of({"hooks.example"}, {}).value();
  for (
      const auto* body :
      {R"({})", R"({"name": "a"})", R"({"cron": "@daily"})",
       R"({"name": "a", "cron": "61 * * * *"})",
       R"({"name": "a", "cron": "@daily", "time_zone": "Mars"})",
       R"({"name": "", "cron": "@daily"})", R"({"name": "a\nb", "cron": "@daily"})",
       R"({"name": "a", "cron": "@daily", "missed": "later"})",
       R"({"name": "a", "cron": "@daily", "jitter_seconds": -1})",
       R"({"name": "a", "cron": "@daily", "jitter_seconds": 3601})",
       R"({"name": "a", "cron": "@daily", "enabled": 1})",
       R"({"name": "a", "cron": "@daily", "request": {"focus": 5}})",
       R"({"name": "a", "cron": "@daily", "request": []})",
       R"({"name": "a", "cron": "@daily", "webhook": "https://hooks.example/"})",
       R"({"name": "a", "cron": "@daily", "webhook": {}})",
       R"({"name": "a", "cron": "@daily", "webhook": {"url": "https://hooks.example/", "key": 1}})",
       R"({"name": "a", "cron": "@daily", "colour": "red"})"}) {
    CAPTURE(std::string(body));
    const auto refused = read(body, hooks);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == base::ErrorKind::invalid_input);
  }
}

TEST_CASE("a webhook that the operator did not allow is refused, naming the setting") {
  const auto none = http::Destinations::of({}, {}).value();
  const auto hooks = http::Destinations::of({"hooks.example"}, {}).value();
  for (const auto& destinations : {none, hooks}) {
    const auto refused =
        read(R"({"name": "a", "cron": "@daily", "webhook": {"url": "https://169.254.169.254/"}})",
             destinations);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == base::ErrorKind::refused);
    CHECK(refused.error().hint.find("webhooks.allowed_hosts") != std::string::npos);
  }
}

}  // namespace
}  // namespace insights::server
