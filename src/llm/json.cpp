#include "llm/json.h"

#include <algorithm>

namespace insights::llm {
namespace {

constexpr int depth_max = 256;

// The parser takes any depth, but writing is recursive.
bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    if (in_string) {
      if (letter == '\\') ++i;
      if (letter == '"') in_string = false;
    } else if (letter == '"') {
      in_string = true;
    } else if (letter == '[' || letter == '{') {
      if (++depth > depth_max) return true;
    } else if (letter == ']' || letter == '}') {
      --depth;
    }
  }
  return false;
}

}  // namespace

std::optional<Json> parsed(std::string_view text) {
  if (is_too_deep(text)) return std::nullopt;
  auto json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

std::string written(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

const Json& at(const Json& json, const char* name) {
  static const Json null;
  if (!json.is_object()) return null;
  const auto found = json.find(name);
  return found == json.end() ? null : *found;
}

std::string text_at(const Json& json, const char* name) {
  const auto& value = at(json, name);
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  return "";
}

std::optional<std::int64_t> count_at(const Json& json, const char* name) {
  const auto& value = at(json, name);
  if (value.is_number_unsigned()) {
    constexpr std::uint64_t most = INT64_MAX;
    return static_cast<std::int64_t>(std::min(value.get<std::uint64_t>(), most));
  }
  if (value.is_number_float()) {
    const auto number = value.get<double>();
    if (number >= 0 && number < 9e15) return static_cast<std::int64_t>(number);
  }
  return std::nullopt;
}

}  // namespace insights::llm
