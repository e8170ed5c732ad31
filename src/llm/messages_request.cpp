// Anthropic's Messages API: POST /v1/messages.
#include <algorithm>

#include "llm/asking.h"

namespace insights::llm {
namespace {

constexpr std::int64_t thinking_tokens_min = 1024;  // less is refused

std::int64_t thinking_tokens(const std::string& effort) {
  if (effort == "low" || effort == "minimal") return 2048;
  if (effort == "medium") return 8192;
  if (effort == "high") return 16'384;
  return 32'768;
}

Json tools_of(const Conversation& conversation) {
  auto tools = Json::array();
  for (const auto& tool : conversation.tools) {
    tools.push_back({{"name", tool.name},
                     {"description", tool.description},
                     {"input_schema", schema_of(tool)}});
  }
  return tools;
}

void add_thinking(Json& head, const Asking& asking) {
  if (asking.thinking == Thinking::none || asking.effort.empty() || !asking.takes("thinking"))
    return;
  if (asking.effort == "none") {
    head["thinking"] = {{"type", "disabled"}};
    return;
  }
  if (asking.thinking == Thinking::adaptive) {
    head["thinking"] = {{"type", "adaptive"}};
    if (asking.takes("output_config")) head["output_config"] = {{"effort", asking.effort}};
    return;
  }
  // Part of the limit on output, and less than it.
  const auto budget = std::min(thinking_tokens(asking.effort), asking.output_tokens_max / 2);
  if (budget < thinking_tokens_min) return;
  head["thinking"] = {{"type", "enabled"}, {"budget_tokens", budget}};
}

// With thinking a tool may not be forced.
Json choice_of(const Asking& asking) {
  return {{"type", asking.must_call && asking.effort.empty() ? "any" : "auto"}};
}

Json head_of(const Conversation& conversation, const Asking& asking) {
  Json head{{"model", asking.model}};
  if (!conversation.tools.empty()) {
    head["tools"] = tools_of(conversation);
    head["tool_choice"] = choice_of(asking);
  }
  if (!conversation.system.empty()) {
    Json block{{"type", "text"}, {"text", conversation.system}};
    if (asking.takes("cache_control")) block["cache_control"] = {{"type", "ephemeral"}};
    head["system"] = Json::array({std::move(block)});
  }
  add_thinking(head, asking);
  // The last block that can be cached, whichever it is: nothing within the messages moves.
  if (asking.takes("cache_control")) head["cache_control"] = {{"type", "ephemeral"}};
  head["stream"] = true;
  return head;
}

Json arguments_of(const ToolCall& call) {
  auto arguments = parsed(call.arguments);
  return arguments && arguments->is_object() ? *std::move(arguments) : Json::object();
}

// The blocks of a turn; none when nothing is left of it.
Json blocks_of(const ModelTurn& turn) {
  if (!turn.wire.empty()) {
    auto blocks = parsed(turn.wire);
    return blocks && blocks->is_array() ? *std::move(blocks) : Json::array();
  }
  auto blocks = Json::array();
  if (!turn.text.empty()) blocks.push_back({{"type", "text"}, {"text", turn.text}});
  for (const auto& call : turn.calls) {
    blocks.push_back({{"type", "tool_use"},
                      {"id", call.id},
                      {"name", call.name},
                      {"input", arguments_of(call)}});
  }
  return blocks;
}

// Of what stands on the user's side, all that follows one turn of the model's is one message, the
// results first.
class UserSide {
 public:
  explicit UserSide(RequestText& text) : text_(text) {}

  void add(const ToolResult& result) {
    Json block{
        {"type", "tool_result"}, {"tool_use_id", result.call_id}, {"content", result.output}};
    if (result.is_error) block["is_error"] = true;
    blocks_.push_back(std::move(block));
  }

  void add(const UserMessage& message) {
    texts_.push_back({{"type", "text"}, {"text", message.text}});
  }

  void close() {
    for (auto& block : texts_) blocks_.push_back(std::move(block));
    if (!blocks_.empty()) text_.add({{"role", "user"}, {"content", blocks_}});
    blocks_ = texts_ = Json::array();
  }

 private:
  RequestText& text_;
  Json blocks_ = Json::array(), texts_ = Json::array();
};

}  // namespace

std::string messages_request(const Conversation& conversation, const Asking& asking) {
  RequestText text(head_of(conversation, asking), "messages");
  UserSide user(text);
  for (auto i = first_item(conversation); i < conversation.items.size(); ++i) {
    const auto& item = conversation.items[i];
    if (const auto* turn = std::get_if<ModelTurn>(&item)) {
      auto blocks = blocks_of(*turn);
      if (blocks.empty()) continue;
      user.close();
      text.add({{"role", "assistant"}, {"content", std::move(blocks)}});
    } else if (const auto* result = std::get_if<ToolResult>(&item)) {
      user.add(*result);
    } else if (const auto* message = std::get_if<UserMessage>(&item)) {
      user.add(*message);
    }
  }
  user.close();
  return std::move(text).finished(
      {{"max_tokens", std::max<std::int64_t>(asking.output_tokens_max, 1)}});
}

}  // namespace insights::llm
