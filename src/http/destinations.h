// Where requests may go whose URL somebody else gave (a webhook of an API caller): the servers the
// operator named, and never into networks that only this machine reaches, unless they were named,
// too. What is held to it is the URL, and once more the address of each connection, after the name
// was resolved: a name that leads elsewhere by then gets no connection.
//
//   server    "hooks.example" (https, port 443), "hooks.example:8443", "http://hooks.example:8080"
//   network   "10.1.0.0/16", "192.168.7.9", "fd00::/8"
//
// A server named by its address may be reached there, wherever that is.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

struct sockaddr;

namespace insights::http {

// An IP address; IPv4 as ::ffff:a.b.c.d.
using IpAddress = std::array<std::uint8_t, 16>;

class Destinations {
 public:
  // Error: invalid_input, with the entry that is wrong.
  static base::Result<Destinations> of(const std::vector<std::string>& servers,
                                       const std::vector<std::string>& networks);

  bool has_none() const { return servers_.empty(); }

  // Whether a request may go to the URL, as far as its text tells: http or https, no user and
  // password, a server that was named. Error: refused, without what may be secret in it.
  base::Status check(const std::string& url) const;

  // Whether a connection for that URL, which was checked, may go to this address: it is public, of
  // a network that was named, or stands in the URL itself.
  bool allows(const std::string& url, const IpAddress& address) const;

 private:
  struct Server {
    std::string scheme, host;  // the host as http::place_of gives it
    std::uint16_t port = 0;
  };
  struct Network {
    IpAddress address{};
    int bits = 128;
  };
  std::vector<Server> servers_;
  std::vector<Network> networks_;
};

// Whether everybody on the internet can reach it. Not so: loopback, link-local (the clouds'
// metadata services among it), private, shared, documentation, multicast and reserved ranges, and
// IPv6 ranges that carry an IPv4 address (IANA's special-purpose registries, RFC 6890).
bool is_public(const IpAddress& address);

// Nothing when it is neither IPv4 nor IPv6.
std::optional<IpAddress> address_in(const sockaddr& socket_address);

}  // namespace insights::http
