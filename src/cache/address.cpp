#include "cache/address.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <cstdint>

#include "base/ensure.h"
#include "source/wire.h"

namespace insights::cache {

namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// BLAKE2b of the text, different for each purpose.
std::string digest(std::string_view text, std::string_view purpose, std::size_t bytes) {
  base::ensure(sodium_init() >= 0, "libsodium starts");
  std::string result(bytes, '\0');
  crypto_generichash(bytes_of(result), result.size(), bytes_of(text), text.size(),
                     bytes_of(purpose), purpose.size());
  return result;
}

// All that decides the result; each part says how long it is, so that none runs into the next.
std::string described(const Origin& origin, const source::DataVersion& version,
                      const std::vector<source::Table>& tables, const sql::CheckedQuery& query,
                      const source::Limits& limits) {
  source::WireWriter wire;
  wire.text(origin.program);
  wire.text(origin.identity);
  wire.text(version.engine);
  wire.text(version.digest);
  for (const auto& table : tables) {
    wire.text(table.name);
    wire.text(table.origin);
    wire.text(table.relation);
    wire.number(std::uint64_t{table.columns.size()});
    for (const auto& column : table.columns) {
      wire.text(column.name);
      wire.text(column.engine_type);
      wire.text(column.sql);
    }
  }
  wire.text(sql::name(query.dialect()));
  wire.text(query.text());
  wire.number(limits.rows_max);
  wire.number(limits.bytes_max);
  return wire.bytes();
}

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t key_bytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;

}  // namespace

Address address_of(const Origin& origin, const source::DataVersion& version,
                   const std::vector<source::Table>& tables, const sql::CheckedQuery& query,
                   const source::Limits& limits) {
  const auto whole = described(origin, version, tables, query, limits);
  Address address;
  for (const char byte : digest(whole, "insights cache name", 32))
    address.name += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  address.key = digest(whole, "insights cache key", key_bytes);
  return address;
}

std::string seal(const Address& address, std::string_view bytes) {
  std::string sealed(nonce_bytes + bytes.size() + tag_bytes, '\0');
  randombytes_buf(sealed.data(), nonce_bytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      bytes_of(sealed) + nonce_bytes, nullptr, bytes_of(bytes), bytes.size(),
      bytes_of(std::string_view(address.name)), address.name.size(), nullptr, bytes_of(sealed),
      bytes_of(std::string_view(address.key)));
  return sealed;
}

std::optional<std::string> unseal(const Address& address, std::string_view sealed) {
  if (sealed.size() < nonce_bytes + tag_bytes) return std::nullopt;
  std::string bytes(sealed.size() - nonce_bytes - tag_bytes, '\0');
  const int status = crypto_aead_xchacha20poly1305_ietf_decrypt(
      bytes_of(bytes), nullptr, nullptr, bytes_of(sealed) + nonce_bytes,
      sealed.size() - nonce_bytes, bytes_of(std::string_view(address.name)), address.name.size(),
      bytes_of(sealed), bytes_of(std::string_view(address.key)));
  if (status != 0) return std::nullopt;
  return bytes;
}

}  // namespace insights::cache
