#include <algorithm>

#include "llm/reading.h"

namespace insights::llm {
namespace {

// Input is told in three parts here; together they are what elsewhere is called input.
Usage usage_of(const Json& json) {
  const auto fresh = count_at(json, "input_tokens");
  const auto written = count_at(json, "cache_creation_input_tokens").value_or(0);
  const auto read = count_at(json, "cache_read_input_tokens").value_or(0);
  return {.input = fresh.value_or(0) + written + read,
          .cached = read,
          .cache_written = written,
          .output = count_at(json, "output_tokens").value_or(0),
          .reasoning = count_at(at(json, "output_tokens_details"), "thinking_tokens").value_or(0),
          .estimated = !fresh.has_value()};
}

}  // namespace

void MessagesReader::take(const Json& event, const ProgressSink& progress) {
  const auto type = text_at(event, "type");
  if (type == "message_start") {
    const auto& message = at(event, "message");
    model_ = text_at(message, "model");
    take_usage(at(message, "usage"));
  } else if (type == "content_block_start") {
    const auto& block = at(event, "content_block");
    if (!block.is_object()) return;
    blocks_[count_at(event, "index").value_or(0)] = {.json = block, .partial_input = ""};
    if (text_at(block, "type") == "tool_use")
      tell(progress, Progress::Kind::calling, text_at(block, "name"));
  } else if (type == "content_block_delta") {
    take_delta(event, progress);
  } else if (type == "content_block_stop") {
    const auto block = blocks_.find(count_at(event, "index").value_or(0));
    if (block != blocks_.end()) block->second.is_closed = true;
  } else if (type == "message_delta") {
    if (auto reason = text_at(at(event, "delta"), "stop_reason"); !reason.empty())
      stop_reason_ = reason;
    take_usage(at(event, "usage"));
  } else if (type == "message_stop") {
    has_ended_ = true;
  } else if (type == "error" || type.empty()) {
    if (auto error = error_in(event)) error_ = std::move(error);
  }
}

void MessagesReader::take_delta(const Json& event, const ProgressSink& progress) {
  const auto found = blocks_.find(count_at(event, "index").value_or(0));
  if (found == blocks_.end()) return;
  auto& block = found->second;
  const auto& delta = at(event, "delta");
  for (const char* field : {"text", "thinking", "signature", "content"})
    append_text(block.json, delta, field);
  const auto partial = text_at(delta, "partial_json");
  block.partial_input += partial;
  const auto text = text_at(delta, "text"), thinking = text_at(delta, "thinking");
  tell(progress, Progress::Kind::saying, text);
  tell(progress, Progress::Kind::thinking, thinking);
  bytes_ += text.size() + thinking.size() + partial.size();
}

// Counts are told at the start and, cumulated, at the end: the later ones hold.
void MessagesReader::take_usage(const Json& usage) {
  if (!usage.is_object()) return;
  for (const auto& [key, value] : usage.items())
    if (!value.is_null()) usage_[key] = value;
  if (auto tier = text_at(usage, "service_tier"); !tier.empty()) service_tier_ = tier;
}

void MessagesReader::take_whole(const Json& message) {
  if (auto error = error_in(message)) error_ = std::move(error);
  has_ended_ = true;
  model_ = text_at(message, "model");
  stop_reason_ = text_at(message, "stop_reason");
  take_usage(at(message, "usage"));
  const auto& content = at(message, "content");
  for (std::size_t i = 0; content.is_array() && i < content.size(); ++i)
    blocks_[static_cast<std::int64_t>(i)] = {content[i], "", true};
}

namespace {

bool is_cut_off(const Json& block) {
  return text_at(block, "type") == "thinking" && text_at(block, "signature").empty();
}

Ending ending_of(const std::string& stop_reason) {
  if (stop_reason == "max_tokens") return Ending::length;
  if (stop_reason == "refusal") return Ending::refused;
  return Ending::turn;
}

}  // namespace

Reading MessagesReader::finish() {
  const bool has_end = has_ended_ || !stop_reason_.empty();
  if (!error_ && !has_end)
    error_ = ProviderError{.status = 200, .message = "the stream ended too soon", .is_cut = true};
  if (!error_ && stop_reason_ == "model_context_window_exceeded") {
    error_ = ProviderError{.status = 200,
                           .code = "context_length_exceeded",
                           .message = "the model's context window is full"};
  }
  if (error_) {
    error_->usage = usage_of(usage_);
    return std::unexpected(*std::move(error_));
  }
  Reply reply{.ending = ending_of(stop_reason_)};
  auto wire = Json::array();
  for (auto& [index, block] : blocks_) {
    auto& json = block.json;
    const auto type = text_at(json, "type");
    if (type == "text") reply.turn.text += text_at(json, "text");
    const bool is_empty_text = type == "text" && text_at(json, "text").empty();
    if (is_empty_text || (reply.ending == Ending::length && is_cut_off(json))) continue;
    if (type == "tool_use") {
      const auto input = parsed(block.partial_input);
      const bool is_whole = input && input->is_object();
      if (reply.ending == Ending::length && !block.partial_input.empty() && !is_whole) continue;
      if (is_whole) json["input"] = *input;
      if (!at(json, "input").is_object()) json["input"] = Json::object();
      json["id"] = names_.name_for(text_at(json, "id"));
      const bool is_broken = !block.partial_input.empty() && !is_whole;
      reply.turn.calls.push_back({text_at(json, "id"), text_at(json, "name"),
                                  is_broken ? block.partial_input : written(json["input"])});
    }
    wire.push_back(std::move(json));
  }
  // Thoughts that nothing follows cannot stand for an answer.
  const auto is_thought = [](const Json& block) {
    return text_at(block, "type").find("thinking") != std::string::npos;
  };
  if (std::ranges::all_of(wire, is_thought)) wire = Json::array();
  reply.turn.wire = written(wire);
  reply.usage = usage_of(usage_);
  reply.model = model_;
  reply.service_tier = service_tier_;
  return reply;
}

}  // namespace insights::llm
