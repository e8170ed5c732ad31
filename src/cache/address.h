// Where a result is kept, and under which key it is sealed there. Both are digests of all that
// decides the result; neither tells anything of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "source/source.h"
#include "sql/gate.h"

namespace insights::cache {

// What the results of a source depend on besides the statement.
struct Origin {
  std::string program;   // name and version: another may read the same bytes otherwise
  std::string identity;  // what is read: absolute paths, or a URL with its password. Kept nowhere.
};

struct Address {
  std::string name;  // hexadecimal: the key in a store
  std::string key;   // 32 bytes, for seal(): known only to who knows the data's digest, or the URL
};

Address address_of(const Origin& origin, const source::DataVersion& version,
                   const std::vector<source::Table>& tables, const sql::CheckedQuery& query,
                   const source::Limits& limits);

// The bytes, encrypted and authenticated (XChaCha20-Poly1305) under the address: a store that is
// read by others tells them nothing, and what they put there is not taken for a result.
std::string seal(const Address& address, std::string_view bytes);
// Nothing: not sealed under this address, or changed since.
std::optional<std::string> unseal(const Address& address, std::string_view sealed);

}  // namespace insights::cache
