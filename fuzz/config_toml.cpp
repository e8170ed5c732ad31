// Any text as insights.toml: it is read, or refused.
#include <cstdint>
#include <string>

#include "config/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  insights::config::Config config;
  const std::string text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(insights::config::load_text(config, text, "fuzz.toml", [](std::string_view) {
                      return std::optional<std::string>("value");
                    }).has_value());
  return 0;
}
