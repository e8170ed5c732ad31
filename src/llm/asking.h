// A request in a provider's wire format. Pure: the same conversation and the same Asking give the
// same bytes, and a conversation with more items begins with the bytes of the one with fewer.
// Builders: responses_request.cpp, chat_request.cpp, messages_request.cpp.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "llm/json.h"
#include "llm/model.h"

namespace insights::llm {

// How Anthropic's models are told how long to think.
enum class Thinking { none, adaptive, budget };

struct Asking {
  std::string model = {};
  std::string effort = {};  // in the model's own words; "" = nothing is said about it
  Thinking thinking = Thinking::none;
  std::int64_t output_tokens_max = 0;
  bool must_call = false;  // one of the tools
  bool is_openai = false;  // chat: OpenAI itself or Azure, which take more than the rest
  std::set<std::string> left_out = {};  // optional parameters that this endpoint refused

  bool takes(const char* parameter) const { return !left_out.contains(parameter); }
};

std::string responses_request(const Conversation& conversation, const Asking& asking);
std::string chat_request(const Conversation& conversation, const Asking& asking);
std::string messages_request(const Conversation& conversation, const Asking& asking);

// The body of OpenAI's POST /responses/compact.
std::string compact_request(const Conversation& conversation, const Asking& asking);

// A JSON object whose last member is an array that is written by hand, item by item, so that what a
// provider sent goes back as the bytes that were kept.
class RequestText {
 public:
  // `head`: what comes before the array called `name`.
  RequestText(const Json& head, std::string_view name);
  void add(const Json& item) { add_text(written(item)); }
  // The elements of a JSON array, as they stand.
  void add_elements(std::string_view array);
  // `tail`: what comes after the array.
  std::string finished(const Json& tail) &&;

 private:
  void add_text(std::string_view text);
  std::string text_;
  bool is_first_ = true;
};

// The JSON Schema of a tool's parameters. It must be JSON: tools are ours.
Json schema_of(const ToolDefinition& tool);

// The index of the last Compaction; 0 when there is none.
std::size_t first_item(const Conversation& conversation);

}  // namespace insights::llm
