#include "store/keys.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

#include "base/ensure.h"

namespace insights::store {

namespace {

constexpr std::size_t digest_bytes = 32;
constexpr std::size_t digest_letters = 2 * digest_bytes;

void begin_sodium() { base::ensure(sodium_init() >= 0, "libsodium starts"); }

template <std::size_t size>
std::string hexadecimal(const std::array<unsigned char, size>& bytes) {
  std::array<char, 2 * size + 1> letters{};
  sodium_bin2hex(letters.data(), letters.size(), bytes.data(), bytes.size());
  return letters.data();
}

template <std::size_t size>
std::string random_hexadecimal() {
  std::array<unsigned char, size> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  return hexadecimal(bytes);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto space = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, space));
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return words;
}

constexpr std::string_view columns = "id, name, scopes, created_at, revoked_at, last_used_at";

ApiKey key_in(const Statement& row) {
  const auto moment = [&](int column) {
    return row.is_null(column) ? std::nullopt : std::optional(base::Moment{row.integer(column)});
  };
  return {row.text(0), row.text(1), split(row.text(2)), {row.integer(3)}, moment(4), moment(5)};
}

}  // namespace

base::Result<NewKey> create_key(Database& database, std::string_view name,
                                const std::vector<std::string>& scopes, base::Moment at) {
  begin_sodium();
  NewKey made{{"key-" + random_hexadecimal<4>(), std::string(name), scopes, at, {}, {}},
              "insights_" + random_hexadecimal<32>()};
  TRY(database.execute(
      "INSERT INTO keys (id, name, digest, scopes, created_at) VALUES (?, ?, ?, ?, ?)",
      {made.key.id, made.key.name, digest_of(made.secret), joined(scopes), at.microseconds}));
  return made;
}

base::Result<std::vector<ApiKey>> list_keys(Database& database) {
  auto rows =
      TRY(database.prepare(fmt::format("SELECT {} FROM keys ORDER BY created_at, rowid", columns)));
  std::vector<ApiKey> keys;
  while (TRY(rows.next())) keys.push_back(key_in(rows));
  return keys;
}

base::Result<bool> revoke_key(Database& database, std::string_view id, base::Moment at) {
  TRY(database.execute("UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
                       {at.microseconds, std::string(id)}));
  return database.changes() == 1;
}

base::Result<std::optional<ApiKey>> find_key(Database& database, std::string_view secret) {
  const auto digest = digest_of(secret);
  auto rows = TRY(database.prepare(
      fmt::format("SELECT {}, digest FROM keys WHERE revoked_at IS NULL", columns)));
  std::optional<ApiKey> found;
  while (TRY(rows.next()))  // to the end, also when it is found
    if (same_digest(digest, rows.text(6))) found = key_in(rows);
  return found;
}

base::Status mark_used(Database& database, std::string_view id, base::Moment at) {
  return database.execute("UPDATE keys SET last_used_at = ? WHERE id = ?",
                          {at.microseconds, std::string(id)});
}

std::string digest_of(std::string_view text) {
  begin_sodium();
  std::array<unsigned char, digest_bytes> digest{};
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr, 0);
  return hexadecimal(digest);
}

bool same_digest(std::string_view a, std::string_view b) {
  base::ensure(a.size() == digest_letters && b.size() == digest_letters, "digests are compared");
  return sodium_memcmp(a.data(), b.data(), digest_letters) == 0;
}

}  // namespace insights::store
