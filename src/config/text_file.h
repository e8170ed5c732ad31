// Text files: read whole, or refused with the reason.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace insights::config {

inline constexpr std::size_t text_file_bytes_max = std::size_t{1}
                                                   << 20;  // of one that people write

// The file's text. `what` names it in errors: "the config file". Errors: not_found, unavailable
// (not readable, a directory), invalid_input (larger than `bytes_max`, or holds a NUL).
base::Result<std::string> read_text_file(const std::string& path, const std::string& what,
                                         std::size_t bytes_max = text_file_bytes_max);

}  // namespace insights::config
