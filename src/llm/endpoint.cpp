#include "llm/endpoint.h"

#include <fmt/format.h>

#include <array>

namespace insights::llm {
namespace {

using base::ErrorKind;
using base::fail;

constexpr std::string_view default_model = "gpt-5.2";

bool is_azure_host(const std::string& host) {
  return host.ends_with(".openai.azure.com") || host.ends_with(".cognitiveservices.azure.com") ||
         host.ends_with(".services.ai.azure.com");
}

// The address as people copy it, without what is added here.
std::string trimmed_base(std::string url) {
  const auto drop_end = [&url](std::string_view end) {
    if (url.ends_with(end)) url.resize(url.size() - end.size());
  };
  drop_end("/");
  for (const auto* path : {"/chat/completions", "/responses", "/messages"}) drop_end(path);
  drop_end("/");
  return url;
}

// Azure's addresses with a date name the deployment in their path, and speak chat/completions.
bool is_dated(const Settings& settings, const std::string& base) {
  return !settings.api_version.empty() && !base.ends_with("/v1");
}

Protocol protocol_of(const Settings& settings, const std::string& base) {
  if (settings.protocol != Protocol::automatic) return settings.protocol;
  const auto host = http::host_of(base);
  if (host.ends_with("anthropic.com")) return Protocol::anthropic;
  if (host == "api.openai.com") return Protocol::openai;
  if (is_azure_host(host)) return is_dated(settings, base) ? Protocol::chat : Protocol::openai;
  if (!base.empty()) return Protocol::chat;
  const bool is_claude =
      settings.model.starts_with("claude") || settings.key.starts_with("sk-ant-");
  return is_claude ? Protocol::anthropic : Protocol::openai;
}

std::string default_base(Protocol protocol) {
  return protocol == Protocol::anthropic ? "https://api.anthropic.com"
                                         : "https://api.openai.com/v1";
}

std::vector<http::Header> headers_of(const Settings& settings, const Endpoint& endpoint) {
  std::vector<http::Header> headers{{"Content-Type", "application/json"},
                                    {"Accept", "text/event-stream, application/json"},
                                    {"User-Agent", "insights"}};
  if (endpoint.protocol == Protocol::anthropic)
    headers.push_back({"anthropic-version", "2023-06-01"});
  if (!settings.key.empty()) {
    if (endpoint.protocol == Protocol::anthropic) {
      headers.push_back({"x-api-key", settings.key});
    } else if (endpoint.is_azure) {
      headers.push_back({"api-key", settings.key});
    } else {
      headers.push_back({"Authorization", "Bearer " + settings.key});
    }
  }
  headers.insert(headers.end(), settings.headers.begin(), settings.headers.end());
  return headers;
}

void set_urls(Endpoint& endpoint, const Settings& settings, const std::string& base) {
  const auto query =
      settings.api_version.empty() ? std::string() : "?api-version=" + settings.api_version;
  const bool has_version = base.ends_with("/v1");
  endpoint.root_url = has_version ? base.substr(0, base.size() - 3) : base;
  if (endpoint.protocol == Protocol::anthropic) {
    const auto versioned = has_version ? base : base + "/v1";
    endpoint.ask_url = versioned + "/messages";
    endpoint.models_url = versioned + "/models";
    return;
  }
  const bool is_dated_azure = endpoint.is_azure && is_dated(settings, base);
  const auto stem = is_dated_azure && !base.ends_with("/openai") ? base + "/openai" : base;
  endpoint.models_url = stem + "/models" + query;
  if (endpoint.protocol == Protocol::openai) {
    endpoint.ask_url = stem + "/responses" + query;
    endpoint.compact_url = stem + "/responses/compact" + query;
  } else if (is_dated_azure) {
    endpoint.ask_url =
        fmt::format("{}/deployments/{}/chat/completions{}", stem, model_of(settings), query);
  } else {
    endpoint.ask_url = stem + "/chat/completions" + query;
  }
}

}  // namespace

std::string model_of(const Settings& settings) {
  if (!settings.model.empty()) return settings.model;
  const auto base = trimmed_base(settings.base_url);
  const bool is_openai_itself =
      protocol_of(settings, base) == Protocol::openai && !is_azure_host(http::host_of(base));
  return is_openai_itself ? std::string(default_model) : "";
}

base::Result<Endpoint> endpoint_of(const Settings& settings) {
  auto base = trimmed_base(settings.base_url);
  Endpoint endpoint;
  endpoint.protocol = protocol_of(settings, base);
  if (base.empty()) base = default_base(endpoint.protocol);
  endpoint.host = http::host_of(base);
  if (endpoint.host.empty()) {
    return fail(ErrorKind::invalid_input, "llm.base_url is no address of a server",
                "Write it as https://api.openai.com/v1 or http://localhost:11434/v1.");
  }
  if (model_of(settings).empty()) {
    return fail(ErrorKind::invalid_input, fmt::format("no model of {} is named", endpoint.host),
                "Name it by --model, LLM_MODEL, or llm.model; on Azure it is the deployment.");
  }
  endpoint.is_azure = is_azure_host(endpoint.host) || !settings.api_version.empty();
  endpoint.is_openai = endpoint.is_azure || endpoint.host == "api.openai.com";
  set_urls(endpoint, settings, base);
  endpoint.headers = headers_of(settings, endpoint);
  return endpoint;
}

}  // namespace insights::llm
