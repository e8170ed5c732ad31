// The body of one answer, taken in piece by piece, whatever it turns out to be: a stream of events
// in one of the three formats, one JSON object, or an error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "http/client.h"
#include "http/event_stream.h"
#include "llm/reading.h"
#include "llm/settings.h"

namespace insights::llm {

class Intake {
 public:
  // `calls_before`: tool calls that the conversation holds. `progress` must outlive this.
  Intake(Protocol protocol, std::int64_t calls_before, const ProgressSink& progress);

  // `response`: status and headers, the same for each piece.
  http::Wish take(const http::Response& response, std::string_view piece);

  // Once, when all of it has come.
  Reading finish(const http::Response& response);

  // Whether the provider's own end of the answer, or an error, has come.
  bool has_ended() const;
  std::int64_t bytes() const { return bytes_; }
  std::size_t bytes_of_text() const;  // of thoughts, texts and arguments

 private:
  void take_stream(std::string_view piece);
  void take_event(const http::Event& event);
  void take_text();

  std::variant<ResponsesReader, ChatReader, MessagesReader> reader_;
  const ProgressSink& progress_;
  http::EventStream events_;
  std::string text_;  // of what is no stream
  std::int64_t bytes_ = 0;
  bool is_broken_ = false;  // something in it is no JSON
};

}  // namespace insights::llm
