// What `insights doctor` asks an endpoint: whether it is there, takes the key, has the model, calls
// tools, and how much it reads at once.
#include <fmt/format.h>

#include <algorithm>

#include "llm/effort.h"
#include "llm/remote_model.h"

namespace insights::llm {
namespace {

constexpr std::int64_t probe_tokens_max = 2048;  // of an answer; thoughts of a small model included

// The entry of the model in a list of models, or null.
const Json& entry_of(const Json& models, const std::string& model) {
  static const Json null;
  const auto& list = at(models, "data");
  if (!list.is_array()) return null;
  const auto found = std::ranges::find_if(
      list, [&model](const Json& entry) { return text_at(entry, "id") == model; });
  return found == list.end() ? null : *found;
}

// What servers call the number of tokens that a request may hold: vLLM, OpenRouter, LM Studio,
// llama.cpp.
std::int64_t context_in(const Json& entry) {
  for (const char* name : {"loaded_context_length", "max_model_len", "context_length",
                           "context_window", "max_input_tokens", "max_context_length", "n_ctx"}) {
    if (const auto tokens = count_at(entry, name); tokens && *tokens > 0) return *tokens;
  }
  return 0;
}

bool travels_in_the_clear(const Endpoint& endpoint) {
  const bool is_here =
      endpoint.host == "localhost" || endpoint.host == "[::1]" || endpoint.host.starts_with("127.");
  return endpoint.ask_url.starts_with("http:") && !is_here;
}

Conversation small_talk() {
  return {.system = "You check that tools can be called.",
          .tools = {{"ready", "Say that you are ready.",
                     R"({"type":"object","properties":{"ready":{"type":"boolean"}},)"
                     R"("required":["ready"],"additionalProperties":false})"}},
          .items = {UserMessage{"Call the tool `ready` with ready = true."}},
          .cache_key = ""};
}

}  // namespace

std::vector<ProbeStep> RemoteModel::probe(std::stop_token stop) {
  std::vector<ProbeStep> steps;
  const auto add = [&steps](ProbeStep step) {
    steps.push_back(std::move(step));
    return steps.back().fine;
  };
  Json models;
  auto listed = fetch(client_, endpoint_, settings_, endpoint_.models_url, "", stop);
  if (!listed && listed.error().transport) {
    const auto failure = failure_of(listed.error(), {});
    add({"reachable", false,
         failure.error.message + (failure.error.hint.empty() ? "" : ". " + failure.error.hint)});
    return steps;
  }
  add({"reachable", true,
       fmt::format("{} answers{}", endpoint_.host,
                   travels_in_the_clear(endpoint_)
                       ? " (over http: key and data travel in the clear)"
                       : "")});
  if (!listed && (listed.error().status == 401 || listed.error().status == 403)) {
    const auto failure = failure_of(listed.error(), {});
    add({"key", false, failure.error.message + ". " + failure.error.hint});
    return steps;
  }
  add({"key", true,
       settings_.key.empty() ? "none is sent, and none was asked for so far"
       : listed              ? "taken: the server lists its models"
                             : "not asked for yet: the server has no list of models"});
  if (listed) models = *std::move(listed);
  if (!add(probe_model(models))) return steps;
  if (!add(probe_tools(stop))) return steps;
  add(probe_context(models, stop));
  return steps;
}

ProbeStep RemoteModel::probe_model(const Json& models) const {
  const auto& list = at(models, "data");
  if (!list.is_array() || list.empty())
    return {"model", true, fmt::format("{} (the server has no list of models)", asking_.model)};
  if (!entry_of(models, asking_.model).is_null())
    return {"model", true, fmt::format("{} is there", asking_.model)};
  std::string some;
  for (std::size_t i = 0; i < std::min<std::size_t>(list.size(), 5); ++i)
    some += (i == 0 ? "" : ", ") + text_at(list[i], "id");
  // Azure lists models, but takes deployments; some lists leave out what is served.
  return {"model", true,
          fmt::format("{} is not in the server's list of {} ({}{}): it is asked all the same",
                      asking_.model, list.size(), some, list.size() > 5 ? " ..." : "")};
}

ProbeStep RemoteModel::probe_tools(std::stop_token stop) {
  const auto kept = asking_;
  const auto effort = std::exchange(asking_.effort, "");
  if (!facts_.efforts.empty()) asking_.effort = name_of(std::ranges::min(facts_.efforts));
  asking_.must_call = true;
  const auto reply = respond(small_talk(), probe_tokens_max, nullptr, stop);
  asking_.must_call = false;
  asking_.effort = effort;
  asking_.thinking = kept.thinking;
  if (!reply) {
    return {"tools", false,
            reply.error().error.message +
                (reply.error().error.hint.empty() ? "" : ". " + reply.error().error.hint)};
  }
  for (const auto& call : reply->turn.calls)
    if (call.name == "ready") return {"tools", true, "the model calls tools"};
  return {"tools", false,
          "the model answered, but called no tool. vLLM needs --enable-auto-tool-choice and "
          "--tool-call-parser, llama.cpp --jinja; Ollama and LM Studio a model made for tools"};
}

ProbeStep RemoteModel::probe_context(const Json& models, std::stop_token stop) {
  auto tokens = context_in(entry_of(models, asking_.model));
  std::string source = "by the server's list";
  const auto ask = [&](const char* path) {
    return fetch(client_, endpoint_, settings_, endpoint_.root_url + path, "", stop)
        .value_or(Json());
  };
  if (tokens == 0 && endpoint_.protocol == Protocol::chat) {
    const auto properties = ask("/props");  // llama.cpp
    tokens = context_in(at(properties, "default_generation_settings"));
    const auto running = at(ask("/api/ps"), "models");  // Ollama
    for (std::size_t i = 0; tokens == 0 && running.is_array() && i < running.size(); ++i)
      if (text_at(running[i], "name") == asking_.model) tokens = context_in(running[i]);
    const auto loaded = ask("/api/v0/models");  // LM Studio
    if (tokens == 0) tokens = context_in(entry_of(loaded, asking_.model));
    source = "by the server's word";
  }
  if (settings_.context_tokens > 0 || (tokens == 0 && facts_.input_tokens_max > 0))
    source = settings_.context_tokens > 0 ? "by llm.context_tokens" : "by the table of models";
  if (tokens > 0 && facts_.input_tokens_max == 0) context_learned_ = tokens;
  if (tokens == 0 && context_tokens() == 32'768 && settings_.context_tokens == 0)
    source = "supposed, because nobody says; llm.context_tokens sets it";
  const auto shown = context_tokens();
  constexpr std::int64_t enough = 16'000;
  const bool is_small = shown < enough;
  return {"context", !is_small,
          fmt::format("{} tokens, {}{}", shown, source,
                      is_small ? ": too few for an exploration. Ollama takes "
                                 "OLLAMA_CONTEXT_LENGTH=64000, llama.cpp -c 65536"
                               : "")};
}

}  // namespace insights::llm
