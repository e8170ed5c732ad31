#include "report/json_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/plain_text.h"

namespace insights::report {

namespace {

std::string escape_of(char32_t code) {
  const auto number = static_cast<unsigned>(code);
  if (number <= 0xFFFF) return fmt::format("\\u{:04x}", number);
  const unsigned above = number - 0x10000;
  return fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (above >> 10), 0xDC00 + (above & 0x3FF));
}

// Valid JSON has such characters only inside strings, so that replacing them everywhere is safe.
std::string escaped(std::string_view json, bool for_script) {
  std::string text;
  text.reserve(json.size() + json.size() / 16);
  for_each_character(json, [&](char32_t code, std::string_view bytes) {
    const bool in_script = for_script && (code == '<' || code == '>' || code == '&');
    if (in_script || (code > 0x20 && acts(code))) {
      text += escape_of(code);
    } else {
      text += bytes;
    }
  });
  return text;
}

}  // namespace

std::string harmless_json(std::string_view json) { return escaped(json, false); }

std::string script_json(std::string_view json) { return escaped(json, true); }

int depth_of_json(std::string_view json) {
  int depth = 0, deepest = 0;
  bool in_text = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char character = json[at];
    if (in_text) {
      if (character == '\\') ++at;
      in_text = character != '"';
    } else if (character == '"') {
      in_text = true;
    } else if (character == '[' || character == '{') {
      deepest = std::max(deepest, ++depth);
    } else if (character == ']' || character == '}') {
      --depth;
    }
  }
  return deepest;
}

}  // namespace insights::report
