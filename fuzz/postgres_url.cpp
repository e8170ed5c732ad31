// Any text as the URL of a server: it is read, or refused; nothing is connected to.
#include <cstdint>
#include <string>

#include "source/postgres_url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(insights::source::target_of("postgres://" + text).has_value());
  static_cast<void>(insights::source::target_of(text).has_value());
  return 0;
}
