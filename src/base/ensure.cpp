#include "base/ensure.h"

#include <fmt/format.h>

namespace insights::base {

void ensure(bool condition, std::string_view message, std::source_location place) {
  if (condition) return;
  throw Bug(fmt::format("{} ({}:{})", message, place.file_name(), place.line()));
}

}  // namespace insights::base
