// What a provider, or the way to it, said when a request failed; read out of every shape that is
// seen in the wild.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/client.h"
#include "llm/json.h"
#include "llm/model.h"

namespace insights::llm {

struct ProviderError {
  int status = 0;  // of HTTP; 200 when the error came within an answer; 0 when none came
  std::string type = {}, code = {}, param = {};  // as sent; may be empty
  std::string message = {};                      // its own words
  std::string request_id = {};
  std::string retry_after_ms = {}, retry_after = {}, should_retry = {};  // headers, as sent
  std::optional<http::Failure> transport = std::nullopt;  // nothing came, or it broke
  bool is_cut = false;  // an answer had begun and its end never came, or it was no JSON
  Usage usage = {};     // of the attempt, as far as it was told
};

// The error in a body; `json` may be an object with "error" (an object or a text), "detail",
// "message", or an element of a stream. Nothing when it holds none.
std::optional<ProviderError> error_in(const Json& json);

// The error of a body that came with a status other than 2xx.
ProviderError error_of_body(int status, std::string_view body);

Failure::Kind kind_of(const ProviderError& error);

// Whether the same request may go well a moment later.
bool may_be_retried(const ProviderError& error);

// One line in words: "api.openai.com answered 429 (rate_limit_exceeded): ...". Control characters
// are taken out, and what is long is cut.
std::string words_of(const ProviderError& error, const std::string& host);

}  // namespace insights::llm
