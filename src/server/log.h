// The server's log: one JSON object a line on standard error. Whatever is in a value, it stays one
// line.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace insights::server {

// `more` is an object.
void log_event(std::string_view level, std::string_view event, const nlohmann::ordered_json& more);

}  // namespace insights::server
