#include "http/destinations.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "http/client.h"

namespace insights::http {
namespace {

// A server on the loopback that nobody should reach: it counts who does, and answers as it is told.
class Sink {
 public:
  explicit Sink(std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      : answer_(std::move(answer)) {
    listener_ = socket(AF_INET6, SOCK_STREAM, 0);
    const int off = 0;
    setsockopt(listener_, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);  // IPv4, too
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_any;
    socklen_t size = sizeof address;
    REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(listen(listener_, 16) == 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin6_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Sink() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  int connections() const { return connections_; }

  int port = 0;

 private:
  void serve() {
    for (int peer = accept(listener_, nullptr, nullptr); peer >= 0;
         peer = accept(listener_, nullptr, nullptr)) {
      ++connections_;
      char piece[4096];
      if (recv(peer, piece, sizeof piece, 0) > 0)
        send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      close(peer);
    }
  }

  std::string answer_;
  int listener_ = -1;
  std::atomic<int> connections_ = 0;
  std::thread thread_;
};

using List = std::vector<std::string>;

Destinations made(const List& servers, const List& networks = {}) {
  const auto destinations = Destinations::of(servers, networks);
  REQUIRE(destinations);
  return *destinations;
}

std::expected<Response, Failure> post(const std::string& url, const Destinations& destinations) {
  Client client;
  const Request request{.url = url,
                        .headers = {},
                        .body = "{}",
                        .limits = {.connect_max = std::chrono::milliseconds(1500),
                                   .total_max = std::chrono::milliseconds(3000)},
                        .destinations = &destinations};
  return client.send(request, {}, {});
}

IpAddress address(const std::string& text) {
  in_addr ipv4{};
  in6_addr ipv6{};
  if (inet_pton(AF_INET, text.c_str(), &ipv4) == 1) {
    sockaddr_in socket_address{};
    socket_address.sin_family = AF_INET;
    socket_address.sin_addr = ipv4;
    return address_in(reinterpret_cast<const sockaddr&>(socket_address)).value();
  }
  REQUIRE(inet_pton(AF_INET6, text.c_str(), &ipv6) == 1);
  sockaddr_in6 socket_address{};
  socket_address.sin6_family = AF_INET6;
  socket_address.sin6_addr = ipv6;
  return address_in(reinterpret_cast<const sockaddr&>(socket_address)).value();
}

TEST_CASE("what only this machine or its network reaches is not public") {
  for (const auto* text : {"127.0.0.1",
                           "127.255.255.254",
                           "0.0.0.0",
                           "10.0.0.1",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.168.1.1",
                           "169.254.169.254",
                           "100.64.0.1",
                           "100.127.255.255",
                           "192.0.0.192",
                           "198.18.0.1",
                           "224.0.0.1",
                           "240.0.0.1",
                           "255.255.255.255",
                           "192.0.2.1",
                           "::",
                           "::1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "::127.0.0.1",
                           "fe80::1",
                           "fc00::1",
                           "fd00:ec2::254",
                           "ff02::1",
                           "64:ff9b::7f00:1",
                           "64:ff9b:1::1",
                           "2002:7f00:1::",
                           "2001::1",
                           "2001:db8::1",
                           "100::1",
                           "fec0::1"})
    CHECK_FALSE_MESSAGE(is_public(address(text)), text);
  for (const auto* text : {"1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1",
                           "11.0.0.1", "126.255.255.255", "223.255.255.255", "2606:4700::1111",
                           "2a00:1450:4001::1", "::ffff:1.1.1.1"})
    CHECK_MESSAGE(is_public(address(text)), text);
}

TEST_CASE("a server that was not named gets no request, however its address is spelt") {
  const Sink sink;
  const auto none = made({});
  CHECK(none.has_none());
  const auto other = made({"hooks.example", fmt::format("http://hooks.example:{}", sink.port)});
  for (const auto* host : {"127.0.0.1",
                           "localhost",
                           "LOCALHOST",
                           "localhost.",
                           "[::1]",
                           "[::ffff:127.0.0.1]",
                           "[::ffff:7f00:1]",
                           "[0:0:0:0:0:0:0:1]",
                           "0x7f000001",
                           "2130706433",
                           "017700000001",
                           "127.1",
                           "0x7f.1",
                           "0",
                           "0.0.0.0",
                           "[::]",
                           "169.254.169.254",
                           "hooks.example@127.0.0.1",
                           "hooks.example:x@127.0.0.1",
                           "127.0.0.1\\@hooks.example",
                           "hooks.example.",
                           "evil.example",
                           "hooks.example.evil.example",
                           "hooks%2eexample%00.evil.example",
                           "①②⑦.0.0.1"}) {
    for (const auto& destinations : {none, other}) {
      const auto url = fmt::format("http://{}:{}/", host, sink.port);
      CAPTURE(url);
      const auto answer = post(url, destinations);
      REQUIRE_FALSE(answer);
      const bool is_refused = answer.error().kind == Failure::Kind::forbidden ||
                              answer.error().kind == Failure::Kind::wrong_address;
      CHECK(is_refused);
    }
  }
  CHECK(sink.connections() == 0);
}

TEST_CASE("scheme and port must be those that were named") {
  const auto destinations = made({"hooks.example", "other.example:8443", "http://plain.example"});
  CHECK(destinations.check("https://hooks.example/a?b=c"));
  CHECK(destinations.check("https://HOOKS.example:443/"));
  CHECK(destinations.check("https://other.example:8443/"));
  CHECK(destinations.check("http://plain.example/x"));
  for (const auto* url : {"http://hooks.example/",
                          "https://hooks.example:8443/",
                          "https://hooks.example:22/",
                          "https://other.example/",
                          "https://plain.example/",
                          "https://user@hooks.example/",
                          "https://user:sesame@hooks.example/",
                          "https://:sesame@hooks.example/",
                          "ftp://hooks.example/",
                          "gopher://hooks.example:443/",
                          "file:///etc/passwd",
                          "hooks.example",
                          "//hooks.example/",
                          "",
                          "https://",
                          "https://hooks.example/\r\nHost: x",
                          "https://hooks.example /",
                          "https://hooks.example:0/",
                          "https://hooks.example:99999/",
                          "https://sub.hooks.example/"}) {
    CAPTURE(url);
    const auto checked = destinations.check(url);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().kind == base::ErrorKind::refused);
    CHECK(checked.error().message.find("sesame") == std::string::npos);
  }
  CHECK_FALSE(destinations.check("https://hooks.example/" + std::string(3000, 'x')));
}

TEST_CASE("a name that leads to this machine gets no connection, though it was named itself") {
  const Sink sink;
  char own_name[256] = {};
  gethostname(own_name, sizeof own_name - 1);
  for (const std::string host : {"localhost", static_cast<const char*>(own_name)}) {
    CAPTURE(host);
    const auto server = fmt::format("http://{}:{}", host, sink.port);
    const auto answer = post(server + "/", made({server}));
    REQUIRE_FALSE(answer);
    // A name that is nobody's is only not reached.
    CHECK((answer.error().kind == Failure::Kind::forbidden || host == own_name));
    CHECK(answer.error().error.message.find("127.0.0.1") == std::string::npos);
  }
  CHECK(sink.connections() == 0);
  const auto named = fmt::format("http://localhost:{}", sink.port);
  CHECK(post(named + "/", made({named}, {"127.0.0.0/8", "::1"})));
  CHECK(sink.connections() == 1);
}

TEST_CASE("an address that the operator named is reached there and nowhere else") {
  const Sink sink;
  const auto server = fmt::format("http://127.0.0.1:{}", sink.port);
  const auto destinations = made({server});
  CHECK(post(server + "/hook", destinations));
  CHECK(post(fmt::format("http://0x7f000001:{}/", sink.port), destinations));  // the same, spelt so
  CHECK(sink.connections() == 2);
  CHECK_FALSE(post(fmt::format("http://127.0.0.2:{}/", sink.port), destinations));
  CHECK(sink.connections() == 2);
}

TEST_CASE("a redirect to this machine is an answer, and nobody goes there") {
  const Sink target;
  const Sink server(
      fmt::format("HTTP/1.1 307 Temporary Redirect\r\nLocation: "
                  "http://localhost:{}/\r\nContent-Length: 0\r\n\r\n",
                  target.port));
  const auto named = fmt::format("http://127.0.0.1:{}", server.port);
  const auto answer = post(named + "/", made({named}));
  REQUIRE(answer);
  CHECK(answer->status == 307);
  CHECK(server.connections() == 1);
  CHECK(target.connections() == 0);
}

TEST_CASE("a proxy of the environment is not asked to reach what we may not") {
  const Sink proxy, sink;
  const auto before = std::getenv("http_proxy");
  const std::string kept = before == nullptr ? "" : before;
  setenv("http_proxy", fmt::format("http://127.0.0.1:{}", proxy.port).c_str(), 1);
  const auto named = fmt::format("http://127.0.0.1:{}", sink.port);
  CHECK(post(named + "/", made({named})));
  const auto elsewhere = fmt::format("http://localhost:{}", sink.port);
  CHECK_FALSE(post(elsewhere + "/", made({elsewhere})));
  if (before == nullptr)
    unsetenv("http_proxy");
  else
    setenv("http_proxy", kept.c_str(), 1);
  CHECK(proxy.connections() == 0);
  CHECK(sink.connections() == 1);
}

TEST_CASE("an entry that is no server or no network is refused in words") {
  for (const auto* entry :
       {"", "https://", "*", "*.example", "hooks.example/path", "user@h.example", "ftp://h.example",
        "h.example:0", "h.example:x", "h example"})
    CHECK_FALSE_MESSAGE(Destinations::of({entry}, {}), entry);
  for (const auto* entry : {"", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.0/-1", "private"})
    CHECK_FALSE_MESSAGE(Destinations::of({}, {entry}), entry);
  const auto destinations = made({"10.1.2.3:8443"}, {"10.1.0.0/16", "fd00::/8", "192.168.7.9"});
  CHECK(destinations.allows("https://h.example/", address("10.1.255.1")));
  CHECK_FALSE(destinations.allows("https://h.example/", address("10.2.0.1")));
  CHECK(destinations.allows("https://h.example/", address("fdab::1")));
  CHECK(destinations.allows("https://h.example/", address("192.168.7.9")));
  CHECK_FALSE(destinations.allows("https://h.example/", address("192.168.7.8")));
  CHECK(destinations.allows("https://h.example/", address("::ffff:10.1.0.1")));
}

}  // namespace
}  // namespace insights::http
