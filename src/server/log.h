// The server's log: one JSON object a line on standard error. Whatever is in a value, it stays one
// line.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace insights::server {

// While it lives, every line that its thread logs says which request or run it belongs to.
class LogScope {
 public:
  // `name`: "request" or "run". A line that names one itself keeps its own.
  LogScope(std::string name, std::string id);
  ~LogScope();
  LogScope(const LogScope&) = delete;
  LogScope& operator=(const LogScope&) = delete;
};

// `more` is an object.
void log_event(std::string_view level, std::string_view event, const nlohmann::ordered_json& more);

}  // namespace insights::server
