#include "server/log.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "server/clock.h"

namespace insights::server {

namespace {

// Of this thread, the outer ones first.
std::vector<std::pair<std::string, std::string>>& scopes() {
  thread_local std::vector<std::pair<std::string, std::string>> open;
  return open;
}

}  // namespace

LogScope::LogScope(std::string name, std::string id) {
  scopes().emplace_back(std::move(name), std::move(id));
}
LogScope::~LogScope() { scopes().pop_back(); }

void log_event(std::string_view level, std::string_view event, const nlohmann::ordered_json& more) {
  nlohmann::ordered_json line{{"at", utc_text(now())}, {"level", level}, {"event", event}};
  for (const auto& [name, id] : scopes()) line[name] = id;
  line.update(more);
  // ASCII only: what could act on a terminal is escaped. One write, so that lines do not mix.
  const auto text =
      line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace insights::server
