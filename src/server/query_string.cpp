#include "server/query_string.h"

#include <fmt/format.h>

#include <algorithm>

namespace insights::server {

namespace {

std::optional<int> hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return std::nullopt;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      plain += text[at] == '+' ? ' ' : text[at];
      continue;
    }
    const auto high = at + 2 < text.size() ? hex_digit(text[at + 1]) : std::nullopt;
    const auto low = at + 2 < text.size() ? hex_digit(text[at + 2]) : std::nullopt;
    if (!high || !low || (*high == 0 && *low == 0)) return std::nullopt;
    plain += static_cast<char>(*high * 16 + *low);
    at += 2;
  }
  return plain;
}

}  // namespace

std::variant<Query, Response> query_of(std::string_view target, std::string_view known) {
  Query query;
  const auto mark = target.find('?');
  if (mark == std::string_view::npos || mark + 1 == target.size()) return query;
  const auto names = split(known, ' ');
  for (const auto entry : split(target.substr(mark + 1), '&')) {
    const auto equals = std::min(entry.find('='), entry.size());
    const auto name = entry.substr(0, equals);
    const auto value = decoded(entry.substr(std::min(equals + 1, entry.size())));
    if (name.empty() || std::ranges::find(names, name) == names.end())
      return problem(400, "unknown_parameter",
                     fmt::format("the parameter '{}' is not known here", name.substr(0, 64)),
                     known.empty() ? "It takes none." : fmt::format("Known: {}.", known));
    if (!value || !query.emplace(std::string(name), *value).second)
      return problem(400, "invalid_parameter",
                     fmt::format("the parameter '{}' is malformed or there twice", name));
  }
  return query;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

}  // namespace insights::server
