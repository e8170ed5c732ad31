// One HTTP request and its response, as the routes see them: no socket, no library.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace insights::server {

struct Request {
  std::string id;                                   // of this request, for logs and answers
  std::string peer;                                 // the address it came from, without the port
  std::string method;                               // "GET"
  std::string target;                               // as it came: path and query
  std::string path;                                 // of the target: "/api/v1/findings"
  std::multimap<std::string, std::string> headers;  // names in lower case
  std::string body;

  // The header's value, "" without one. `name` in lower case.
  std::string_view header(std::string_view name) const;
};

// A part of a body that comes bit by bit.
struct Piece {
  std::string bytes;
  bool is_last = false;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  // When set, the body is what it gives: asked when Listener::ring() was called, and every few
  // seconds. Called on the network thread: it must not wait.
  std::function<Piece()> stream;
  // When set, this response is not ready: asked in the same way until it gives one.
  std::function<std::optional<Response>()> later;
  bool closes = false;  // the connection ends with it

  Response& with(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
};

// An error answer, application/problem+json (RFC 9457). `code` is stable: programs go by it.
Response problem(int status, std::string_view code, std::string_view detail,
                 std::string_view hint = "");

// "Not Found" for 404.
std::string_view reason_phrase(int status);

}  // namespace insights::server
