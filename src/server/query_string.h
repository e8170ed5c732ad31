// The parameters behind the question mark of an address.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/message.h"

namespace insights::server {

using Query = std::map<std::string, std::string, std::less<>>;

// "a=1&b=%20x" behind the first '?', decoded. Refused (400): a name that is not among `known`
// (names with spaces between), one that is there twice, a broken escape, an escaped zero byte.
std::variant<Query, Response> query_of(std::string_view target, std::string_view known);

// The parts between the separators; at least one.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace insights::server
