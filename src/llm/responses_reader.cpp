#include <algorithm>

#include "llm/reading.h"

namespace insights::llm {
namespace {

Usage usage_of(const Json& json) {
  if (!json.is_object()) return {.estimated = true};
  const auto& input = at(json, "input_tokens_details");
  const auto& output = at(json, "output_tokens_details");
  return {.input = count_at(json, "input_tokens").value_or(0),
          .cached = count_at(input, "cached_tokens").value_or(0),
          .cache_written = count_at(input, "cache_write_tokens").value_or(0),
          .output = count_at(json, "output_tokens").value_or(0),
          .reasoning = count_at(output, "reasoning_tokens").value_or(0),
          .estimated = !count_at(json, "input_tokens").has_value()};
}

// What was cut off must not be sent back: a call whose arguments are not whole, and reasoning after
// which nothing came.
void drop_incomplete(std::vector<Json>& items) {
  std::erase_if(items, [](const Json& item) {
    return text_at(item, "type") == "function_call" && text_at(item, "status") == "incomplete";
  });
  while (!items.empty() && text_at(items.back(), "type") == "reasoning") items.pop_back();
}

void read_message(const Json& item, Reply& reply) {
  const auto& content = at(item, "content");
  if (content.is_string()) reply.turn.text += content.get<std::string>();
  if (!content.is_array()) return;
  for (const auto& part : content) {
    const auto refusal = text_at(part, "refusal");
    if (!refusal.empty()) reply.ending = Ending::refused;
    reply.turn.text += refusal.empty() ? text_at(part, "text") : refusal;
  }
}

}  // namespace

void ResponsesReader::take(const Json& event, const ProgressSink& progress) {
  const auto type = text_at(event, "type");
  const auto delta = text_at(event, "delta");
  if (type == "response.output_text.delta" || type == "response.refusal.delta") {
    tell(progress, Progress::Kind::saying, delta);
    bytes_ += delta.size();
  } else if (type == "response.reasoning_summary_text.delta" ||
             type == "response.reasoning_text.delta") {
    tell(progress, Progress::Kind::thinking, delta);
    bytes_ += delta.size();
  } else if (type == "response.function_call_arguments.delta") {
    bytes_ += delta.size();
  } else if (type == "response.output_item.added") {
    const auto& item = at(event, "item");
    if (text_at(item, "type") == "function_call")
      tell(progress, Progress::Kind::calling, text_at(item, "name"));
  } else if (type == "response.output_item.done") {
    const auto last = items_.empty() ? -1 : items_.rbegin()->first;
    items_[count_at(event, "output_index").value_or(last + 1)] = at(event, "item");
  } else if (type == "response.completed" || type == "response.incomplete" ||
             type == "response.failed" || type == "response.cancelled") {
    take_response(at(event, "response"));
  } else if (type == "error" || type.empty()) {
    if (auto error = error_in(event)) error_ = std::move(error);
  }
}

void ResponsesReader::take_response(const Json& response) {
  has_ended_ = true;
  response_ = response;
  if (auto error = error_in(response)) error_ = std::move(error);
  if (!items_.empty()) return;
  const auto& output = at(response, "output");
  for (std::size_t i = 0; output.is_array() && i < output.size(); ++i)
    items_[static_cast<std::int64_t>(i)] = output[i];
}

void ResponsesReader::read_item(Json& item, Reply& reply) {
  const auto type = text_at(item, "type");
  if (type == "message") read_message(item, reply);
  if (type != "function_call") return;
  const auto id = names_.name_for(text_at(item, "call_id"));
  const auto& as_sent = at(item, "arguments");
  const auto arguments = as_sent.is_structured() ? written(as_sent) : text_at(item, "arguments");
  item["call_id"] = id;
  item["arguments"] = arguments;
  reply.turn.calls.push_back({id, text_at(item, "name"), arguments});
}

Reading ResponsesReader::finish() {
  const auto status = text_at(response_, "status");
  if (!error_ && (status == "failed" || status == "cancelled"))
    error_ =
        ProviderError{.status = 200, .code = "server_error", .message = "the answer " + status};
  if (!error_ && !has_ended_)
    error_ = ProviderError{.status = 200, .message = "the stream ended too soon", .is_cut = true};
  if (error_) {
    error_->usage = usage_of(at(response_, "usage"));
    return std::unexpected(*std::move(error_));
  }
  std::vector<Json> items;
  for (auto& [index, item] : items_)
    if (item.is_object()) items.push_back(std::move(item));
  Reply reply;
  const auto reason = text_at(at(response_, "incomplete_details"), "reason");
  if (status == "incomplete") {
    reply.ending = reason == "content_filter" ? Ending::content_filter : Ending::length;
    drop_incomplete(items);
  }
  for (auto& item : items) read_item(item, reply);
  reply.turn.wire = written(Json(std::move(items)));
  reply.usage = usage_of(at(response_, "usage"));
  reply.model = text_at(response_, "model");
  reply.service_tier = text_at(response_, "service_tier");
  return reply;
}

}  // namespace insights::llm
