// A postgres:// URL as what libpq connects with, once nothing in it can reach where it should not.
//
// Only keywords of a list pass. What would name another place than the host that is read in the
// URL (hostaddr, service), read files as us (passfile, sslkey), change the session behind our back
// (options), or reach a local socket is refused.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace insights::source {

struct PostgresTarget {
  std::vector<std::pair<std::string, std::string>> parameters;  // libpq's keywords; holds secrets
  std::string name;   // "sales on db.example:5432", for people; holds none
  bool local = true;  // every host is this machine
};

// "postgres://..." or "postgresql://...".
bool is_postgres_url(std::string_view location);

// Errors: invalid_input (not a URL that libpq reads), refused (a keyword that is not allowed, no
// host, a socket).
base::Result<PostgresTarget> target_of(const std::string& url);

}  // namespace insights::source
