#include <algorithm>

#include "llm/reading.h"

namespace insights::llm {
namespace {

Usage usage_of(const Json& json) {
  if (!count_at(json, "prompt_tokens")) return {.estimated = true};
  const auto& input = at(json, "prompt_tokens_details");
  const auto& output = at(json, "completion_tokens_details");
  Usage usage{.input = count_at(json, "prompt_tokens").value_or(0),
              .cached = count_at(input, "cached_tokens")
                            .value_or(count_at(json, "prompt_cache_hit_tokens").value_or(0)),
              .cache_written = count_at(input, "cache_write_tokens").value_or(0),
              .output = count_at(json, "completion_tokens").value_or(0),
              .reasoning = count_at(output, "reasoning_tokens").value_or(0),
              .estimated = false};
  const auto& cost = at(json, "cost");  // OpenRouter's, in dollars
  if (cost.is_number() && cost.get<double>() >= 0) usage.usd_reported = cost.get<double>();
  return usage;
}

// A text, or the texts of a list of parts.
std::string text_of(const Json& content) {
  if (content.is_string()) return content.get<std::string>();
  std::string text;
  if (content.is_array())
    for (const auto& part : content) text += text_at(part, "text");
  return text;
}

bool is_json_object(const std::string& text) {
  const auto json = parsed(text);
  return json && json->is_object();
}

}  // namespace

void ChatReader::take(const Json& chunk, const ProgressSink& progress) {
  take_common(chunk);
  const auto& choices = at(chunk, "choices");
  if (!choices.is_array() || choices.empty()) return;
  const auto& choice = choices.front();
  has_choice_ = true;
  if (at(choice, "usage").is_object()) usage_ = at(choice, "usage");  // Moonshot's place for it
  if (auto error = error_in(choice)) error_ = std::move(error);
  const auto& delta = at(choice, "delta");
  take_message(delta.is_object() ? delta : at(choice, "message"), progress);
  if (auto reason = text_at(choice, "finish_reason"); !reason.empty()) finish_reason_ = reason;
}

void ChatReader::take_whole(const Json& completion) {
  take(completion, nullptr);
  has_ended_ = true;
}

void ChatReader::take_common(const Json& json) {
  if (auto error = error_in(json)) error_ = std::move(error);
  if (at(json, "usage").is_object()) usage_ = at(json, "usage");
  if (auto model = text_at(json, "model"); !model.empty()) model_ = model;
  if (auto tier = text_at(json, "service_tier"); !tier.empty()) service_tier_ = tier;
}

void ChatReader::take_message(const Json& message, const ProgressSink& progress) {
  take_reasoning(message, progress);
  const auto piece = text_of(at(message, "content"));
  tell(progress, Progress::Kind::saying, piece);
  text_ += piece;
  refusal_ += text_at(message, "refusal");
  bytes_ += piece.size();
  const auto& calls = at(message, "tool_calls");
  if (calls.is_array())
    for (const auto& call : calls) take_call(call, progress);
}

// Thoughts come under two names, and OpenRouter's in parts besides, which belong together by index.
void ChatReader::take_reasoning(const Json& message, const ProgressSink& progress) {
  for (const char* name : {"reasoning_content", "reasoning"}) {
    const auto& piece = at(message, name);
    if (!piece.is_string() || piece.empty() ||
        (!reasoning_name_.empty() && reasoning_name_ != name))
      continue;
    reasoning_name_ = name;
    reasoning_ += piece.get_ref<const std::string&>();
    bytes_ += piece.get_ref<const std::string&>().size();
    tell(progress, Progress::Kind::thinking, piece.get<std::string>());
  }
  const auto& details = at(message, "reasoning_details");
  if (!details.is_array()) return;
  for (const auto& detail : details) {
    if (!detail.is_object()) continue;
    const auto same = std::ranges::find_if(reasoning_details_, [&detail](const Json& one) {
      return at(one, "index") == at(detail, "index") && at(one, "type") == at(detail, "type") &&
             !at(detail, "index").is_null();
    });
    if (same == reasoning_details_.end()) {
      reasoning_details_.push_back(detail);
      continue;
    }
    for (const auto& [key, value] : detail.items()) {
      if (key == "text" || key == "summary" || key == "data") {
        append_text(*same, detail, key.c_str());
      } else if (!value.is_null()) {
        (*same)[key] = value;
      }
    }
  }
}

// Pieces of a call belong together by index; where a server counts none, by id; and what has
// neither goes on with the last.
ChatReader::Call& ChatReader::call_for(const Json& call) {
  const auto index = count_at(call, "index");
  const auto id = text_at(call, "id");
  const auto same = std::ranges::find_if(calls_, [&](const Call& one) {
    if (index && one.index != index) return false;
    if (!id.empty() && !one.id.empty()) return one.id == id;
    return index.has_value();
  });
  if (same != calls_.end()) return *same;
  const bool goes_on =
      !index && id.empty() && !calls_.empty() && text_at(at(call, "function"), "name").empty();
  if (!goes_on) calls_.push_back({.id = id, .name = "", .arguments = "", .index = index});
  return calls_.back();
}

void ChatReader::take_call(const Json& json, const ProgressSink& progress) {
  if (!json.is_object()) return;
  auto& call = call_for(json);
  const auto& function = at(json, "function");
  if (call.id.empty()) call.id = text_at(json, "id");
  if (call.name.empty()) {
    call.name = text_at(function, "name");
    tell(progress, Progress::Kind::calling, call.name);
  }
  for (const auto& [key, value] : json.items()) {
    const bool is_known = key == "index" || key == "id" || key == "type" || key == "function";
    if (!is_known && !value.is_null()) call.more[key] = value;
  }
  const auto& arguments = at(function, "arguments");
  const auto piece = arguments.is_object() ? written(arguments) : text_at(function, "arguments");
  call.arguments += piece;
  bytes_ += piece.size();
}

Json ChatReader::message() const {
  Json message{{"role", "assistant"}, {"content", text_}};
  if (!refusal_.empty()) message["refusal"] = refusal_;
  if (!reasoning_details_.empty()) {
    message["reasoning_details"] = reasoning_details_;
  } else if (!reasoning_.empty()) {
    message[reasoning_name_] = reasoning_;
  }
  for (const auto& call : calls_) {
    Json json{{"id", call.id},
              {"type", "function"},
              {"function", {{"name", call.name}, {"arguments", call.arguments}}}};
    json.update(call.more);
    message["tool_calls"].push_back(std::move(json));
  }
  return message;
}

Reading ChatReader::finish() {
  const bool has_end = has_ended_ || !finish_reason_.empty();
  if (!error_ && (!has_end || !has_choice_)) {
    error_ = ProviderError{.status = 200,
                           .message = has_choice_ ? "the stream ended too soon" : "it was empty",
                           .is_cut = true};
  }
  if (!error_ && finish_reason_ == "error")
    error_ =
        ProviderError{.status = 200, .code = "server_error", .message = "it ended with an error"};
  if (error_) {
    error_->usage = usage_of(usage_);
    return std::unexpected(*std::move(error_));
  }
  Reply reply;
  if (finish_reason_ == "length") reply.ending = Ending::length;
  if (finish_reason_ == "content_filter") reply.ending = Ending::content_filter;
  if (!refusal_.empty()) reply.ending = Ending::refused;
  if (reply.ending == Ending::length && !calls_.empty() && !is_json_object(calls_.back().arguments))
    calls_.pop_back();
  for (auto& call : calls_) {
    call.id = names_.name_for(call.id);
    reply.turn.calls.push_back({call.id, call.name, call.arguments});
  }
  reply.turn.text = refusal_.empty() ? text_ : refusal_;
  const bool is_empty = reply.turn.text.empty() && calls_.empty();
  reply.turn.wire = is_empty ? "[]" : written(Json::array({message()}));
  reply.usage = usage_of(usage_);
  reply.model = model_;
  reply.service_tier = service_tier_;
  return reply;
}

}  // namespace insights::llm
