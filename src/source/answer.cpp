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

// Gathers chunks into batches, so that who takes them can share each out among threads. The chunks
// behind a batch are kept until it was given.
class Batcher {
 public:
  Batcher(const engine::Stream& stream, const BatchSink& sink) : sink_(sink) {
    for (const auto& column : stream.columns()) readers_.emplace_back(column.type.get());
    batch_.columns.resize(readers_.size());
    begin();
  }

  // False when the sink wants no more.
  bool add(engine::Chunk chunk) {
    const idx_t rows = duckdb_data_chunk_get_size(chunk.get());
    for (idx_t column = 0; column < readers_.size(); ++column) {
      auto& own = batch_.columns[column];
      readers_[column].append(duckdb_data_chunk_get_vector(chunk.get(), column), rows, own);
      for (std::size_t i = own.texts.size(); i > batch_.rows; --i)
        bytes_ += own.texts[i - 1].size();
    }
    batch_.rows += static_cast<std::size_t>(rows);
    held_.push_back(std::move(chunk));
    const bool full = batch_.rows * readers_.size() >= cells_max || bytes_ >= bytes_max;
    return !full || give();
  }

  bool give() {
    if (held_.empty()) return true;
    const bool more = sink_(batch_);
    begin();
    return more;
  }

 private:
  static constexpr std::size_t cells_max = std::size_t{1} << 20, bytes_max = std::size_t{16} << 20;

  void begin() {
    for (std::size_t column = 0; column < readers_.size(); ++column)
      readers_[column].begin(batch_.columns[column]);
    batch_.rows = bytes_ = 0;
    held_.clear();
  }

  const BatchSink& sink_;
  std::vector<engine::BatchReader> readers_;
  Batch batch_;
  std::vector<engine::Chunk> held_;
  std::size_t bytes_ = 0;  // of the texts
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
  Batcher batcher(*stream, sink);
  while (true) {
    auto chunk = stream->next();
    if (!chunk) return ended(watch, chunk.error());
    TRY(watch.status());
    if (*chunk == nullptr) {
      batcher.give();
      return {};
    }
    if (!batcher.add(*std::move(chunk))) return {};
  }
}

}  // namespace insights::source
