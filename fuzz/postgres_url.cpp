// Any text as the URL of a server: it is read, or refused; nothing is connected to.
#include "source/postgres_url.h"

#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(insights::source::target_of("postgres://" + text).has_value());
  static_cast<void>(insights::source::target_of(text).has_value());
  return 0;
}
