#include "server/log.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "server/clock.h"

namespace insights::server {

void log_event(std::string_view level, std::string_view event, const nlohmann::ordered_json& more) {
  nlohmann::ordered_json line{{"at", utc_text(now())}, {"level", level}, {"event", event}};
  line.update(more);
  // ASCII only: what could act on a terminal is escaped. One write, so that lines do not mix.
  const auto text =
      line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace insights::server
