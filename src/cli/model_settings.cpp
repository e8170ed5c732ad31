#include "cli/model_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace insights::cli {
namespace {

using config::Config;
using llm::Protocol;

Protocol protocol_of(const Config& config) {
  switch (config.provider) {
    case config::Provider::openai:
      return Protocol::openai;
    case config::Provider::chat:
      return Protocol::chat;
    case config::Provider::anthropic:
      return Protocol::anthropic;
    case config::Provider::automatic:
      break;
  }
  // The only key there is tells; so does the name of a model, where no server is named.
  if (!config.base_url.empty()) {
    return http::host_of(config.base_url).ends_with("anthropic.com") ? Protocol::anthropic
                                                                     : Protocol::automatic;
  }
  const bool is_claude = config.model.starts_with("claude");
  const bool has_only_that_key = config.api_key.empty() && !config.anthropic_api_key.empty();
  return is_claude || has_only_that_key || config.api_key.starts_with("sk-ant-")
             ? Protocol::anthropic
             : Protocol::automatic;
}

std::optional<llm::Effort> effort_of(config::ModelEffort effort) {
  switch (effort) {
    case config::ModelEffort::automatic:
      return std::nullopt;
    case config::ModelEffort::none:
      return llm::Effort::none;
    case config::ModelEffort::minimal:
      return llm::Effort::minimal;
    case config::ModelEffort::low:
      return llm::Effort::low;
    case config::ModelEffort::medium:
      return llm::Effort::medium;
    case config::ModelEffort::high:
      return llm::Effort::high;
    case config::ModelEffort::xhigh:
      return llm::Effort::xhigh;
  }
  std::unreachable();
}

bool comes_from(const Config& config, const char* key, const char* variable) {
  const auto origin = config::origin_of(config, key);
  return origin.kind == config::Origin::Kind::environment && origin.place == variable;
}

// What the variables of OpenAI hold is not for Anthropic.
std::string key_of(const Config& config, Protocol protocol) {
  if (protocol != Protocol::anthropic) return config.api_key;
  if (!config.anthropic_api_key.empty()) return config.anthropic_api_key;
  return comes_from(config, "llm.api_key", "OPENAI_API_KEY") ? "" : config.api_key;
}

std::string base_url_of(const Config& config, Protocol protocol) {
  const bool is_openais = comes_from(config, "llm.base_url", "OPENAI_BASE_URL");
  const bool asks_for_anthropic = config.provider == config::Provider::anthropic;
  return protocol == Protocol::anthropic && asks_for_anthropic && is_openais ? "" : config.base_url;
}

base::Result<std::vector<http::Header>> headers_of(const Config& config) {
  std::vector<http::Header> headers;
  for (const auto& text : config.headers) {
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0) {
      return base::fail(base::ErrorKind::invalid_input, "llm.headers: a header has no colon",
                        "Write it as \"Name: value\".");
    }
    auto value = text.substr(colon + 1);
    value.erase(0, std::min(value.find_first_not_of(' '), value.size()));
    headers.push_back({text.substr(0, colon), std::move(value)});
  }
  return headers;
}

}  // namespace

base::Result<llm::Settings> model_settings(const Config& config) {
  llm::Settings settings;
  settings.protocol = protocol_of(config);
  settings.base_url = base_url_of(config, settings.protocol);
  settings.key = key_of(config, settings.protocol);
  settings.model = config.model;
  settings.api_version = config.api_version;
  settings.headers = TRY(headers_of(config));
  settings.effort = effort_of(config.effort);
  settings.context_tokens = config.context_tokens;
  settings.models_file = config.models_file;
  settings.retries_max = static_cast<int>(config.retries_max);
  settings.request_max = config.request_time_max;
  settings.idle_max = std::min(settings.idle_max, config.request_time_max);
  return settings;
}

base::Status check_key(const llm::Settings& settings) {
  if (!settings.key.empty() || !settings.base_url.empty() || !settings.headers.empty()) return {};
  const bool is_anthropic = settings.protocol == Protocol::anthropic;
  return base::fail(
      base::ErrorKind::invalid_input, "there is no key for the language model",
      fmt::format("Set {}, name a server of your own with --base-url, or leave --analyst llm out.",
                  is_anthropic ? "ANTHROPIC_API_KEY" : "OPENAI_API_KEY"));
}

bool names_a_model(const Config& config) {
  if (config.privacy == config::Privacy::off) return false;
  if (config.analyst == config::Analyst::llm) return true;
  constexpr std::array keys{"llm.provider", "llm.model", "llm.base_url", "llm.api_key",
                            "llm.anthropic_api_key"};
  return std::ranges::any_of(keys, [&config](const char* key) {
    const auto kind = config::origin_of(config, key).kind;
    return kind == config::Origin::Kind::file || kind == config::Origin::Kind::flag;
  });
}

}  // namespace insights::cli
