#include "source/duckdb_source.h"

#include <fmt/format.h>

#include "source/answer.h"

namespace insights::source {

namespace {

// The order matters: files are attached while that is allowed, and the lock comes last.
std::vector<std::string> statements_to_shut(const DuckDbContents& contents) {
  std::vector<std::string> statements;
  statements.reserve(contents.databases.size());
  for (const auto& database : contents.databases) statements.push_back(attach_statement(database));
  statements.emplace_back("SET GLOBAL parquet_metadata_cache = true");
  for (auto& statement : statements_to_confine(contents.parquet))
    statements.push_back(std::move(statement));
  statements.emplace_back("SET lock_configuration = true");
  return statements;
}

}  // namespace

base::Result<engine::Database> open_shut(const std::filesystem::path& file,
                                         const EngineOptions& options,
                                         const DuckDbContents& contents) {
  auto settings = engine_settings(options, file.parent_path());
  settings.push_back({"access_mode", "READ_ONLY"});
  auto database = engine::Database::open(file.string(), settings);
  if (!database) return std::unexpected(engine::error_of(database.error()));
  auto connection = engine::Connection::open(*database);
  if (!connection) return std::unexpected(engine::error_of(connection.error()));
  for (const auto& statement : statements_to_shut(contents)) {
    if (auto done = engine::run(*connection, statement); !done) {
      return std::unexpected(engine::error_of(done.error()));
    }
  }
  return *std::move(database);
}

base::Result<std::unique_ptr<Source>> DuckDbSource::open(Staging::Closed staging,
                                                         DuckDbContents contents) {
  auto database = TRY(open_shut(staging.file, staging.options, contents));
  std::error_code ignored;
  // The open file lives on without its name, and is gone when the program is, however that ends.
  std::filesystem::remove(staging.file, ignored);
  return std::unique_ptr<Source>(new DuckDbSource(std::move(staging.directory), std::move(database),
                                                  std::move(contents), staging.options.threads));
}

DuckDbSource::DuckDbSource(PrivateDirectory directory, engine::Database database,
                           DuckDbContents contents, int threads)
    : directory_(std::move(directory)),
      database_(std::move(database)),
      contents_(std::move(contents)),
      threads_(threads > 0 ? threads : 2) {}

base::Result<Rows> DuckDbSource::query(const sql::CheckedQuery& query, const Limits& limits,
                                       std::stop_token stop) {
  return answer_query(database_, query.text(), limits, std::move(stop));
}

base::Status DuckDbSource::scan(const sql::CheckedQuery& query, const Limits& limits,
                                std::stop_token stop, const BatchSink& sink) {
  return answer_scan(database_, query.text(), limits, std::move(stop), threads_, sink);
}

base::Result<DataVersion> DuckDbSource::version(std::stop_token stop) {
  const std::scoped_lock lock(version_mutex_);
  if (!version_) {
    auto digest = TRY(digest_of(contents_.files, stop));
    version_ =
        DataVersion{fmt::format("DuckDB {}", duckdb_library_version()), std::move(digest), true};
  }
  // Parquet files and databases are read where they are: one that has changed since is another.
  if (!are_unchanged(contents_.files)) version_->digest.clear();
  return *version_;
}

}  // namespace insights::source
