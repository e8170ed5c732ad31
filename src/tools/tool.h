// What an analyst that writes its own questions may do: one list, one JSON Schema a tool, the same
// for every face that serves it (a language model's calls, an MCP client's). A call is text, and so
// is its answer: whoever serves the tools needs to know nothing of what they do.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace insights::tools {

// As the analyst wrote it: the name may be unknown, the arguments may be no JSON.
struct Call {
  std::string name, arguments;
  bool operator==(const Call&) const = default;
};

// In words or as delimited data; an error says what to do instead.
struct Answer {
  std::string text;
  bool is_error = false;
  bool operator==(const Answer&) const = default;
};

struct Tool {
  std::string_view name, description;
  std::string_view parameters;  // JSON Schema, strict: every property required, no other allowed
};

// All of them, sorted by name.
std::span<const Tool> all_tools();

}  // namespace insights::tools
