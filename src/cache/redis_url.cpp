#include "cache/redis_url.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace insights::cache {

namespace {

using base::ErrorKind;
using base::fail;

constexpr std::string_view form = "Write redis://:PASSWORD@HOST:PORT/DATABASE.";

std::optional<int> number_in(std::string_view text, int least, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = error == std::errc{} && end == text.data() + text.size();
  return is_whole && number >= least && number <= most ? std::optional(number) : std::nullopt;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      plain += text[at];
      continue;
    }
    unsigned code = 0;
    const auto digits = text.substr(at + 1, 2);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (error != std::errc{} || digits.size() != 2 || end != digits.data() + 2 || code == 0)
      return std::nullopt;
    plain += static_cast<char>(code);
    at += 2;
  }
  return plain;
}

std::unexpected<base::Error> wrong(std::string_view what) {
  return fail(ErrorKind::invalid_input, fmt::format("the URL of the cache {}", what),
              std::string(form));
}

}  // namespace

base::Result<RedisTarget> redis_target_of(std::string_view url) {
  constexpr std::string_view plain = "redis://", encrypted = "rediss://";
  if (url.starts_with(encrypted)) {
    return fail(
        ErrorKind::invalid_input, "the URL of the cache asks for TLS, which is not built in",
        "Name a TLS proxy on this machine (stunnel, ghostunnel) with redis://. What is kept "
        "in Redis is encrypted by this program in any case; the password is not.");
  }
  if (!url.starts_with(plain)) return wrong("does not begin with redis://");
  auto rest = url.substr(plain.size());
  if (rest.find_first_of("?# \t\n") != std::string_view::npos)
    return wrong("has something after the database's number");
  RedisTarget target;
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    const auto account = rest.substr(0, at);
    const auto colon = account.find(':');
    if (colon == std::string_view::npos) return wrong("has a user without a password");
    const auto user = decoded(account.substr(0, colon));
    const auto password = decoded(account.substr(colon + 1));
    if (!user || !password) return wrong("has a % that is not followed by two digits");
    target.user = *user;
    target.password = *password;
    rest.remove_prefix(at + 1);
  }
  const auto slash = rest.find('/');
  if (slash != std::string_view::npos && slash + 1 < rest.size()) {
    const auto database = number_in(rest.substr(slash + 1), 0, 65'535);
    if (!database) return wrong("names a database that is no number");
    target.database = *database;
  }
  auto host = rest.substr(0, slash);
  const bool has_brackets = host.starts_with('[');  // of an IPv6 address
  const auto colon = has_brackets ? host.find("]:") : host.rfind(':');
  if (colon != std::string_view::npos) {
    const auto begin = colon + (has_brackets ? 2 : 1);
    const auto port = number_in(host.substr(begin), 1, 65'535);
    if (!port) return wrong("names a port that is none");
    target.port = *port;
    host = host.substr(0, begin - 1);
  }
  if (has_brackets) {
    if (!host.ends_with(']')) return wrong("has a bracket that is not closed");
    host = host.substr(1, host.size() - 2);
  }
  if (host.empty()) return wrong("names no host");
  target.host = host;
  return target;
}

}  // namespace insights::cache
