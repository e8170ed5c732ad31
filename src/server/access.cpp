#include "server/access.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/wire.h"

namespace insights::server {

namespace {

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

bool is_allowed_origin(const Request& request, const Access& access) {
  return contains(access.origins, request.header("origin"));
}

// A page that we served ourselves: its origin is the host that is asked, which was found known.
bool is_own_origin(const Request& request) {
  const auto origin = lower_case(request.header("origin"));
  const auto host = lower_case(request.header("host"));
  return origin == "http://" + host || origin == "https://" + host;
}

bool changes_something(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

bool is_json(std::string_view content_type) {
  auto kind = content_type.substr(0, content_type.find(';'));
  while (kind.ends_with(' ')) kind.remove_suffix(1);
  return lower_case(kind) == "application/json";
}

}  // namespace

std::vector<std::string> known_hosts(std::string_view host, std::uint16_t port,
                                     const std::vector<std::string>& more) {
  std::vector<std::string> names;
  const auto bracketed =
      host.find(':') != std::string_view::npos ? fmt::format("[{}]", host) : std::string(host);
  for (const auto& name :
       {std::string("127.0.0.1"), std::string("localhost"), std::string("[::1]"), bracketed}) {
    names.push_back(lower_case(fmt::format("{}:{}", name, port)));
    if (port == 80) names.push_back(lower_case(name));
  }
  for (const auto& name : more) names.push_back(lower_case(name));
  return names;
}

std::optional<Response> refusal(const Request& request, const Access& access) {
  if (!contains(access.hosts, lower_case(request.header("host"))))
    return problem(421, "unknown_host", "this server is not known by the name in the Host header",
                   "Add the name to server.allowed_hosts, or start the server with --allow-host "
                   "NAME, if it is right.");
  if (!request.header("origin").empty() && !is_own_origin(request) &&
      !is_allowed_origin(request, access))
    return problem(403, "foreign_origin", "a page of this origin may not ask",
                   "Add the origin to server.allowed_origins, or start the server with "
                   "--allow-origin ORIGIN, if it may.");
  if (changes_something(request.method) && !is_json(request.header("content-type")))
    return problem(415, "not_json", "what changes something is sent as application/json");
  return std::nullopt;
}

void add_cors(const Request& request, const Access& access, Response& response) {
  if (!is_allowed_origin(request, access)) return;
  response.with("Access-Control-Allow-Origin", std::string(request.header("origin")));
  response.with("Access-Control-Expose-Headers", "ETag, Location, Retry-After, X-Request-Id");
  response.with("Vary", "Origin");
}

Response preflight(const Request& request, const Access& access, std::string_view methods) {
  Response response;
  response.status = 204;
  response.with("Allow", std::string(methods));
  if (is_allowed_origin(request, access)) {
    response.with("Access-Control-Allow-Methods", std::string(methods));
    response.with("Access-Control-Allow-Headers",
                  "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID");
    response.with("Access-Control-Max-Age", "600");
  }
  add_cors(request, access, response);
  return response;
}

std::string_view bearer_token(const Request& request) {
  constexpr std::string_view word = "bearer ";
  auto value = request.header("authorization");
  if (lower_case(value.substr(0, word.size())) != word) return {};
  value.remove_prefix(word.size());
  while (value.starts_with(' ')) value.remove_prefix(1);
  return value;
}

}  // namespace insights::server
