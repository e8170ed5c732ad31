#include "server/wire.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <random>

namespace insights::server {

namespace {

std::size_t count(const Request& request, std::string_view name) {
  return request.headers.count(std::string(name));
}

// Paths of ours are plain: what needs an escape is none of them.
bool is_plain_path(std::string_view path) {
  return path.starts_with('/') && path.find("..") == std::string_view::npos &&
         std::ranges::all_of(path, [](char letter) {
           return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                  (letter >= '0' && letter <= '9') || letter == '/' || letter == '_' ||
                  letter == '-' || letter == '.';
         });
}

std::optional<Response> broken_framing(const Request& request) {
  const auto lengths = count(request, "content-length");
  const auto encodings = count(request, "transfer-encoding");
  if (lengths > 1 || encodings > 1 || (lengths == 1 && encodings == 1))
    return problem(400, "ambiguous_length", "the request states its length more than once");
  if (encodings == 1 && lower_case(request.header("transfer-encoding")) != "chunked")
    return problem(501, "unknown_transfer_encoding", "the only transfer encoding is chunked");
  const bool has_body = encodings == 1 || (lengths == 1 && request.header("content-length") != "0");
  if (has_body && (request.method == "GET" || request.method == "HEAD"))
    return problem(400, "unexpected_body", "a GET takes no body");
  return std::nullopt;
}

void add_header(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ");
  std::ranges::copy_if(value, std::back_inserter(text), [](char letter) {
    return static_cast<unsigned char>(letter) >= 0x20 && letter != 0x7f;
  });
  text += "\r\n";
}

bool has_header(const Response& response, std::string_view name) {
  return std::ranges::find(response.headers, name, &std::pair<std::string, std::string>::first) !=
         response.headers.end();
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (auto& letter : lower)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter + ('a' - 'A'));
  return lower;
}

std::string new_request_id() {
  thread_local std::mt19937_64 chance{std::random_device{}()};
  return fmt::format("{:016x}", chance());
}

std::optional<Response> broken_rule(const Request& request, const Limits& limits) {
  if (request.headers.size() > limits.headers_max)
    return problem(431, "too_many_headers", "the request has too many headers");
  if (request.target.size() > limits.target_bytes_max)
    return problem(414, "target_too_long", "the address is too long");
  if (count(request, "host") != 1)
    return problem(400, "host_missing", "a request has one Host header");
  if (!is_plain_path(request.path))
    return problem(404, "not_found", "there is nothing at this address");
  return broken_framing(request);
}

std::string head_text(const Response& response, std::string_view request_id, bool keep_alive) {
  auto text = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  add_header(text, "Date",
             fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::time(nullptr))));
  const bool has_content = response.status != 304 && response.status != 204;
  if (has_content) add_header(text, "Content-Type", response.content_type);
  if (has_content && !response.stream)
    add_header(text, "Content-Length", std::to_string(response.body.size()));
  add_header(text, "Connection", keep_alive ? "keep-alive" : "close");
  add_header(text, "X-Request-Id", request_id);
  add_header(text, "X-Content-Type-Options", "nosniff");
  add_header(text, "X-Frame-Options", "DENY");
  add_header(text, "Referrer-Policy", "no-referrer");
  add_header(text, "Cross-Origin-Resource-Policy", "same-origin");
  if (!has_header(response, "Content-Security-Policy"))
    add_header(text, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  if (!has_header(response, "Cache-Control")) add_header(text, "Cache-Control", "no-store");
  for (const auto& [name, value] : response.headers) add_header(text, name, value);
  return text + "\r\n";
}

}  // namespace insights::server
