#include "source/duckdb_source.h"

#include <fmt/format.h>

#include "source/vectors.h"
#include "source/watch.h"

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

// Why the query ended: what the watch did, else what the engine said.
std::unexpected<base::Error> ended(const Watch& watch, const engine::Failure& failure) {
  auto status = watch.status();
  return std::unexpected(status ? engine::error_of(failure) : std::move(status).error());
}

std::int64_t bytes_of(const Cell& cell) {
  const auto* text = std::get_if<std::string>(&cell);
  return static_cast<std::int64_t>(sizeof(Cell) + (text == nullptr ? 0 : text->size()));
}

// Collects rows until a limit is passed.
class Collector {
 public:
  Collector(const engine::Stream& stream, const Limits& limits) : limits_(limits) {
    for (const auto& column : stream.columns()) {
      rows_.columns.push_back(column.name);
      readers_.emplace_back(column.type.get());
    }
  }

  // False once there was more than the limits allow.
  bool add(duckdb_data_chunk chunk) {
    const idx_t count = duckdb_data_chunk_get_size(chunk);
    for (idx_t row = 0; row < count && !rows_.truncated; ++row) add(chunk, row);
    return !rows_.truncated;
  }

  Rows rows() && { return std::move(rows_); }

 private:
  void add(duckdb_data_chunk chunk, idx_t row) {
    if (std::cmp_greater_equal(rows_.rows.size(), limits_.rows_max)) {
      rows_.truncated = true;
      return;
    }
    std::vector<Cell> cells;
    cells.reserve(readers_.size());
    for (idx_t column = 0; column < readers_.size(); ++column) {
      cells.push_back(readers_[column].cell(duckdb_data_chunk_get_vector(chunk, column), row));
      bytes_ += bytes_of(cells.back());
    }
    if (bytes_ > limits_.bytes_max) {
      rows_.truncated = true;
      return;
    }
    rows_.rows.push_back(std::move(cells));
  }

  Limits limits_;
  Rows rows_;
  std::vector<engine::CellReader> readers_;
  std::int64_t bytes_ = 0;
};

}  // namespace

base::Result<engine::Database> open_shut(const Staging::Closed& staging,
                                         const DuckDbContents& contents) {
  auto settings = engine_settings(staging.options, staging.directory.path());
  settings.push_back({"access_mode", "READ_ONLY"});
  auto database = engine::Database::open(staging.file.string(), settings);
  if (!database) return std::unexpected(engine::error_of(database.error()));
  std::error_code ignored;
  // The open file lives on without its name, and is gone when the program is, however that ends.
  std::filesystem::remove(staging.file, ignored);
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
  auto database = TRY(open_shut(staging, contents));
  return std::unique_ptr<Source>(
      new DuckDbSource(std::move(staging.directory), std::move(database), std::move(contents)));
}

DuckDbSource::DuckDbSource(PrivateDirectory directory, engine::Database database,
                           DuckDbContents contents)
    : directory_(std::move(directory)),
      database_(std::move(database)),
      contents_(std::move(contents)) {}

base::Result<Rows> DuckDbSource::query(const sql::CheckedQuery& query, const Limits& limits,
                                       std::stop_token stop) {
  const auto connection = engine::Connection::open(database_);
  if (!connection) return std::unexpected(engine::error_of(connection.error()));
  const Watch watch(*connection, {limits.time_max, std::move(stop)});
  auto stream = engine::Stream::select(*connection, query.text());
  if (!stream) return ended(watch, stream.error());
  Collector collector(*stream, limits);
  while (true) {
    const auto chunk = stream->next();
    if (!chunk) return ended(watch, chunk.error());
    if (*chunk == nullptr || !collector.add(chunk->get())) break;
  }
  TRY(watch.status());
  return std::move(collector).rows();
}

base::Status DuckDbSource::scan(const sql::CheckedQuery& query, const Limits& limits,
                                std::stop_token stop, const BatchSink& sink) {
  const auto connection = engine::Connection::open(database_);
  if (!connection) return std::unexpected(engine::error_of(connection.error()));
  const Watch watch(*connection, {limits.time_max, std::move(stop)});
  auto stream = engine::Stream::select(*connection, query.text());
  if (!stream) return ended(watch, stream.error());
  std::vector<engine::BatchReader> readers;
  for (const auto& column : stream->columns()) readers.emplace_back(column.type.get());
  Batch batch;
  batch.columns.resize(readers.size());
  while (true) {
    const auto chunk = stream->next();
    if (!chunk) return ended(watch, chunk.error());
    TRY(watch.status());
    if (*chunk == nullptr) return {};
    const idx_t rows = duckdb_data_chunk_get_size(chunk->get());
    batch.rows = static_cast<std::size_t>(rows);
    for (idx_t column = 0; column < readers.size(); ++column) {
      readers[column].read(duckdb_data_chunk_get_vector(chunk->get(), column), rows,
                           batch.columns[column]);
    }
    if (!sink(batch)) return {};
  }
}

base::Result<DataVersion> DuckDbSource::version(std::stop_token stop) {
  const std::scoped_lock lock(version_mutex_);
  if (!version_) {
    auto digest = TRY(digest_of(contents_.files, stop));
    version_ = DataVersion{fmt::format("DuckDB {}", duckdb_library_version()), std::move(digest)};
  }
  return *version_;
}

}  // namespace insights::source
