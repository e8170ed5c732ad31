#include "source/postgres_url.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <memory>

namespace insights::source {

namespace {

using base::ErrorKind;
using base::fail;

constexpr std::array<std::string_view, 13> allowed{"host",
                                                   "port",
                                                   "user",
                                                   "password",
                                                   "dbname",
                                                   "sslmode",
                                                   "sslrootcert",
                                                   "sslcrl",
                                                   "channel_binding",
                                                   "application_name",
                                                   "ssl_min_protocol_version",
                                                   "connect_timeout",
                                                   "target_session_attrs"};

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

base::Result<Options> parsed(const std::string& url) {
  char* problem = nullptr;
  Options options(PQconninfoParse(url.c_str(), &problem));
  PQfreemem(problem);  // libpq's words quote the URL, and so its password
  if (options) return options;
  return fail(ErrorKind::invalid_input, "the PostgreSQL URL cannot be read",
              "Write postgres://USER:PASSWORD@HOST:PORT/DATABASE; in user and password write %40 "
              "for @, %3A for : and %2F for /.");
}

std::vector<std::string_view> parts_of(std::string_view list) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto comma = list.find(',');
    parts.push_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    list.remove_prefix(comma + 1);
  }
}

bool is_local(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

base::Status check_host(std::string_view hosts) {
  for (const auto host : parts_of(hosts)) {
    if (!host.empty() && host.front() != '/' && host.front() != '@') continue;
    return fail(ErrorKind::refused, "a PostgreSQL URL must name a host; sockets are not used",
                "Write postgres://USER@localhost/DATABASE.");
  }
  return {};
}

}  // namespace

bool is_postgres_url(std::string_view location) {
  return location.starts_with("postgres://") || location.starts_with("postgresql://");
}

base::Result<PostgresTarget> target_of(const std::string& url) {
  const auto options = TRY(parsed(url));
  PostgresTarget target;
  std::string host, port = "5432", database, user;
  for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const std::string keyword = option->keyword, value = option->val;
    if (std::ranges::find(allowed, keyword) == allowed.end()) {
      return fail(ErrorKind::refused,
                  fmt::format("\"{}\" is not allowed in a PostgreSQL URL", keyword),
                  fmt::format("Allowed are {}.", fmt::join(allowed, ", ")));
    }
    // What stands for a password that a report does not hold: libpq asks PGPASSWORD and ~/.pgpass.
    if (keyword == "password" && value == "***") continue;
    if (keyword == "host") host = value;
    if (keyword == "port") port = value;
    if (keyword == "dbname") database = value;
    if (keyword == "user") user = value;
    target.parameters.emplace_back(keyword, value);
  }
  TRY(check_host(host));
  target.local = std::ranges::all_of(parts_of(host), is_local);
  target.name = fmt::format("{} on {}:{}", database.empty() ? user : database, host, port);
  return target;
}

}  // namespace insights::source
