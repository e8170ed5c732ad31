#include "source/staging.h"

#include <fmt/format.h>

#include <algorithm>

#include "source/watch.h"
#include "sql/dialect.h"

namespace insights::source {

namespace {

namespace fs = std::filesystem;
using base::ErrorKind;

constexpr const char* staging_file = "tables.duckdb";

}  // namespace

std::vector<engine::Setting> engine_settings(const EngineOptions& options,
                                             const fs::path& directory) {
  std::vector<engine::Setting> settings{
      {"memory_limit",
       fmt::format("{}MiB", std::max<std::int64_t>(options.memory_max_bytes >> 20, 64))},
      {"temp_directory", (directory / "spill").string()},
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
      {"allow_community_extensions", "false"},
  };
  if (options.threads > 0) settings.push_back({"threads", std::to_string(options.threads)});
  return settings;
}

base::Result<Staging> Staging::create(const EngineOptions& options,
                                      const std::vector<fs::path>& files, std::stop_token stop) {
  auto directory = TRY(PrivateDirectory::create());
  auto database = engine::Database::open((directory.path() / staging_file).string(),
                                         engine_settings(options, directory.path()));
  if (!database) return std::unexpected(engine::error_of(database.error()));
  auto connection = engine::Connection::open(*database);
  if (!connection) return std::unexpected(engine::error_of(connection.error()));
  Staging staging(std::move(directory), options, *std::move(database), *std::move(connection),
                  std::move(stop));
  const auto private_directory = sql::quote_text(staging.directory_.path().string());
  TRY(staging.run_or_error(fmt::format("SET allowed_directories = [{}]", private_directory)));
  for (const auto& statement : statements_to_confine(files)) TRY(staging.run_or_error(statement));
  return staging;
}

Staging::Staging(PrivateDirectory directory, EngineOptions options, engine::Database database,
                 engine::Connection connection, std::stop_token stop)
    : directory_(std::move(directory)),
      options_(options),
      database_(std::move(database)),
      connection_(std::move(connection)),
      stop_(std::move(stop)) {}

std::filesystem::path Staging::new_file(std::string_view extension) {
  return directory_.path() / fmt::format("part_{}{}", ++files_, extension);
}

engine::Outcome<Rows> Staging::run(const std::string& statement,
                                   std::chrono::milliseconds time_max) {
  const Watch watch(connection_, {time_max, stop_});
  return engine::run(connection_, statement);
}

base::Result<Rows> Staging::run_or_error(const std::string& statement) {
  auto rows = run(statement);
  if (rows) return *std::move(rows);
  TRY(stopped());
  return std::unexpected(engine::error_of(rows.error()));
}

base::Status Staging::stopped() const {
  if (stop_.stop_requested())
    return base::fail(ErrorKind::cancelled, "opening the source was stopped");
  return {};
}

base::Result<Staging::Closed> Staging::close() && {
  TRY(run_or_error("CHECKPOINT"));
  auto file = directory_.path() / staging_file;
  {
    const auto last_session = std::move(connection_);
  }
  {
    const auto last_owner = std::move(database_);
  }
  return Closed{std::move(directory_), std::move(file), options_};
}

std::vector<std::string> statements_to_confine(const std::vector<fs::path>& files) {
  std::string list;
  for (const auto& file : files)
    list += (list.empty() ? "" : ", ") + sql::quote_text(file.string());
  return {
      "SET GLOBAL TimeZone = 'UTC'",  // else the same query has other rows on another machine
      fmt::format("SET allowed_paths = [{}]", list),
      "SET enable_external_access = false",
  };
}

std::string attach_statement(const Staging::Attached& database) {
  // The type is named, because for other kinds of files DuckDB would look for an extension.
  return fmt::format("ATTACH {} AS {} (TYPE duckdb, READ_ONLY)", sql::quote_text(database.path),
                     sql::quote_identifier(database.name));
}

}  // namespace insights::source
