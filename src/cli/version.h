// The program's own version, as CMakeLists.txt has it.
#pragma once

#include <string_view>

namespace insights::cli {

std::string_view version();  // "0.1.0"

}  // namespace insights::cli
