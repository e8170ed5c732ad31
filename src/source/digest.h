// What identifies the content of files.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "source/files.h"

namespace insights::source {

// BLAKE2b (256 bits, hexadecimal) over the bytes of the files, in the order of their names, each
// preceded by its size. Errors: cancelled, unavailable (a file can no longer be read).
base::Result<std::string> digest_of(std::vector<DataFile> files, const std::stop_token& stop);

}  // namespace insights::source
