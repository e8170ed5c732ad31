// A model that says what a test wrote down, and remembers what it was sent. Included by *_test.cpp
// files only.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

#include "llm/model.h"

namespace insights::agent::testing {

inline llm::ToolCall call(std::string name, std::string arguments) {
  return {"", std::move(name), std::move(arguments)};
}

// The bytes of a request, in the order in which providers put them.
inline std::string request_text(const llm::Conversation& conversation) {
  std::string text = conversation.system;
  for (const auto& tool : conversation.tools)
    text += tool.name + tool.description + tool.parameters;
  for (const auto& item : conversation.items) {
    if (const auto* user = std::get_if<llm::UserMessage>(&item)) text += "\nuser " + user->text;
    if (const auto* result = std::get_if<llm::ToolResult>(&item))
      text += "\nresult " + result->call_id + " " + result->output;
    if (const auto* compaction = std::get_if<llm::Compaction>(&item))
      text += "\ncompaction " + compaction->wire;
    if (const auto* turn = std::get_if<llm::ModelTurn>(&item)) {
      text += "\nmodel " + turn->text;
      for (const auto& one : turn->calls) text += " " + one.id + one.name + one.arguments;
    }
  }
  return text;
}

inline llm::Usage used(std::int64_t input) {
  llm::Usage usage;
  usage.input = input;
  return usage;
}

class ScriptedModel final : public llm::Model {
 public:
  // What it says to a request, by the conversation it gets.
  using Say = std::function<llm::Outcome<llm::Reply>(const llm::Conversation& conversation)>;

  ScriptedModel& says(Say say) {
    script_.push_back(std::move(say));
    return *this;
  }
  ScriptedModel& calls(std::vector<llm::ToolCall> calls) {
    return says([calls = std::move(calls)](const llm::Conversation&) {
      llm::Reply reply;
      reply.turn.calls = calls;
      return reply;
    });
  }
  ScriptedModel& text(std::string text) {
    return says([text = std::move(text)](const llm::Conversation&) {
      llm::Reply reply;
      reply.turn.text = text;
      return reply;
    });
  }
  ScriptedModel& fails(llm::Failure::Kind kind, std::string message) {
    return says([=](const llm::Conversation&) -> llm::Outcome<llm::Reply> {
      return std::unexpected(
          llm::Failure{kind, {base::ErrorKind::unavailable, message, ""}, used(10)});
    });
  }

  // So many answers were given by another process.
  void skip(std::size_t answers) {
    next_ = answers;
    skipped_ = answers;
  }

  std::string provider() const override { return "scripted"; }
  std::string name() const override { return "script"; }
  std::int64_t context_tokens() const override { return context; }
  std::int64_t estimated_tokens(const llm::Conversation& conversation) const override {
    return static_cast<std::int64_t>(request_text(conversation).size() / 4);
  }

  llm::Outcome<llm::Reply> respond(const llm::Conversation& conversation, std::int64_t,
                                   const llm::ProgressSink&, std::stop_token) override {
    requests.push_back(request_text(conversation));
    conversations.push_back(conversation);
    if (next_ >= script_.size()) {
      llm::Reply done;
      done.turn.calls = {{"end", "finish", R"({"reason":"the script is at its end"})"}};
      return done;
    }
    auto reply = script_[next_++](conversation);
    if (!reply) return reply;
    for (std::size_t i = 0; i < reply->turn.calls.size(); ++i)
      reply->turn.calls[i].id = fmt::format("c{}_{}", skipped_ + requests.size(), i);
    if (reply->usage == llm::Usage{}) {
      reply->usage.input = estimated_tokens(conversation);
      reply->usage.output = 100;
    }
    return reply;
  }

  llm::Outcome<std::optional<std::pair<llm::Compaction, llm::Usage>>> compact(
      const llm::Conversation&, std::stop_token) override {
    if (!compacts) return std::optional<std::pair<llm::Compaction, llm::Usage>>();
    return std::optional(std::pair(llm::Compaction{"[\"compacted\"]"}, used(50)));
  }

  std::vector<llm::ProbeStep> probe(std::stop_token) override { return {}; }

  std::vector<std::string> requests;
  std::vector<llm::Conversation> conversations;
  std::int64_t context = 200'000;
  bool compacts = false;

 private:
  std::vector<Say> script_;
  std::size_t next_ = 0, skipped_ = 0;
};

// The outputs of the last request's tool results, all of them.
inline std::vector<std::string> outputs(const llm::Conversation& conversation) {
  std::vector<std::string> texts;
  for (const auto& item : conversation.items) {
    if (const auto* result = std::get_if<llm::ToolResult>(&item)) texts.push_back(result->output);
  }
  return texts;
}

}  // namespace insights::agent::testing
