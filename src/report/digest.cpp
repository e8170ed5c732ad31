#include "report/digest.h"

#include <sodium.h>

#include <array>

#include "base/ensure.h"

namespace insights::report {

namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string blake2b_text(std::string_view text) {
  base::ensure(sodium_init() >= 0, "libsodium did not start");
  std::array<unsigned char, 16> digest{};
  crypto_generichash(digest.data(), digest.size(), bytes_of(text), text.size(), nullptr, 0);
  std::array<char, 2 * digest.size() + 1> hexadecimal{};
  sodium_bin2hex(hexadecimal.data(), hexadecimal.size(), digest.data(), digest.size());
  return hexadecimal.data();
}

std::string sha256_base64(std::string_view text) {
  base::ensure(sodium_init() >= 0, "libsodium did not start");
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), bytes_of(text), text.size());
  std::array<char, 64> base64{};
  sodium_bin2base64(base64.data(), base64.size(), digest.data(), digest.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  return base64.data();
}

}  // namespace insights::report
