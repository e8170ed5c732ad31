#include "llm/provider_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace insights::llm {
namespace {

using Kind = Failure::Kind;

constexpr std::size_t words_bytes_max = 1000;

std::string in_lower_case(std::string text) {
  for (auto& letter : text)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter + ('a' - 'A'));
  return text;
}

template <std::size_t N>
bool is_one_of(const std::string& text, const std::array<std::string_view, N>& list) {
  return std::ranges::count(list, text) > 0;
}

template <std::size_t N>
bool holds_one_of(const std::string& text, const std::array<std::string_view, N>& list) {
  return std::ranges::any_of(list,
                             [&text](auto words) { return text.find(words) != std::string::npos; });
}

// Money or credit is used up, by type or code.
constexpr std::array<std::string_view, 8> quota_codes{"insufficient_quota",
                                                      "credit_balance_exhausted",
                                                      "organization_spend_limit_exceeded",
                                                      "project_spend_limit_exceeded",
                                                      "organization_usage_limit_exceeded",
                                                      "billing_error",
                                                      "billing_hard_limit_reached",
                                                      "insufficient_credits"};
constexpr std::array<std::string_view, 3> quota_words{
    "credit balance is too low", "exceeded your current quota", "insufficient credits"};
constexpr std::array<std::string_view, 3> context_codes{
    "context_length_exceeded", "exceed_context_size_error", "request_too_large"};
constexpr std::array<std::string_view, 9> context_words{"maximum context length",
                                                        "context length exceeded",
                                                        "exceeds the context window",
                                                        "prompt is too long",
                                                        "exceeds the available context size",
                                                        "context size has been exceeded",
                                                        "exceed context window",
                                                        "input is too long",
                                                        "exceed context limit"};
constexpr std::array<std::string_view, 7> passing_codes{
    "server_error",         "rate_limit_exceeded", "overloaded_error", "api_error",
    "server_is_overloaded", "rate_limit_error",    "timeout_error"};

// FastAPI's form, of vLLM and others: {"detail": [{"loc": ["body", "tools"], "msg": "..."}]}.
void take_detail(ProviderError& error, const Json& detail) {
  if (detail.is_string()) error.message = detail.get<std::string>();
  if (!detail.is_array() || detail.empty()) return;
  error.message = text_at(detail.front(), "msg");
  const auto& place = at(detail.front(), "loc");
  if (place.is_array() && !place.empty() && place.back().is_string())
    error.param = place.back().get<std::string>();
}

void take_object(ProviderError& error, const Json& json) {
  error.type = text_at(json, "type");
  error.code = text_at(json, "code");
  error.param = text_at(json, "param");
  error.message = text_at(json, "message");
  error.context_tokens = count_at(json, "n_ctx").value_or(0);  // llama.cpp's
  // OpenRouter wraps what the provider behind it said.
  if (const auto raw = text_at(at(json, "metadata"), "raw"); !raw.empty())
    error.message += (error.message.empty() ? "" : ": ") + raw;
}

// A code that is a number is a status, whatever the answer's own was.
void take_number_as_status(ProviderError& error) {
  const bool is_status =
      error.code.size() == 3 && error.code >= "400" && error.code <= "599" &&
      std::ranges::all_of(error.code, [](char c) { return c >= '0' && c <= '9'; });
  if (is_status) error.status = std::stoi(error.code);
}

std::string one_line(std::string text) {
  for (auto& letter : text)
    if (static_cast<unsigned char>(letter) < ' ' || letter == '\x7f') letter = ' ';
  if (text.size() <= words_bytes_max) return text;
  auto end = words_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

bool is_quota(const ProviderError& error) {
  return error.status == 402 || is_one_of(error.code, quota_codes) ||
         is_one_of(error.type, quota_codes) ||
         holds_one_of(in_lower_case(error.message), quota_words);
}

// llama.cpp says so with status 500.
bool is_too_long(const ProviderError& error) {
  if (error.status == 413 || is_one_of(error.code, context_codes) ||
      is_one_of(error.type, context_codes))
    return true;
  const auto words = in_lower_case(error.message);
  // More in one request than the limit of a minute: no wait helps.
  if (error.status == 429 && words.find("request too large") != std::string::npos) return true;
  const bool may_be =
      error.status == 400 || error.status == 200 || error.status == 422 || error.status == 500;
  return may_be && holds_one_of(words, context_words);
}

}  // namespace

std::optional<ProviderError> error_in(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  ProviderError error{.status = 200};
  const auto& inner = at(json, "error");
  const bool is_flat_event = text_at(json, "type") == "error" && inner.is_null();
  if (inner.is_object() && !inner.empty()) {
    take_object(error, inner);
  } else if (inner.is_string() && !inner.get_ref<const std::string&>().empty()) {
    error.message = inner.get<std::string>();
  } else if (is_flat_event) {
    take_object(error, json);
    error.type.clear();  // It says "error".
  } else {
    return std::nullopt;
  }
  take_number_as_status(error);
  return error;
}

ProviderError error_of_body(int status, std::string_view body) {
  const auto json = parsed(body);
  auto error = json ? error_in(*json).value_or(ProviderError{}) : ProviderError{};
  error.status = status;
  if (!json) {
    error.message = std::string(body.substr(0, words_bytes_max));
  } else if (error.message.empty()) {
    take_detail(error, at(*json, "detail"));
    if (error.message.empty()) error.message = text_at(*json, "message");
    if (error.message.empty()) error.message = written(*json);
  }
  return error;
}

Kind kind_of(const ProviderError& error) {
  if (is_quota(error)) return Kind::quota;
  if (is_too_long(error)) return Kind::context_too_long;
  if (error.transport || error.is_cut) return Kind::unreachable;
  return may_be_retried(error) ? Kind::busy : Kind::error;
}

bool may_be_retried(const ProviderError& error) {
  if (error.transport) {
    using Trouble = http::Failure::Kind;
    const auto kind = error.transport->kind;
    return kind == Trouble::unreachable || kind == Trouble::broken || kind == Trouble::too_slow;
  }
  if (is_quota(error) || is_too_long(error)) return false;
  if (error.should_retry == "true") return true;
  if (error.should_retry == "false") return false;
  if (error.is_cut) return true;
  if (error.status == 200)
    return is_one_of(error.code, passing_codes) || is_one_of(error.type, passing_codes);
  return error.status == 408 || error.status == 409 || error.status == 429 || error.status >= 500;
}

std::string words_of(const ProviderError& error, const std::string& host) {
  if (error.transport) return one_line(error.transport->error.message);
  if (error.is_cut)
    return one_line(fmt::format("the answer of {} was cut: {}", host, error.message));
  const auto& name = error.code.empty() ? error.type : error.code;
  auto words = error.status == 200 ? fmt::format("{} reported an error", host)
                                   : fmt::format("{} answered {}", host, error.status);
  if (!name.empty() && name != fmt::format("{}", error.status)) words += fmt::format(" ({})", name);
  if (!error.message.empty()) words += ": " + error.message;
  return one_line(words);
}

}  // namespace insights::llm
