#include "llm/intake.h"

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

bool is_good(const http::Response& response) {
  return response.status >= 200 && response.status < 300;
}

}  // namespace

Intake::Intake(Protocol protocol, std::int64_t calls_before, const ProgressSink& progress)
    : reader_(reader_for(protocol, calls_before)), progress_(progress), events_(event_bytes_max) {}

http::Wish Intake::take(const http::Response& response, std::string_view piece) {
  bytes_ += static_cast<std::int64_t>(piece.size());
  const auto kind = response.header("content-type");
  if (is_good(response) && kind.find("event-stream") != std::string_view::npos) {
    take_stream(piece);
  } else if (is_good(response) || text_.size() < error_bytes_max) {
    text_ += piece;
  }
  return has_ended() || is_broken_ ? http::Wish::enough : http::Wish::more;
}

Reading Intake::finish(const http::Response& response) {
  if (!is_good(response)) return std::unexpected(error_of_body(response.status, text_));
  if (!text_.empty()) take_text();
  events_.finish([this](const http::Event& event) { take_event(event); });
  if (is_broken_ && !has_ended()) {
    return std::unexpected(
        ProviderError{.status = 200, .message = "it holds what is no JSON", .is_cut = true});
  }
  return std::visit([](auto& reader) { return reader.finish(); }, reader_);
}

bool Intake::has_ended() const {
  return std::visit([](const auto& reader) { return reader.has_ended(); }, reader_);
}

std::size_t Intake::bytes_of_text() const {
  return std::visit([](const auto& reader) { return reader.bytes_of_text(); }, reader_);
}

void Intake::take_stream(std::string_view piece) {
  const auto taken = events_.take(piece, [this](const auto& event) { take_event(event); });
  if (!taken) is_broken_ = true;
}

void Intake::take_event(const http::Event& event) {
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
void Intake::take_text() {
  const auto json = parsed(text_);
  if (json && json->is_object()) {
    std::visit([&json](auto& reader) { reader.take_whole(*json); }, reader_);
  } else if (text_.starts_with("data:") || text_.starts_with("event:") || text_.starts_with(":")) {
    take_stream(text_);
  } else {
    is_broken_ = true;
  }
}

}  // namespace insights::llm
