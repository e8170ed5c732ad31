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

std::unique_ptr<source::Source> QueryLog::watched(std::unique_ptr<source::Source> source) {
  if (file_.empty()) return source;
  return std::make_unique<source::LoggedSource>(
      std::move(source), [this](const source::QueryRecord& record) { add(record); });
}

void QueryLog::watch(sql::Gate& gate) {
  if (file_.empty() && !refused_) return;
  source::tell_refusals(gate, [this](const source::QueryRecord& record) {
    if (refused_) refused_(record);
    if (!file_.empty()) add(record);
  });
}

void QueryLog::add(const source::QueryRecord& record) {
  const std::scoped_lock lock(mutex_);
  rotate();
  using Json = nlohmann::ordered_json;
  const Json line{{"at", now_()},
                  {"who", who_},
                  {"sql", config::redacted(record.sql.substr(0, sql::text_bytes_max))},
                  {"dialect", record.dialect},
                  {"verdict", record.verdict},
                  {"class", record.reason},
                  {"error", config::redacted(record.error)},
                  {"rows", record.rows},
                  {"bytes", record.bytes},
                  {"truncated", record.truncated},
                  {"cached", record.cached},
                  {"ms", record.time.count()}};
  const auto text =
      report::harmless_json(line.dump(-1, ' ', false, Json::error_handler_t::replace)) + "\n";
  // One write at the end of the file, so that the lines of two programs do not mix.
  const int file = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const bool written =
      file >= 0 && std::cmp_equal(::write(file, text.data(), text.size()), text.size());
  const int why = errno;
  if (file >= 0) ::close(file);
  if (written || !status_) return;
  status_ =
      base::fail(base::ErrorKind::unavailable,
                 fmt::format("the query log {} cannot be written: {}", file_, std::strerror(why)),
                 "Name another file with --query-log.");
}

}  // namespace insights::cli
