// The signature of a webhook, as https://www.standardwebhooks.com has it: HMAC-SHA256 over
// "id.timestamp.body", with a secret that both sides know.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace insights::server {

// "whsec_" and 32 random bytes in base64.
std::string new_webhook_secret();

// "v1,<base64>", the value of the header webhook-signature. `timestamp` in seconds since 1970. A
// secret that is none of new_webhook_secret() is a Bug.
std::string webhook_signature(std::string_view secret, std::string_view id, std::int64_t timestamp,
                              std::string_view body);

}  // namespace insights::server
