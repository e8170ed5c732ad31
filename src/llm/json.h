// JSON from outside, read so that whatever stands there does not throw.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace insights::llm {

using Json = nlohmann::ordered_json;  // keys stay in their order: what is sent back is as it came

// Nothing for a text that is no JSON, or nested deeper than any provider's.
std::optional<Json> parsed(std::string_view text);

// The text of it; bytes that are no UTF-8 become U+FFFD.
std::string written(const Json& json);

// The member of that name, or null.
const Json& at(const Json& json, const char* name);

// A string as it is, a number or boolean as written; "" for anything else.
std::string text_at(const Json& json, const char* name);

// A number that is not negative; nothing for anything else.
std::optional<std::int64_t> count_at(const Json& json, const char* name);

}  // namespace insights::llm
