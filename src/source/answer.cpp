#include "source/answer.h"

#include "source/vectors.h"
#include "source/watch.h"

namespace insights::source {

namespace {

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

base::Result<Rows> answer_query(const engine::Database& database, const std::string& text,
                                const Limits& limits, std::stop_token stop) {
  const auto connection = engine::Connection::open(database);
  if (!connection) return std::unexpected(engine::error_of(connection.error()));
  const Watch watch(*connection, {limits.time_max, std::move(stop)});
  auto stream = engine::Stream::select(*connection, text);
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

base::Status answer_scan(const engine::Database& database, const std::string& text,
                         const Limits& limits, std::stop_token stop, const BatchSink& sink) {
  const auto connection = engine::Connection::open(database);
  if (!connection) return std::unexpected(engine::error_of(connection.error()));
  const Watch watch(*connection, {limits.time_max, std::move(stop)});
  auto stream = engine::Stream::select(*connection, text);
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

}  // namespace insights::source
