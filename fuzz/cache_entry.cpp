// Any bytes as a result that was kept: it is read, or it is none. A checksum that fits is put in
// front of half of them, so that what lies behind it is reached.
#include <sodium.h>

#include <cstdint>
#include <string>

#include "cache/entry.h"
#include "cache/redis_url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  static_cast<void>(insights::cache::unpacked(bytes).has_value());
  std::string whole(16, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(whole.data()), whole.size(), data, size,
                     nullptr, 0);
  if (const auto entry = insights::cache::unpacked(whole + bytes))
    if (!insights::cache::unpacked(insights::cache::packed(*entry))) __builtin_trap();
  static_cast<void>(insights::cache::redis_target_of(bytes).has_value());
  return 0;
}
