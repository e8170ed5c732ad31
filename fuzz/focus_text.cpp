// Any text as a focus area: it is read, or refused.
#include <cstdint>
#include <string_view>

#include "config/focus.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(insights::config::parse_focus(text, "fuzz.txt").has_value());
  return 0;
}
