#include "source/answer.h"

#include "base/parallel.h"
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

// A batch with the chunks behind it: several, so that who takes it can share it out among threads.
class Gathering {
 public:
  explicit Gathering(const engine::Stream& stream) {
    for (const auto& column : stream.columns()) readers_.emplace_back(column.type.get());
    batch_.columns.resize(readers_.size());
  }

  const Batch& batch() const { return batch_; }

  // Takes the stream's next rows, in place of those that were here. False when they are its last.
  engine::Outcome<bool> fill(engine::Stream& stream) {
    for (std::size_t column = 0; column < readers_.size(); ++column)
      readers_[column].begin(batch_.columns[column]);
    batch_.rows = 0;
    held_.clear();
    std::size_t bytes = 0;  // of the texts
    while (batch_.rows * readers_.size() < cells_max && bytes < bytes_max) {
      auto chunk = stream.next();
      if (!chunk) return std::unexpected(chunk.error());
      if (*chunk == nullptr) return false;
      bytes += add(*std::move(chunk));
    }
    return true;
  }

 private:
  static constexpr std::size_t cells_max = std::size_t{1} << 19, bytes_max = std::size_t{8} << 20;

  std::size_t add(engine::Chunk chunk) {
    const idx_t rows = duckdb_data_chunk_get_size(chunk.get());
    std::size_t bytes = 0;
    for (idx_t column = 0; column < readers_.size(); ++column) {
      auto& own = batch_.columns[column];
      readers_[column].append(duckdb_data_chunk_get_vector(chunk.get(), column), rows, own);
      for (std::size_t i = batch_.rows; i < own.texts.size(); ++i) bytes += own.texts[i].size();
    }
    batch_.rows += static_cast<std::size_t>(rows);
    held_.push_back(std::move(chunk));
    return bytes;
  }

  std::vector<engine::BatchReader> readers_;
  Batch batch_;
  std::vector<engine::Chunk> held_;
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
                         const Limits& limits, std::stop_token stop, int threads,
                         const BatchSink& sink) {
  const auto connection = engine::Connection::open(database);
  if (!connection) return std::unexpected(engine::error_of(connection.error()));
  const Watch watch(*connection, {limits.time_max, std::move(stop)});
  auto stream = engine::Stream::select(*connection, text);
  if (!stream) return ended(watch, stream.error());
  Gathering one(*stream), other(*stream);
  auto *current = &one, *next = &other;
  auto more = current->fill(*stream);
  while (true) {
    if (!more) return ended(watch, more.error());
    TRY(watch.status());
    // The engine does not read ahead: the next batch is fetched while the sink has this one.
    bool wanted = true;
    engine::Outcome<bool> fetched = false;
    base::parallel_for(*more ? 2 : 1, threads, {}, [&](std::size_t round) {
      if (round == 1) {
        fetched = next->fill(*stream);
      } else if (current->batch().rows > 0) {
        wanted = sink(current->batch());
      }
    });
    if (!wanted || !*more) return {};
    more = std::move(fetched);
    std::swap(current, next);
  }
}

}  // namespace insights::source
