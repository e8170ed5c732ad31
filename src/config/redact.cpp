// Secrets that settings may hold, made unreadable before anything is shown.
#include <algorithm>
#include <cctype>
#include <string_view>

#include "config/config.h"

namespace insights::config {
namespace {

constexpr std::string_view hidden = "***";

bool ends_value(char letter) {
  return letter == '&' || std::isspace(static_cast<unsigned char>(letter));
}

// scheme://user:SECRET@host
void hide_url_password(std::string& text) {
  for (auto at = text.find("://"); at != std::string::npos; at = text.find("://", at + 3)) {
    const auto authority = at + 3;
    // A password may hold an unescaped / or @: what is hidden is rather too much than too little.
    const auto end = std::min(text.find_first_of(" \t\n'\"", authority), text.size());
    const auto host = text.rfind('@', end);
    const auto colon = text.find(':', authority);
    if (host == std::string::npos || host < authority || colon > host) continue;
    text.replace(colon + 1, host - colon - 1, hidden);
  }
}

// password=SECRET, in a connection string or in the query part of a URL
void hide_named_password(std::string& text) {
  constexpr std::string_view name = "password=";
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + name.size())) {
    const auto begin = at + name.size();
    auto end = begin;
    if (begin < text.size() && text[begin] == '\'') {
      end = begin + 1;
      while (end < text.size() && text[end] != '\'') end += text[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, text.size());
    } else {
      while (end < text.size() && !ends_value(text[end])) ++end;
    }
    text.replace(begin, end - begin, hidden);
  }
}

}  // namespace

std::string redacted(const std::string& text) {
  std::string shown = text;
  hide_url_password(shown);
  hide_named_password(shown);
  return shown;
}

}  // namespace insights::config
