// OpenAI's Responses API: POST /responses, stateless (nothing is stored there), and POST
// /responses/compact.
#include "llm/asking.h"

namespace insights::llm {
namespace {

Json tools_of(const Conversation& conversation, const Asking& asking) {
  auto tools = Json::array();
  for (const auto& tool : conversation.tools) {
    tools.push_back({{"type", "function"},
                     {"name", tool.name},
                     {"description", tool.description},
                     {"parameters", schema_of(tool)},
                     {"strict", asking.takes("strict")}});
  }
  return tools;
}

// What the model is told about thinking. Its default effort may be none: it is always said.
void add_reasoning(Json& head, const Asking& asking) {
  if (asking.effort.empty() || !asking.takes("reasoning.effort")) return;
  Json reasoning{{"effort", asking.effort}};
  if (asking.effort != "none") {
    if (asking.takes("reasoning.summary")) reasoning["summary"] = "auto";
    if (asking.takes("include")) head["include"] = Json::array({"reasoning.encrypted_content"});
  }
  head["reasoning"] = std::move(reasoning);
}

Json head_of(const Conversation& conversation, const Asking& asking) {
  Json head{{"model", asking.model}};
  if (!conversation.system.empty()) head["instructions"] = conversation.system;
  if (!conversation.tools.empty()) {
    head["tools"] = tools_of(conversation, asking);
    head["tool_choice"] = asking.must_call ? "required" : "auto";
    if (asking.takes("parallel_tool_calls")) head["parallel_tool_calls"] = true;
  }
  if (asking.takes("store")) head["store"] = false;
  add_reasoning(head, asking);
  if (!conversation.cache_key.empty() && asking.takes("prompt_cache_key"))
    head["prompt_cache_key"] = conversation.cache_key;
  head["stream"] = true;
  if (asking.takes("stream_options")) head["stream_options"] = {{"include_obfuscation", false}};
  return head;
}

struct AddItem {
  RequestText& text;

  void operator()(const UserMessage& message) const {
    text.add({{"type", "message"}, {"role", "user"}, {"content", message.text}});
  }

  void operator()(const ModelTurn& turn) const {
    if (!turn.wire.empty()) return text.add_elements(turn.wire);
    if (!turn.text.empty())
      text.add({{"type", "message"}, {"role", "assistant"}, {"content", turn.text}});
    for (const auto& call : turn.calls) {
      text.add({{"type", "function_call"},
                {"call_id", call.id},
                {"name", call.name},
                {"arguments", call.arguments}});
    }
  }

  void operator()(const ToolResult& result) const {
    text.add(
        {{"type", "function_call_output"}, {"call_id", result.call_id}, {"output", result.output}});
  }

  void operator()(const Compaction& compaction) const { text.add_elements(compaction.wire); }
};

void add_items(RequestText& text, const Conversation& conversation) {
  for (auto i = first_item(conversation); i < conversation.items.size(); ++i)
    std::visit(AddItem{text}, conversation.items[i]);
}

}  // namespace

std::string responses_request(const Conversation& conversation, const Asking& asking) {
  RequestText text(head_of(conversation, asking), "input");
  add_items(text, conversation);
  Json tail = Json::object();
  if (asking.output_tokens_max > 0 && asking.takes("max_output_tokens"))
    tail["max_output_tokens"] = std::max<std::int64_t>(asking.output_tokens_max, 16);
  return std::move(text).finished(tail);
}

std::string compact_request(const Conversation& conversation, const Asking& asking) {
  Json head{{"model", asking.model}};
  if (!conversation.system.empty()) head["instructions"] = conversation.system;
  if (!conversation.cache_key.empty() && asking.takes("prompt_cache_key"))
    head["prompt_cache_key"] = conversation.cache_key;
  RequestText text(head, "input");
  add_items(text, conversation);
  return std::move(text).finished(Json::object());
}

}  // namespace insights::llm
