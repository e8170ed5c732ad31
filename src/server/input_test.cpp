// What comes from outside as text: JSON bodies, addresses, request heads.
#include <doctest/doctest.h>
#include <zlib.h>

#include <nlohmann/json.hpp>

#include "server/encoding.h"
#include "server/json_body.h"
#include "server/query_string.h"
#include "server/rate.h"
#include "server/run_request.h"
#include "server/wire.h"

namespace insights::server {
namespace {

std::string fault(const std::string& text) {
  const auto read = read_object(text);
  return read ? "" : read.error().message;
}

TEST_CASE("JSON is read within limits, and what goes beyond them is named") {
  CHECK(read_object(R"({"a": [1, 2.5, null, "x"]})").value().at("a").size() == 4);
  CHECK(read_object("").value().empty());
  CHECK(fault("[1]") == "the body: it must be an object: {...}");
  CHECK(fault(R"({"a": 1, "a": 2})") == "the body: the name 'a' is there twice in one object");
  CHECK(fault(R"({"a": {"b": 1, "b": 2}})").find("twice") != std::string::npos);
  CHECK(fault(R"({"a": {"b": 1}, "b": 2})").empty());
  CHECK(fault(std::string(100'000, '[')).find("deeper than 64") != std::string::npos);
  CHECK(fault("{\"a\":" + std::string(62, '[') + std::string(62, ']') + "}").empty());
  CHECK(fault(R"({"a": 1e400})").find("too large") != std::string::npos);
  CHECK(fault(R"({"a": NaN})").find("not JSON") != std::string::npos);
  CHECK(fault(R"({"a": 1} trailing)").find("not JSON") != std::string::npos);
  std::string many = "{";
  for (int i = 0; i < 10'000; ++i) many += "\"k" + std::to_string(i) + "\":1,";
  CHECK(fault(many + "\"z\":1}").find("more than 10000 values") != std::string::npos);
}

TEST_CASE("a run is asked for in known words and within ranges") {
  const auto request = run_request_of(nlohmann::json::parse(
      R"({"focus": ["churn"], "findings_max": 5, "time_seconds": 60, "as_of": "2025-10-31"})"));
  REQUIRE(request);
  CHECK(request->focus == std::vector<std::string>{"churn"});
  CHECK(request->time_max == std::chrono::seconds(60));
  CHECK(run_request_of(nlohmann::json::parse(text_of(*request))).value() == *request);
  const auto simple =
      simple_request_of(nlohmann::json::parse(R"({"focus_area": "churn", "num_hypotheses": 5})"));
  CHECK(simple->focus == request->focus);
  CHECK(simple->findings_max == 5);
  for (const auto* wrong : {R"({"findings_max": 0})", R"({"findings_max": "5"})",
                            R"({"findings_max": 1.5})", R"({"findings_max": 9999999999999999999})",
                            R"({"as_of": "soon"})", R"({"focus": [1]})", R"({"sql": "SELECT 1"})"})
    CHECK_FALSE(run_request_of(nlohmann::json::parse(wrong)));
  const auto near = run_request_of(nlohmann::json::parse(R"({"fokus": "churn"})"));
  CHECK(near.error().hint.find("focus") != std::string::npos);
}

TEST_CASE("parameters are decoded; unknown, doubled and broken ones are refused") {
  const auto good = query_of("/x?entity=A%20%26+B&limit=5", "entity limit");
  CHECK(std::get<Query>(good).at("entity") == "A & B");
  CHECK(std::get<Query>(query_of("/x", "limit")).empty());
  for (const auto* wrong :
       {"/x?sort=1", "/x?limit=1&limit=2", "/x?limit=%zz", "/x?limit=%0", "/x?limit=%00", "/x?=1"})
    CHECK(std::get<Response>(query_of(wrong, "entity limit")).status == 400);
}

Request head(std::string target, std::multimap<std::string, std::string> headers = {}) {
  Request request;
  request.method = "POST";
  request.path = target.substr(0, target.find('?'));
  request.target = std::move(target);
  request.headers = std::move(headers);
  if (!request.headers.contains("host")) request.headers.emplace("host", "localhost");
  return request;
}

int broken(const Request& request) {
  const auto rule = broken_rule(request, Limits{});
  return rule ? rule->status : 200;
}

TEST_CASE("a request says its length one way, once") {
  CHECK(broken(head("/a", {{"content-length", "5"}})) == 200);
  CHECK(broken(head("/a", {{"transfer-encoding", "chunked"}})) == 200);
  CHECK(broken(head("/a", {{"content-length", "5"}, {"transfer-encoding", "chunked"}})) == 400);
  CHECK(broken(head("/a", {{"content-length", "5"}, {"content-length", "5"}})) == 400);
  CHECK(broken(head("/a", {{"transfer-encoding", "gzip, chunked"}})) == 501);
  CHECK(broken(head("/a", {{"transfer-encoding", "xchunked"}})) == 501);
  auto get = head("/a", {{"content-length", "5"}});
  get.method = "GET";
  CHECK(broken(get) == 400);
}

TEST_CASE("a path is plain: nothing climbs, nothing is escaped, nothing is too long") {
  for (const auto* path : {"/api/../etc/passwd", "/%2e%2e/etc", "//..", "/a%00b", "http://evil/",
                           "*", "/a\\b", "/a b", "/a;b"})
    CHECK(broken(head(path)) == 404);
  CHECK(broken(head("/" + std::string(5000, 'a'))) == 414);
  auto two = head("/a");
  two.headers.emplace("host", "evil");
  CHECK(broken(two) == 400);
}

TEST_CASE("a header cannot be broken out of") {
  Response response;
  response.with("Location", "/a\r\nSet-Cookie: x=1");
  const auto text = head_text(response, "id", true);
  CHECK(text.find("\r\nSet-Cookie") == std::string::npos);
  CHECK(text.find("X-Content-Type-Options: nosniff\r\n") != std::string::npos);
  CHECK(text.find("Content-Security-Policy: default-src 'none'") != std::string::npos);
}

TEST_CASE("a key that asks too often waits, and no longer than it must") {
  Rate rate(60);
  auto now = Rate::Clock::now();
  for (int i = 0; i < 60; ++i) CHECK_FALSE(rate.ask("a", now));
  CHECK(rate.ask("a", now) == 1);
  CHECK_FALSE(rate.ask("b", now));
  now += std::chrono::milliseconds(1001);
  CHECK_FALSE(rate.ask("a", now));
  CHECK(rate.ask("a", now));
  Rate none(0);
  for (int i = 0; i < 1000; ++i) CHECK_FALSE(none.ask("a", now));
}

std::string inflated(const std::string& bytes) {
  std::string text(100'000, '\0');
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

TEST_CASE("a long answer is compressed for those who take it, and is the same for all") {
  auto request = head("/a", {{"accept-encoding", "br, gzip;q=0.8"}});
  Response response;
  response.body = std::string(50'000, 'x') + "end";
  const auto whole = response.body;
  auto refused = response;
  compress(request, response);
  CHECK(response.body.size() < 1000);
  CHECK(inflated(response.body) == whole);
  request.headers.find("accept-encoding")->second = "gzip;q=0";
  compress(request, refused);
  CHECK(refused.body == whole);
}

TEST_CASE("what an asker has already is not sent again") {
  auto request = head("/a");
  Response first;
  first.body = "abc";
  add_etag(request, first);
  const auto tag = first.headers.front().second;
  request.headers.emplace("if-none-match", tag);
  Response second;
  second.body = "abc";
  add_etag(request, second);
  CHECK(second.status == 304);
  CHECK(second.body.empty());
  Response changed;
  changed.body = "abd";
  add_etag(request, changed);
  CHECK(changed.status == 200);
}

}  // namespace
}  // namespace insights::server
