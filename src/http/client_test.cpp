#include "http/client.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>

namespace insights::http {
namespace {

// A server that reads one request after another and answers each with the same bytes; a real
// socket, on a port of its own.
class Server {
 public:
  explicit Server(std::string answer) : answer_(std::move(answer)) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(listen(listener_, 4) == 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    url_ = fmt::format("http://127.0.0.1:{}", ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }

  ~Server() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }

  std::string url(const std::string& path = "/") const { return url_ + path; }
  int connections() const { return connections_; }
  std::string received() const {  // the last request
    const std::lock_guard lock(mutex_);
    return received_;
  }

 private:
  void serve() {
    for (int peer = accept(listener_, nullptr, nullptr); peer >= 0;
         peer = accept(listener_, nullptr, nullptr)) {
      ++connections_;
      std::string request;
      for (char piece[4096];;) {
        const auto size = recv(peer, piece, sizeof piece, 0);
        if (size <= 0) break;
        request.append(piece, static_cast<std::size_t>(size));
        if (request.find("\r\n\r\n") == std::string::npos) continue;
        {
          const std::lock_guard lock(mutex_);
          received_ = std::exchange(request, {});
        }
        send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      }
      close(peer);
    }
  }

  std::string answer_, url_, received_;
  int listener_ = -1;
  std::atomic<int> connections_ = 0;
  mutable std::mutex mutex_;
  std::thread thread_;
};

std::string answer_of(std::string_view body, std::string_view headers = "") {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{}\r\n{}", body.size(), headers,
                     body);
}

Request get(std::string url) { return {.method = "GET", .url = std::move(url)}; }

struct Received {
  std::expected<Response, Failure> response;
  std::string body;
};

Received receive(Client& client, const Request& request, std::stop_token stop = {}) {
  std::string body;
  auto response = client.send(
      request,
      [&body](const Response& head, std::string_view piece) {
        CHECK(head.status == 200);
        body += piece;
        return Wish::more;
      },
      stop);
  return {std::move(response), std::move(body)};
}

Failure::Kind failure(const Request& request, std::stop_token stop = {}) {
  Client client;
  const auto [response, body] = receive(client, request, stop);
  REQUIRE_FALSE(response.has_value());
  CHECK_FALSE(response.error().error.message.empty());
  return response.error().kind;
}

}  // namespace

TEST_CASE("a body goes out and an answer comes in, over one connection for all requests") {
  const Server server("HTTP/1.1 103 Early Hints\r\nX-A: early\r\n\r\n" +
                      answer_of("hello", "X-A:  Late \r\nRetry-After: 7\r\n"));
  Client client;
  for (int i = 0; i < 3; ++i) {
    const auto [response, body] = receive(client, {.url = server.url("/v1?x=1"),
                                                   .headers = {{"X-Key", "secret"}, {"X-None", ""}},
                                                   .body = "{}"});
    REQUIRE(response.has_value());
    CHECK(response->status == 200);
    CHECK(body == "hello");
    CHECK(response->header("x-a") == "Late");
    CHECK(response->header("retry-after") == "7");
    CHECK(response->header("nothing") == "");
  }
  CHECK(server.connections() == 1);
  const auto request = server.received();
  CHECK(request.starts_with("POST /v1?x=1 HTTP/1.1\r\n"));
  CHECK(request.find("X-Key: secret\r\n") != std::string::npos);
  CHECK(request.find("X-None:\r\n") != std::string::npos);
  CHECK(request.find("Expect") == std::string::npos);
}

TEST_CASE("a redirect is an answer, and nobody goes where it points") {
  const Server target(answer_of("stolen"));
  const Server server(
      fmt::format("HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", target.url()));
  Client client;
  const auto [response, body] = receive(client, get(server.url()));
  REQUIRE(response.has_value());
  CHECK(response->status == 302);
  CHECK(target.connections() == 0);
}

TEST_CASE("an answer larger than its limits is given up") {
  const Server body(answer_of(std::string(5000, 'x')));
  CHECK(failure({.method = "GET", .url = body.url(), .limits = {.body_bytes_max = 4999}}) ==
        Failure::Kind::too_large);
  const Server headers(answer_of("", "X-A: " + std::string(5000, 'x') + "\r\n"));
  CHECK(failure({.method = "GET", .url = headers.url(), .limits = {.header_bytes_max = 1000}}) ==
        Failure::Kind::too_large);
}

TEST_CASE("a connection that breaks before the answer is complete is broken") {
  std::string answer = answer_of("half of it");
  answer.replace(answer.find("10"), 2, "99");
  const Server server(answer);
  CHECK(failure({.method = "GET",
                 .url = server.url(),
                 .limits = {.idle_max = std::chrono::milliseconds(100)}}) ==
        Failure::Kind::too_slow);
  const Server nonsense("this is no HTTP at all\r\n\r\n");
  CHECK(failure({.method = "GET",
                 .url = nonsense.url(),
                 .limits = {.total_max = std::chrono::milliseconds(500)}}) !=
        Failure::Kind::stopped);
}

TEST_CASE("what is enough ends the request, even when the server sends no end") {
  std::string answer = answer_of("all of it");
  answer.replace(answer.find(" 9"), 2, " 99");
  const Server server(answer);
  Client client;
  const auto began = std::chrono::steady_clock::now();
  const auto response = client.send(
      get(server.url()), [](const Response&, std::string_view) { return Wish::enough; }, {});
  CHECK(response.has_value());
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(2));
}

TEST_CASE("a stop ends a request at once") {
  const Server silent("");
  std::stop_source stop;
  std::jthread stopper([&stop] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stop.request_stop();
  });
  const auto began = std::chrono::steady_clock::now();
  CHECK(failure(get(silent.url()), stop.get_token()) == Failure::Kind::stopped);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::milliseconds(500));
}

TEST_CASE("only http and https are addresses, and a header may not smuggle another in") {
  for (const auto* url : {"file:///etc/passwd", "ftp://127.0.0.1/", "127.0.0.1:1", "", "http://"})
    CHECK(failure(get(url)) == Failure::Kind::wrong_address);
  const Server server(answer_of("hello"));
  for (const auto& header : {Header{"X-Key", "a\r\nX-Evil: 1"}, Header{"X-Key", "a\n"},
                             Header{"X Key", "a"}, Header{"", "a"}}) {
    CHECK(failure({.url = server.url(), .headers = {header}}) == Failure::Kind::wrong_address);
  }
  CHECK(server.connections() == 0);
}

TEST_CASE("a server that is not there is unreachable") {
  std::string url;
  {
    const Server gone("");
    url = gone.url();
  }
  CHECK(failure(get(url)) == Failure::Kind::unreachable);
}

TEST_CASE("an address is shown without what is secret in it") {
  CHECK(without_secrets("https://user:secret@h.example:8443/v1?key=secret&api-version=2024#x") ==
        "https://h.example:8443/v1?key=...&api-version=2024");
  CHECK(without_secrets("https://api.openai.com/v1/responses") ==
        "https://api.openai.com/v1/responses");
  CHECK(without_secrets("secret") == "");
  CHECK(host_of("HTTPS://API.Example.COM/v1") == "api.example.com");
  CHECK(host_of("http://[::1]:8080/v1") == "[::1]");
  CHECK(host_of("mailto:a@b") == "");
}

TEST_CASE("a date of HTTP is a time") {
  using namespace std::chrono;
  CHECK(date_of("Sun, 06 Nov 1994 08:49:37 GMT") ==
        sys_days(1994y / November / 6) + 8h + 49min + 37s);
  CHECK_FALSE(date_of("soon").has_value());
}

}  // namespace insights::http
