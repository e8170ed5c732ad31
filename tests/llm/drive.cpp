// Drives llm::Model from outside, for tests/llm_test.py: one line of JSON on standard input is the
// settings, what comes of it is lines of JSON on standard output.
//
//   {"protocol": "openai", "base_url": "...", "key": "...", "model": "gpt-5.2", "turns": 3}
//
// Each turn asks the model, then answers each call with "result of NAME". With "do": "probe" or
// "compact" that is done instead; "stop_after": S asks for a stop after S seconds.
#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "llm/effort.h"
#include "llm/open.h"
#include "llm/prices.h"

namespace {

using namespace insights;
using Json = nlohmann::ordered_json;

void print(const Json& json) {
  fmt::print("{}\n", json.dump(-1, ' ', false, Json::error_handler_t::replace));
  std::fflush(stdout);
}

llm::Settings settings_of(const Json& json) {
  llm::Settings settings;
  const auto protocol = json.value("protocol", "automatic");
  settings.protocol = protocol == "openai"      ? llm::Protocol::openai
                      : protocol == "chat"      ? llm::Protocol::chat
                      : protocol == "anthropic" ? llm::Protocol::anthropic
                                                : llm::Protocol::automatic;
  settings.base_url = json.value("base_url", "");
  settings.key = json.value("key", "");
  settings.model = json.value("model", "");
  settings.effort = llm::effort_named(json.value("effort", ""));
  settings.retries_max = json.value("retries", 2);
  settings.request_max = std::chrono::milliseconds(json.value("request_ms", 20'000));
  settings.idle_max = std::chrono::milliseconds(json.value("idle_ms", 20'000));
  settings.sent = [](const llm::Sending& sending) {
    print({{"sent", sending.url}, {"bytes", sending.body.size()}});
  };
  return settings;
}

llm::Conversation opening() {
  const auto tool = [](const std::string& name) {
    return llm::ToolDefinition{
        name, "Does " + name,
        R"({"type":"object","properties":{"sql":{"type":["string","null"]}},)"
        R"("required":["sql"],"additionalProperties":false})"};
  };
  return {.system = "You look for insights. " + std::string(6000, '.'),
          .tools = {tool("execute_sql"), tool("finish")},
          .items = {llm::UserMessage{"Begin."}},
          .cache_key = "run-1"};
}

Json json_of(const llm::Usage& usage) {
  return {{"input", usage.input},           {"cached", usage.cached},
          {"written", usage.cache_written}, {"output", usage.output},
          {"reasoning", usage.reasoning},   {"estimated", usage.estimated}};
}

Json json_of(const llm::Failure& failure) {
  constexpr std::array kinds{"error", "context_too_long", "quota", "busy", "unreachable"};
  return {{"failure", kinds[static_cast<std::size_t>(failure.kind)]},
          {"cancelled", failure.error.kind == base::ErrorKind::cancelled},
          {"message", failure.error.message},
          {"hint", failure.error.hint},
          {"usage", json_of(failure.usage)}};
}

Json json_of(const llm::Reply& reply, const llm::Model& model) {
  constexpr std::array endings{"turn", "length", "refused", "content_filter"};
  Json calls = Json::array();
  for (const auto& call : reply.turn.calls)
    calls.push_back({{"id", call.id}, {"name", call.name}, {"arguments", call.arguments}});
  const auto usd = llm::dollars(reply.usage, model.price(), reply.service_tier);
  return {{"ending", endings[static_cast<std::size_t>(reply.ending)]},
          {"text_bytes", reply.turn.text.size()},
          {"text", reply.turn.text.substr(0, 200)},
          {"calls", std::move(calls)},
          {"usage", json_of(reply.usage)},
          {"usd", usd ? Json(*usd) : Json()},
          {"notes", reply.notes},
          {"request_id", reply.request_id},
          {"bytes_received", reply.bytes_received}};
}

void take_turns(llm::Model& model, llm::Conversation& conversation, int turns,
                std::stop_token stop) {
  for (int turn = 0; turn < turns; ++turn) {
    Json told = Json::object();
    const auto reply = model.respond(
        conversation, 8000,
        [&told](const llm::Progress& progress) {
          constexpr std::array kinds{"thinking", "saying", "calling", "retrying"};
          const auto* kind = kinds[static_cast<std::size_t>(progress.kind)];
          auto& text = told[kind];
          if (!text.is_string()) text = "";
          if (text.get_ref<const std::string&>().size() < 300)
            text.get_ref<std::string&>() += progress.text;
        },
        stop);
    auto line = reply ? json_of(*reply, model) : json_of(reply.error());
    line["progress"] = std::move(told);
    print(line);
    if (!reply) return;
    conversation.items.push_back(reply->turn);
    for (const auto& call : reply->turn.calls)
      conversation.items.push_back(llm::ToolResult{call.id, "result of " + call.name, false});
    if (reply->turn.calls.empty()) conversation.items.push_back(llm::UserMessage{"Go on."});
  }
}

void compact(llm::Model& model, llm::Conversation& conversation, std::stop_token stop) {
  const auto made = model.compact(conversation, stop);
  if (!made) return print(json_of(made.error()));
  print({{"compacted", made->has_value()}});
  if (!*made) return;
  print({{"usage", json_of((*made)->second)}});
  conversation.items.push_back((*made)->first);
  conversation.items.push_back(llm::UserMessage{"Go on."});
}

}  // namespace

int main() {
  std::string line;
  std::getline(std::cin, line);
  const auto order = Json::parse(line);
  const auto model = llm::open(settings_of(order));
  if (!model) {
    print({{"failure", "open"}, {"message", model.error().message}, {"hint", model.error().hint}});
    return 1;
  }
  std::stop_source stop;
  std::jthread stopper;
  if (order.contains("stop_after")) {
    stopper = std::jthread([&stop, wait = order["stop_after"].get<double>()] {
      std::this_thread::sleep_for(std::chrono::duration<double>(wait));
      stop.request_stop();
    });
  }
  auto conversation = opening();
  if (order.value("do", "") == "probe") {
    for (const auto& step : (*model)->probe(stop.get_token()))
      print({{"step", step.name}, {"fine", step.fine}, {"says", step.says}});
    return 0;
  }
  const auto began = std::chrono::steady_clock::now();
  take_turns(**model, conversation, order.value("turns", 1), stop.get_token());
  if (order.value("do", "") == "compact") {
    compact(**model, conversation, stop.get_token());
    take_turns(**model, conversation, order.value("turns", 1), stop.get_token());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  print({{"seconds", took.count()},
         {"estimated_tokens", (*model)->estimated_tokens(conversation)},
         {"context_tokens", (*model)->context_tokens()}});
  return 0;
}
