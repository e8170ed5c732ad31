// A conversation for tests, with every kind of item.
#pragma once

#include "llm/model.h"

namespace insights::llm {

inline ToolDefinition sample_tool(const std::string& name) {
  return {name, "Does " + name + ".",
          R"({"type":"object","properties":{"sql":{"type":"string"}},"required":["sql"],)"
          R"("additionalProperties":false})"};
}

inline Conversation sample_conversation() {
  return {.system = "You look for insights.",
          .tools = {sample_tool("execute_sql"), sample_tool("finish")},
          .items = {UserMessage{"Look at \"sales\"\nand say what you see."}},
          .cache_key = "run-1"};
}

}  // namespace insights::llm
