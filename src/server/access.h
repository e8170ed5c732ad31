// Who may ask at all, judged by the head of a request: against names that a browser was tricked
// into (DNS rebinding), and pages that ask in somebody's name (cross-site requests).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/message.h"

namespace insights::server {

struct Access {
  std::vector<std::string> hosts;    // what Host may say, in lower case: "127.0.0.1:8000"
  std::vector<std::string> origins;  // pages of others that may ask: "https://bi.example"
};

// The names under which a server on this address is asked, with the port; and those configured,
// which may name a port of their own.
std::vector<std::string> known_hosts(std::string_view host, std::uint16_t port,
                                     const std::vector<std::string>& more);

// An answer refuses the request: 421 for a Host that is not known; 403 for an Origin that is
// neither our own nor allowed; 415 for what would change something and is not application/json.
std::optional<Response> refusal(const Request& request, const Access& access);

// What an allowed page of another origin must be told; nothing for others.
void add_cors(const Request& request, const Access& access, Response& response);

// The answer to the question a browser asks beforehand (OPTIONS).
Response preflight(const Request& request, const Access& access, std::string_view methods);

// The token of "Authorization: Bearer ..."; "" without one.
std::string_view bearer_token(const Request& request);

}  // namespace insights::server
