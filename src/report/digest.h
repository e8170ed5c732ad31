// Digests of text.
#pragma once

#include <string>
#include <string_view>

namespace insights::report {

// BLAKE2b of 128 bits, in hexadecimal.
std::string blake2b_text(std::string_view text);

// SHA-256 in base64, as a content security policy writes it.
std::string sha256_base64(std::string_view text);

}  // namespace insights::report
