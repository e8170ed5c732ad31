#include "llm/exchange.h"

#include <algorithm>

#include "llm/intake.h"

namespace insights::llm {
namespace {

http::Request request_to(const Endpoint& endpoint, const Settings& settings, const std::string& url,
                         const std::string& body) {
  return {.method = body.empty() ? "GET" : "POST",
          .url = url,
          .headers = endpoint.headers,
          .body = body,
          .limits = {.connect_max = settings.connect_max,
                     .idle_max = settings.idle_max,
                     .total_max = settings.request_max}};
}

void take_headers(ProviderError& error, const http::Response& response) {
  error.request_id = response.header("x-request-id");
  if (error.request_id.empty()) error.request_id = response.header("request-id");
  error.retry_after_ms = response.header("retry-after-ms");
  error.retry_after = response.header("retry-after");
  error.should_retry = response.header("x-should-retry");
}

// What an attempt cost of which nothing was told: it was paid for all the same.
Usage estimated_usage(const std::string& body, std::size_t bytes_of_text) {
  constexpr std::size_t bytes_per_token = 4;
  return {.input = static_cast<std::int64_t>(body.size() / bytes_per_token),
          .output = static_cast<std::int64_t>(bytes_of_text / bytes_per_token),
          .estimated = true};
}

// Of an answer that was cut, what was told so far may be too little.
void complete(Usage& usage, const Usage& estimated) {
  if (usage.input == 0) usage.input = estimated.input;
  usage.output = std::max(usage.output, estimated.output);
  usage.estimated = true;
}

}  // namespace

Exchange exchange(http::Client& client, const Endpoint& endpoint, const Settings& settings,
                  const std::string& body, std::int64_t calls_before, const ProgressSink& progress,
                  std::stop_token stop) {
  Intake intake(endpoint.protocol, calls_before, progress);
  const auto response = client.send(
      request_to(endpoint, settings, endpoint.ask_url, body),
      [&intake](const auto& head, std::string_view piece) { return intake.take(head, piece); },
      stop);
  const bool had_begun = intake.bytes() > 0;
  if (!response && !intake.has_ended()) {
    return {std::unexpected(ProviderError{
                .transport = response.error(),
                .usage = had_begun ? estimated_usage(body, intake.bytes_of_text()) : Usage{}}),
            intake.bytes()};
  }
  const auto head = response.value_or(http::Response{.status = 200, .headers = {}});
  auto reading = intake.finish(head);
  if (!reading) {
    take_headers(reading.error(), head);
    if (reading.error().is_cut)
      complete(reading.error().usage, estimated_usage(body, intake.bytes_of_text()));
  } else {
    if (reading->usage.estimated) reading->usage = estimated_usage(body, intake.bytes_of_text());
    reading->request_id = head.header("x-request-id");
    if (reading->request_id.empty()) reading->request_id = head.header("request-id");
  }
  return {std::move(reading), intake.bytes()};
}

std::expected<Json, ProviderError> fetch(http::Client& client, const Endpoint& endpoint,
                                         const Settings& settings, const std::string& url,
                                         const std::string& body, std::stop_token stop) {
  std::string text;
  const auto response = client.send(
      request_to(endpoint, settings, url, body),
      [&text](const auto&, std::string_view piece) {
        text += piece;
        return http::Wish::more;
      },
      stop);
  if (!response) return std::unexpected(ProviderError{.transport = response.error()});
  auto json = parsed(text);
  const bool is_good = response->status >= 200 && response->status < 300;
  if (is_good && json) {
    if (auto error = error_in(*json)) return std::unexpected(*std::move(error));
    return *std::move(json);
  }
  auto error = error_of_body(response->status, text);
  if (is_good) error.message = "the answer is no JSON";
  take_headers(error, *response);
  return std::unexpected(std::move(error));
}

}  // namespace insights::llm
