// What is sent less often, or smaller: entity tags and gzip.
#pragma once

#include <string>
#include <string_view>

#include "server/message.h"

namespace insights::server {

// Adds an ETag to a good answer to a GET, and makes it 304 when the asker has it already.
void add_etag(const Request& request, Response& response);

// Whether a value of Accept-Encoding takes gzip.
bool takes_gzip(std::string_view list);

// Compresses a body that is worth it, and is not compressed, when the asker takes gzip.
void compress(const Request& request, Response& response);

// Error never: the text fits in memory.
std::string gzip(std::string_view text);

}  // namespace insights::server
