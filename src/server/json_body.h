// JSON from outside, read with limits: depth, number of values, no name twice in an object, no
// number that is not finite. What comes out is an object.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "base/result.h"

namespace insights::server {

inline constexpr std::size_t json_depth_max = 64;
inline constexpr std::size_t json_values_max = 10'000;

// Error: invalid_input, with what is wrong and where. An empty text is an empty object.
base::Result<nlohmann::json> read_object(std::string_view text);

}  // namespace insights::server
