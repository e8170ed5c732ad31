// API keys: who may ask, and for what. The secret is shown once, when it is made; the store has
// only its digest.
//
// A secret is "insights_" and 32 random bytes, so a plain digest of it (BLAKE2b, 256 bits) cannot
// be searched. It is compared with every key, each in constant time, whether it looks like one or
// not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/calendar.h"
#include "base/result.h"
#include "store/database.h"

namespace insights::store {

struct ApiKey {
  std::string id;    // "key-3f9a02c1"
  std::string name;  // what its owner calls it
  std::vector<std::string> scopes;
  base::Moment created_at;
  std::optional<base::Moment> revoked_at, last_used_at;
  bool operator==(const ApiKey&) const = default;
};

struct NewKey {
  ApiKey key;
  std::string secret;
};

// Makes a key and stores its digest.
base::Result<NewKey> create_key(Database& database, std::string_view name,
                                const std::vector<std::string>& scopes, base::Moment at);
// In the order they were made; revoked ones are among them.
base::Result<std::vector<ApiKey>> list_keys(Database& database);
// False: there is no such key, or it was revoked before.
base::Result<bool> revoke_key(Database& database, std::string_view id, base::Moment at);
// The key that has this secret and is not revoked.
base::Result<std::optional<ApiKey>> find_key(Database& database, std::string_view secret);
base::Status mark_used(Database& database, std::string_view id, base::Moment at);

// Hexadecimal, 64 letters whatever the length of the text.
std::string digest_of(std::string_view text);
// In the time of comparing 64 letters whatever they are. Both must be digests.
bool same_digest(std::string_view a, std::string_view b);

}  // namespace insights::store
