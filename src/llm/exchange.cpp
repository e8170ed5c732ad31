#include "llm/exchange.h"

#include <algorithm>
#include <variant>

#include "http/event_stream.h"

namespace insights::llm {
namespace {

constexpr std::size_t error_bytes_max = std::size_t{1} << 20;
constexpr std::size_t event_bytes_max = std::size_t{64} << 20;

using Reader = std::variant<ResponsesReader, ChatReader, MessagesReader>;

Reader reader_for(Protocol protocol, std::int64_t calls_before) {
  if (protocol == Protocol::chat) return ChatReader(calls_before);
  if (protocol == Protocol::anthropic) return MessagesReader(calls_before);
  return ResponsesReader(calls_before);
}

// Takes the body of one answer, whatever it turns out to be.
class Intake {
 public:
  Intake(Protocol protocol, std::int64_t calls_before, const ProgressSink& progress)
      : reader_(reader_for(protocol, calls_before)), progress_(progress) {}

  http::Wish take(const http::Response& response, std::string_view piece) {
    bytes_ += static_cast<std::int64_t>(piece.size());
    const bool is_good = response.status >= 200 && response.status < 300;
    const bool is_stream =
        is_good && response.header("content-type").find("event-stream") != std::string_view::npos;
    if (is_stream) {
      take_stream(piece);
    } else if (is_good || text_.size() < error_bytes_max) {
      text_ += piece;
    }
    return has_ended() || is_broken_ ? http::Wish::enough : http::Wish::more;
  }

  // The answer of the provider, once all of it has come.
  Reading finish(const http::Response& response) {
    if (response.status < 200 || response.status >= 300)
      return std::unexpected(error_of_body(response.status, text_));
    if (!text_.empty()) take_text();
    events_.finish([this](const http::Event& event) { take_event(event); });
    if (is_broken_ && !has_ended()) return std::unexpected(broken());
    return std::visit([](auto& reader) { return reader.finish(); }, reader_);
  }

  bool has_ended() const {
    return std::visit([](const auto& reader) { return reader.has_ended(); }, reader_);
  }
  std::int64_t bytes() const { return bytes_; }
  std::size_t bytes_of_text() const {
    return std::visit([](const auto& reader) { return reader.bytes_of_text(); }, reader_);
  }

 private:
  static ProviderError broken() {
    return {.status = 200, .message = "it holds what is no JSON", .is_cut = true};
  }

  void take_stream(std::string_view piece) {
    const auto taken = events_.take(piece, [this](const auto& event) { take_event(event); });
    if (!taken) is_broken_ = true;
  }

  void take_event(const http::Event& event) {
    if (event.data == "[DONE]") {
      if (auto* chat = std::get_if<ChatReader>(&reader_)) chat->take_done();
      return;
    }
    const auto json = parsed(event.data);
    if (!json || !json->is_object()) {
      is_broken_ = true;
      return;
    }
    std::visit([&](auto& reader) { reader.take(*json, progress_); }, reader_);
  }

  // One JSON object, or a stream whose server does not say that it is one.
  void take_text() {
    const auto json = parsed(text_);
    if (json && json->is_object()) {
      std::visit([&json](auto& reader) { reader.take_whole(*json); }, reader_);
    } else if (text_.starts_with("data:") || text_.starts_with("event:") ||
               text_.starts_with(":")) {
      take_stream(text_);
    } else {
      is_broken_ = true;
    }
  }

  Reader reader_;
  const ProgressSink& progress_;
  http::EventStream events_{event_bytes_max};
  std::string text_;
  std::int64_t bytes_ = 0;
  bool is_broken_ = false;
};

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
