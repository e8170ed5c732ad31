#include "llm/asking.h"

#include "base/ensure.h"

namespace insights::llm {

RequestText::RequestText(const Json& head, std::string_view name) : text_(written(head)) {
  text_.back() = ',';  // In place of the closing brace.
  text_ += '"';
  text_ += name;
  text_ += "\":[";
}

void RequestText::add_text(std::string_view text) {
  if (!is_first_) text_ += ',';
  is_first_ = false;
  text_ += text;
}

void RequestText::add_elements(std::string_view array) {
  if (array.size() > 2 && array.front() == '[' && array.back() == ']')
    add_text(array.substr(1, array.size() - 2));
}

std::string RequestText::finished(const Json& tail) && {
  text_ += ']';
  if (!tail.empty()) {
    const auto rest = written(tail);
    text_ += ',';
    text_ += std::string_view(rest).substr(1);
  } else {
    text_ += '}';
  }
  return std::move(text_);
}

Json schema_of(const ToolDefinition& tool) {
  auto schema = parsed(tool.parameters);
  base::ensure(schema && schema->is_object(), "a tool's parameters are no JSON Schema");
  return *std::move(schema);
}

std::size_t first_item(const Conversation& conversation) {
  for (std::size_t i = conversation.items.size(); i-- > 0;)
    if (std::holds_alternative<Compaction>(conversation.items[i])) return i;
  return 0;
}

}  // namespace insights::llm
