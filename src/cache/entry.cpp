#include "cache/entry.h"

#include <sodium.h>

#include <cstdint>

#include "base/ensure.h"
#include "source/rows_wire.h"

namespace insights::cache {

namespace {

constexpr std::uint32_t format = 0x01435349;  // "ISC", version 1
constexpr std::size_t checksum_bytes = 16;

std::string checksum_of(std::string_view bytes) {
  base::ensure(sodium_init() >= 0, "libsodium starts");
  std::string sum(checksum_bytes, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(sum.data()), sum.size(),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), nullptr,
                     0);
  return sum;
}

}  // namespace

std::string packed(const Entry& entry) {
  source::WireWriter wire;
  wire.number(format);
  wire.number(entry.asked_at.microseconds);
  wire.number(std::int64_t{entry.took.count()});
  put(wire, entry.rows);
  return checksum_of(wire.bytes()) + wire.bytes();
}

std::optional<Entry> unpacked(std::string_view bytes) {
  if (bytes.size() < checksum_bytes) return std::nullopt;
  const auto body = bytes.substr(checksum_bytes);
  if (bytes.substr(0, checksum_bytes) != checksum_of(body)) return std::nullopt;
  source::WireReader wire(body);
  if (wire.number<std::uint32_t>() != format) return std::nullopt;
  Entry entry;
  entry.asked_at = {wire.number<std::int64_t>()};
  entry.took = std::chrono::microseconds(wire.number<std::int64_t>());
  entry.rows = take_rows(wire);
  if (!wire.is_good() || wire.left() > 0 || entry.took.count() < 0) return std::nullopt;
  return entry;
}

}  // namespace insights::cache
