#include "server/access.h"

#include <doctest/doctest.h>

namespace insights::server {
namespace {

const Access access{known_hosts("127.0.0.1", 8000, {"insights.example"}), {"https://bi.example"}};

Request asked(std::string method, std::multimap<std::string, std::string> headers) {
  Request request;
  request.method = std::move(method);
  request.path = request.target = "/api/v1/findings";
  request.headers = std::move(headers);
  return request;
}

int judged(const Request& request) {
  const auto refused = refusal(request, access);
  return refused ? refused->status : 200;
}

TEST_CASE("only the names the server is known by are answered, port and all") {
  for (const auto* host :
       {"127.0.0.1:8000", "localhost:8000", "LOCALHOST:8000", "[::1]:8000", "insights.example"})
    CHECK(judged(asked("GET", {{"host", host}})) == 200);
  for (const auto* host :
       {"evil.example", "127.0.0.1:8001", "127.0.0.1", "localhost.evil.example:8000",
        "evil.example:8000", "insights.example.evil.example", ""})
    CHECK(judged(asked("GET", {{"host", host}})) == 421);
}

TEST_CASE("a page of another origin may not ask, not even to read; one that is allowed may") {
  for (const auto* origin : {"http://evil.example", "null", "http://127.0.0.1:8001",
                             "https://bi.example.evil.example", "https://bi.example:444"})
    for (const auto* method : {"GET", "POST", "OPTIONS"})
      CHECK(judged(asked(method, {{"host", "localhost:8000"},
                                  {"origin", origin},
                                  {"content-type", "application/json"}})) == 403);
  for (const auto* origin : {"http://localhost:8000", "https://bi.example"})
    CHECK(judged(asked("POST", {{"host", "localhost:8000"},
                                {"origin", origin},
                                {"content-type", "application/json"}})) == 200);
}

TEST_CASE("what changes something is JSON: a form of another page cannot send that") {
  for (const auto* kind :
       {"text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data",
        "application/jsonx", "text/plain; application/json"})
    CHECK(judged(asked("POST", {{"host", "localhost:8000"}, {"content-type", kind}})) == 415);
  CHECK(judged(asked("POST", {{"host", "localhost:8000"},
                              {"content-type", "Application/JSON; charset=utf-8"}})) == 200);
}

TEST_CASE("an origin is told it may only when it is allowed, never by echo") {
  Response response;
  add_cors(asked("GET", {{"origin", "http://evil.example"}}), access, response);
  CHECK(response.headers.empty());
  add_cors(asked("GET", {{"origin", "https://bi.example"}}), access, response);
  CHECK(response.headers.front().second == "https://bi.example");
}

TEST_CASE("a bearer token is taken as it is, other ways to authenticate are none") {
  CHECK(bearer_token(asked("GET", {{"authorization", "Bearer abc"}})) == "abc");
  CHECK(bearer_token(asked("GET", {{"authorization", "bearer  abc"}})) == "abc");
  CHECK(bearer_token(asked("GET", {{"authorization", "Basic abc"}})).empty());
  CHECK(bearer_token(asked("GET", {})).empty());
}

}  // namespace
}  // namespace insights::server
