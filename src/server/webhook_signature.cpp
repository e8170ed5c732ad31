#include "server/webhook_signature.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <vector>

#include "base/ensure.h"

namespace insights::server {

namespace {

constexpr std::string_view prefix = "whsec_";
constexpr std::size_t secret_bytes = 32;

void begin_sodium() { base::ensure(sodium_init() >= 0, "libsodium starts"); }

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string base64(const unsigned char* bytes, std::size_t size) {
  std::string text(sodium_base64_encoded_len(size, sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes, size, sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the zero at its end
  return text;
}

std::vector<unsigned char> key_of(std::string_view secret) {
  base::ensure(secret.starts_with(prefix), "a webhook is signed with its secret");
  secret.remove_prefix(prefix.size());
  std::vector<unsigned char> key(secret.size());
  std::size_t size = 0;
  const int code = sodium_base642bin(key.data(), key.size(), secret.data(), secret.size(), nullptr,
                                     &size, nullptr, sodium_base64_VARIANT_ORIGINAL);
  base::ensure(code == 0 && size > 0, "the secret of a webhook is base64");
  key.resize(size);
  return key;
}

}  // namespace

std::string new_webhook_secret() {
  begin_sodium();
  std::array<unsigned char, secret_bytes> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  return std::string(prefix) + base64(bytes.data(), bytes.size());
}

std::string webhook_signature(std::string_view secret, std::string_view id, std::int64_t timestamp,
                              std::string_view body) {
  begin_sodium();
  auto key = key_of(secret);
  const auto head = fmt::format("{}.{}.", id, timestamp);
  crypto_auth_hmacsha256_state state;
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> digest{};
  crypto_auth_hmacsha256_init(&state, key.data(), key.size());
  crypto_auth_hmacsha256_update(&state, bytes_of(head), head.size());
  crypto_auth_hmacsha256_update(&state, bytes_of(body), body.size());
  crypto_auth_hmacsha256_final(&state, digest.data());
  sodium_memzero(key.data(), key.size());
  return "v1," + base64(digest.data(), digest.size());
}

}  // namespace insights::server
