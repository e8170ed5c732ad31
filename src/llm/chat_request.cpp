// POST /chat/completions, as OpenAI and the many servers that follow it take it.
#include "llm/asking.h"

namespace insights::llm {
namespace {

Json tools_of(const Conversation& conversation, const Asking& asking) {
  auto tools = Json::array();
  for (const auto& tool : conversation.tools) {
    Json function{
        {"name", tool.name}, {"description", tool.description}, {"parameters", schema_of(tool)}};
    if (asking.takes("strict")) function["strict"] = true;
    tools.push_back({{"type", "function"}, {"function", std::move(function)}});
  }
  return tools;
}

Json head_of(const Conversation& conversation, const Asking& asking) {
  Json head{{"model", asking.model}};
  if (!conversation.tools.empty()) {
    head["tools"] = tools_of(conversation, asking);
    if (asking.takes("tool_choice")) head["tool_choice"] = asking.must_call ? "required" : "auto";
    if (asking.takes("parallel_tool_calls")) head["parallel_tool_calls"] = true;
  }
  if (!asking.effort.empty() && asking.takes("reasoning_effort"))
    head["reasoning_effort"] = asking.effort;
  if (asking.is_openai && !conversation.cache_key.empty() && asking.takes("prompt_cache_key"))
    head["prompt_cache_key"] = conversation.cache_key;
  head["stream"] = true;
  if (asking.takes("stream_options")) head["stream_options"] = {{"include_usage", true}};
  return head;
}

// What a server sent as thoughts, without them: some send what they do not take back.
void add_without_thoughts(RequestText& text, const std::string& wire) {
  const auto messages = parsed(wire);
  if (!messages || !messages->is_array()) return;
  for (auto message : *messages) {
    for (const char* name : {"reasoning_content", "reasoning", "reasoning_details"})
      message.erase(name);
    text.add(message);
  }
}

struct AddItem {
  RequestText& text;
  const Asking& asking;

  void operator()(const UserMessage& message) const {
    text.add({{"role", "user"}, {"content", message.text}});
  }

  void operator()(const ModelTurn& turn) const {
    if (!turn.wire.empty()) {
      return asking.takes("reasoning_content") ? text.add_elements(turn.wire)
                                               : add_without_thoughts(text, turn.wire);
    }
    if (turn.text.empty() && turn.calls.empty()) return;
    Json message{{"role", "assistant"}, {"content", turn.text}};
    for (const auto& call : turn.calls) {
      message["tool_calls"].push_back(
          {{"id", call.id},
           {"type", "function"},
           {"function", {{"name", call.name}, {"arguments", call.arguments}}}});
    }
    text.add(message);
  }

  void operator()(const ToolResult& result) const {
    text.add({{"role", "tool"}, {"tool_call_id", result.call_id}, {"content", result.output}});
  }

  void operator()(const Compaction&) const {}  // Of another provider: it means nothing here.
};

// The name that this endpoint takes for the limit. OpenAI's newer models refuse the older name,
// servers of others may know no other.
const char* limit_name(const Asking& asking) {
  const bool newer =
      asking.is_openai ? asking.takes("max_completion_tokens") : !asking.takes("max_tokens");
  return newer ? "max_completion_tokens" : "max_tokens";
}

}  // namespace

std::string chat_request(const Conversation& conversation, const Asking& asking) {
  RequestText text(head_of(conversation, asking), "messages");
  if (!conversation.system.empty())
    text.add({{"role", "system"}, {"content", conversation.system}});
  for (auto i = first_item(conversation); i < conversation.items.size(); ++i)
    std::visit(AddItem{text, asking}, conversation.items[i]);
  Json tail = Json::object();
  const auto* const limit = limit_name(asking);
  if (asking.output_tokens_max > 0 && asking.takes(limit)) tail[limit] = asking.output_tokens_max;
  return std::move(text).finished(tail);
}

}  // namespace insights::llm
