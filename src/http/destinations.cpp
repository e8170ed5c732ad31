#include "http/destinations.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "http/client.h"

namespace insights::http {

using base::ErrorKind;
using base::fail;

namespace {

constexpr std::size_t url_bytes_max = 2048;

IpAddress from_ipv4(const in_addr& ipv4) {
  IpAddress address{};
  address[10] = address[11] = 0xff;
  std::memcpy(&address[12], &ipv4, sizeof ipv4);
  return address;
}

// "10.1.2.3", "::1", "[::1]"
std::optional<IpAddress> parsed(std::string text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  in_addr ipv4{};
  if (inet_pton(AF_INET, text.c_str(), &ipv4) == 1) return from_ipv4(ipv4);
  in6_addr ipv6{};
  if (inet_pton(AF_INET6, text.c_str(), &ipv6) != 1) return std::nullopt;
  IpAddress address{};
  std::memcpy(address.data(), &ipv6, address.size());
  return address;
}

bool is_ipv4(const IpAddress& address) {
  return std::all_of(address.begin(), address.begin() + 10, [](auto byte) { return byte == 0; }) &&
         address[10] == 0xff && address[11] == 0xff;
}

bool is_within(const IpAddress& address, const IpAddress& network, int bits) {
  for (int bit = 0; bit < bits; bit += 8) {
    const auto at = static_cast<std::size_t>(bit / 8);
    const int rest = std::min(bits - bit, 8);
    const auto mask = static_cast<std::uint8_t>(0xff00 >> rest);
    if ((address[at] & mask) != (network[at] & mask)) return false;
  }
  return true;
}

struct Range {
  const char* address;
  int bits;  // of its own family
};

// Of IPv4, what is not for everybody; of IPv6, what is not in the part that is handed out
// (2000::/3) and, within it, what is not for everybody or stands for an IPv4 address.
constexpr std::array closed_ipv4{
    Range{"0.0.0.0", 8},      Range{"10.0.0.0", 8},     Range{"100.64.0.0", 10},
    Range{"127.0.0.0", 8},    Range{"169.254.0.0", 16}, Range{"172.16.0.0", 12},
    Range{"192.0.0.0", 24},   Range{"192.0.2.0", 24},   Range{"192.88.99.0", 24},
    Range{"192.168.0.0", 16}, Range{"198.18.0.0", 15},  Range{"198.51.100.0", 24},
    Range{"203.0.113.0", 24}, Range{"224.0.0.0", 4},    Range{"240.0.0.0", 4}};
constexpr Range open_ipv6{"2000::", 3};
constexpr std::array closed_ipv6{Range{"2001::", 23}, Range{"2001:db8::", 32}, Range{"2002::", 16},
                                 Range{"3fff::", 20}};

bool is_in(const IpAddress& address, const Range& range) {
  const auto network = parsed(range.address).value();
  return is_within(address, network, range.bits + (is_ipv4(network) ? 96 : 0));
}

std::optional<int> number_in(std::string_view text, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0 || number > most)
    return std::nullopt;
  return number;
}

std::unexpected<base::Error> refused(std::string_view why) {
  return fail(ErrorKind::refused, std::string(why));
}

bool is_printable(const std::string& text) {
  return std::ranges::all_of(text, [](char letter) { return letter > 0x20 && letter < 0x7f; });
}

}  // namespace

bool is_public(const IpAddress& address) {
  const auto contains = [&](const Range& range) { return is_in(address, range); };
  if (is_ipv4(address)) return std::ranges::none_of(closed_ipv4, contains);
  return contains(open_ipv6) && std::ranges::none_of(closed_ipv6, contains);
}

std::optional<IpAddress> address_in(const sockaddr& socket_address) {
  if (socket_address.sa_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, &socket_address, sizeof ipv4);
    return from_ipv4(ipv4.sin_addr);
  }
  if (socket_address.sa_family != AF_INET6) return std::nullopt;
  sockaddr_in6 ipv6{};
  std::memcpy(&ipv6, &socket_address, sizeof ipv6);
  IpAddress address{};
  std::memcpy(address.data(), &ipv6.sin6_addr, address.size());
  return address;
}

base::Result<Destinations> Destinations::of(const std::vector<std::string>& servers,
                                            const std::vector<std::string>& networks) {
  Destinations made;
  for (const auto& entry : servers) {
    const bool has_scheme = entry.find("://") != std::string::npos;
    const auto place = place_of(has_scheme ? entry : "https://" + entry);
    if (!place || place->has_credentials || place->has_path || entry.find('*') != std::string::npos)
      return fail(ErrorKind::invalid_input,
                  fmt::format("webhooks.allowed_hosts: '{}' is no server", entry),
                  "Write a name, with a port if it is not 443: hooks.example, hooks.example:8443, "
                  "http://10.1.2.3:8080.");
    made.servers_.push_back({place->scheme, place->host, place->port});
  }
  for (const auto& entry : networks) {
    const auto slash = entry.find('/');
    const auto address = parsed(entry.substr(0, slash));
    const int all = address && is_ipv4(*address) ? 32 : 128;
    const auto bits =
        slash == std::string::npos ? std::optional(all) : number_in(entry.substr(slash + 1), all);
    if (!address || !bits)
      return fail(ErrorKind::invalid_input,
                  fmt::format("webhooks.private_networks: '{}' is no network", entry),
                  "Write addresses: 10.1.0.0/16, 192.168.7.9, fd00::/8.");
    made.networks_.push_back({*address, *bits + 128 - all});
  }
  return made;
}

base::Status Destinations::check(const std::string& url) const {
  if (url.size() > url_bytes_max || !is_printable(url)) return refused("this is no URL");
  const auto place = place_of(url);
  if (!place) return refused("the URL must begin with https:// (or http://) and name a server");
  if (place->has_credentials) return refused("the URL must not carry a user or a password");
  const bool is_named = std::ranges::any_of(servers_, [&](const Server& server) {
    return server.scheme == place->scheme && server.host == place->host &&
           server.port == place->port;
  });
  if (is_named) return {};
  return fail(ErrorKind::refused,
              fmt::format("requests to {}://{}:{} are not allowed", place->scheme, place->host,
                          place->port),
              "The operator of this server names those that are: webhooks.allowed_hosts.");
}

bool Destinations::allows(const std::string& url, const IpAddress& address) const {
  if (is_public(address)) return true;
  const auto place = place_of(url);
  if (place && parsed(place->host) == address) return true;
  return std::ranges::any_of(networks_, [&](const Network& network) {
    return is_within(address, network.address, network.bits);
  });
}

}  // namespace insights::http
