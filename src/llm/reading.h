// Answers in the providers' wire formats, event by event or whole, into Replies. Pure. Liberal:
// what is unknown is kept or left out, what is missing is made up where that is harmless, and
// nothing throws. A Reply's turn can be sent back as it is: what was cut off is taken out of it.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "llm/json.h"
#include "llm/model.h"
#include "llm/provider_error.h"

namespace insights::llm {

using Reading = std::expected<Reply, ProviderError>;

// Ids for calls that came without one of their own: "call_1" is the first of the conversation.
class CallNames {
 public:
  explicit CallNames(std::int64_t calls_before) : number_(calls_before) {}
  // `id` when it is one that no call of this answer had yet, else a made-up one.
  std::string name_for(const std::string& id);

 private:
  std::int64_t number_;
  std::vector<std::string> taken_;
};

// OpenAI's Responses API.
class ResponsesReader {
 public:
  explicit ResponsesReader(std::int64_t calls_before) : names_(calls_before) {}
  void take(const Json& event, const ProgressSink& progress);
  void take_whole(const Json& response) { take_response(response); }
  bool has_ended() const { return has_ended_ || error_.has_value(); }
  std::size_t bytes_of_text() const { return bytes_; }
  // Once, when the answer is over.
  Reading finish();

 private:
  void take_response(const Json& response);
  void read_item(Json& item, Reply& reply);

  CallNames names_;
  std::map<std::int64_t, Json> items_;  // by output_index
  Json response_;                       // of the terminal event
  std::optional<ProviderError> error_;
  bool has_ended_ = false;
  std::size_t bytes_ = 0;
};

// The chat/completions of OpenAI and those who follow it.
class ChatReader {
 public:
  explicit ChatReader(std::int64_t calls_before) : names_(calls_before) {}
  void take(const Json& chunk, const ProgressSink& progress);
  void take_whole(const Json& completion);
  void take_done() { has_ended_ = true; }  // "[DONE]"
  bool has_ended() const { return has_ended_ || error_.has_value(); }
  std::size_t bytes_of_text() const { return bytes_; }
  Reading finish();

 private:
  struct Call {
    std::string id = {}, name = {}, arguments = {};
    std::optional<std::int64_t> index = std::nullopt;
    Json more = Json::object();  // fields that no other server has, such as Gemini's signatures
  };

  void take_common(const Json& json);
  void take_message(const Json& message, const ProgressSink& progress);
  void take_call(const Json& call, const ProgressSink& progress);
  void take_reasoning(const Json& message, const ProgressSink& progress);
  Call& call_for(const Json& call);
  Json message() const;

  CallNames names_;
  std::string text_, refusal_, finish_reason_, model_, service_tier_;
  std::string reasoning_name_, reasoning_;  // "reasoning" or "reasoning_content", as it came
  Json reasoning_details_ = Json::array();
  std::vector<Call> calls_;
  Json usage_;
  std::optional<ProviderError> error_;
  bool has_ended_ = false, has_choice_ = false;
  std::size_t bytes_ = 0;
};

// Anthropic's Messages API.
class MessagesReader {
 public:
  explicit MessagesReader(std::int64_t calls_before) : names_(calls_before) {}
  void take(const Json& event, const ProgressSink& progress);
  void take_whole(const Json& message);
  bool has_ended() const { return has_ended_ || error_.has_value(); }
  std::size_t bytes_of_text() const { return bytes_; }
  Reading finish();

 private:
  struct Block {
    Json json = {};
    std::string partial_input = {};  // of a tool_use: its JSON so far
    bool is_closed = false;
  };

  void take_delta(const Json& event, const ProgressSink& progress);
  void take_usage(const Json& usage);

  CallNames names_;
  std::map<std::int64_t, Block> blocks_;
  std::string stop_reason_, model_, service_tier_;
  Json usage_ = Json::object();
  std::optional<ProviderError> error_;
  bool has_ended_ = false;
  std::size_t bytes_ = 0;
};

// Appends `field` of `delta` to that of `target`, when both are texts.
void append_text(Json& target, const Json& delta, const char* field);

// Tells `text` unless it is empty.
void tell(const ProgressSink& progress, Progress::Kind kind, const std::string& text);

}  // namespace insights::llm
