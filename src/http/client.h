// One HTTP client, over libcurl: sends a body, hands the answer over as it comes in, and ends in
// time whatever the server does. Redirects are not followed, certificates are checked, proxies are
// those of the environment (HTTPS_PROXY, NO_PROXY ...). Connections stay open between requests.
// A request whose URL somebody else gave is held to `Destinations`, and uses no proxy and no
// connection that is open already.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/destinations.h"

namespace insights::http {

struct Header {
  std::string name;  // of an answer: in lower case
  std::string value;
  bool operator==(const Header&) const = default;
};

struct Limits {
  std::size_t body_bytes_max = std::size_t{128} << 20;    // of the answer
  std::size_t header_bytes_max = std::size_t{256} << 10;  // of the answer
  std::chrono::milliseconds connect_max{10'000};
  std::chrono::milliseconds idle_max{120'000};  // nothing comes in and nothing goes out
  std::chrono::milliseconds total_max{1'200'000};
};

struct Request {
  std::string method = "POST";
  std::string url = {};  // http:// or https://
  std::vector<Header> headers = {};
  std::string body = {};
  Limits limits = {};
  const Destinations* destinations = nullptr;  // borrowed; none: the URL is our operator's own
};

struct Response {
  int status = 0;
  std::vector<Header> headers;

  // The value of the first header of that name (in lower case), or "".
  std::string_view header(std::string_view name) const;
};

struct Failure {
  enum class Kind {
    wrong_address,  // no URL we can use, or a header with a line break in it
    forbidden,      // by `destinations`: the URL, or where its name leads
    unreachable,    // no connection came about
    untrusted,      // the server's certificate is not right
    broken,         // the connection broke before the answer was complete
    too_slow,       // a time limit passed
    too_large,      // a size limit was reached
    stopped,        // by the stop token
  };
  Kind kind = Kind::broken;
  base::Error error;
};

enum class Wish { more, enough };

// Takes the body piece by piece, on the calling thread. `response` has status and headers by then.
// Enough: the rest of the body is not handed over, and is waited for only for a moment.
using BodySink = std::function<Wish(const Response& response, std::string_view piece)>;

class Client {
 public:
  Client();
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // One request at a time. A stop ends it within about 50 ms.
  std::expected<Response, Failure> send(const Request& request, const BodySink& sink,
                                        std::stop_token stop);

 private:
  struct Connections;
  std::unique_ptr<Connections> connections_;
};

// The URL without user, password and fragment, and with the values of its query hidden, but that of
// "api-version": for logs and messages. "" when it is no URL.
std::string without_secrets(const std::string& url);

// The time of an HTTP date ("Sun, 06 Nov 1994 08:49:37 GMT"); nothing when it is none.
std::optional<std::chrono::system_clock::time_point> date_of(const std::string& text);

// The lower-case host of an http:// or https:// URL; "" when it is none. An IPv4 address in any of
// its spellings (0x7f000001, 2130706433) is a.b.c.d.
std::string host_of(const std::string& url);

// The server an http:// or https:// URL leads to; nothing when it is none.
struct Place {
  std::string scheme;  // "http", "https"
  std::string host;    // as host_of gives it; an IPv6 address in brackets
  std::uint16_t port = 0;
  bool has_credentials = false;  // a user or a password
  bool has_path = false;         // or a query
};
std::optional<Place> place_of(const std::string& url);

}  // namespace insights::http
