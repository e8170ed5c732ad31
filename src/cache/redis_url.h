// The URL of a Redis server: redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace insights::cache {

struct RedisTarget {
  std::string host;
  int port = 6379;
  std::string user, password;  // both may be empty
  int database = 0;
};

// In user and password %40 stands for @, and so on. Error (invalid_input): it is no such URL, or
// asks for TLS (rediss://), which Debian's hiredis does not speak. No message holds the password.
base::Result<RedisTarget> redis_target_of(std::string_view url);

}  // namespace insights::cache
