// Any text as a saved report: it is read, or refused.
#include <cstdint>
#include <string_view>

#include "report/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(
      insights::report::read_json({reinterpret_cast<const char*>(data), size}).has_value());
  return 0;
}
