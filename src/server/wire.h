// The rules of HTTP/1.1 that the parser leaves to us, and the head of an answer as bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/listener.h"
#include "server/message.h"

namespace insights::server {

std::string lower_case(std::string_view text);

// Sixteen hexadecimal letters.
std::string new_request_id();

// The rule a request's head breaks, as the answer to it: more than one Host, Content-Length or
// Transfer-Encoding; both lengths at once; another transfer encoding than chunked; a target that is
// no plain path, or too long; too many headers; a GET with a body.
std::optional<Response> broken_rule(const Request& request, const Limits& limits);

// Status line and headers, those that every answer has among them, and the empty line. A line break
// in a value is left out.
std::string head_text(const Response& response, std::string_view request_id, bool keep_alive);

}  // namespace insights::server
