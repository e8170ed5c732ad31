// SQLite's result codes in words, with what to do.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace insights::store {

//   code  an extended result code, not SQLITE_OK
//   path  of the file; named in the message
//   said  SQLite's own message, for what has no words here
std::unexpected<base::Error> failure(int code, const std::string& path, std::string_view said);

}  // namespace insights::store
