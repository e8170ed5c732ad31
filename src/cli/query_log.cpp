#include "cli/query_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "config/load.h"
#include "report/json_text.h"
#include "sql/text_limits.h"

namespace insights::cli {

void QueryLog::rotate() const {
  std::error_code error;
  const auto size = std::filesystem::file_size(file_, error);
  if (error || std::cmp_less(size, rotate_at_)) return;
  for (int number = files_max - 1; number >= 1; --number) {
    const auto older = number == 1 ? file_ : fmt::format("{}.{}", file_, number - 1);
    std::filesystem::rename(older, fmt::format("{}.{}", file_, number), error);
  }
}

base::Status QueryLog::add(const LoggedQuery& query, const std::string& at) const {
  rotate();
  using Json = nlohmann::ordered_json;
  const Json line{{"at", at},
                  {"who", query.who},
                  {"sql", config::redacted(query.sql.substr(0, sql::text_bytes_max))},
                  {"dialect", query.dialect},
                  {"verdict", query.verdict},
                  {"class", query.reason},
                  {"error", config::redacted(query.error)},
                  {"rows", query.rows},
                  {"bytes", query.bytes},
                  {"truncated", query.truncated},
                  {"ms", query.time.count()}};
  const auto text =
      report::harmless_json(line.dump(-1, ' ', false, Json::error_handler_t::replace)) + "\n";
  // One write at the end of the file, so that the lines of two programs do not mix.
  const int file = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const bool written =
      file >= 0 && std::cmp_equal(::write(file, text.data(), text.size()), text.size());
  const int why = errno;
  if (file >= 0) ::close(file);
  if (written) return {};
  return base::fail(
      base::ErrorKind::unavailable,
      fmt::format("the query log {} cannot be written: {}", file_, std::strerror(why)),
      "Name another file with --log.");
}

}  // namespace insights::cli
