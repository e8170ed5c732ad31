#include "source/answer.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

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
    batch_.text_bytes = 0;
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
    *batch_.text_bytes += static_cast<std::int64_t>(bytes);
    return bytes;
  }

  std::vector<engine::BatchReader> readers_;
  Batch batch_;
  std::vector<engine::Chunk> held_;
};

base::Status give_one_by_one(engine::Stream& stream, const Watch& watch, const BatchSink& sink) {
  Gathering batch(stream);
  while (true) {
    const auto more = batch.fill(stream);
    if (!more) return ended(watch, more.error());
    TRY(watch.status());
    if (batch.batch().rows > 0 && !sink(batch.batch())) return {};
    if (!*more) return {};
  }
}

// The engine does not read ahead: a thread of its own fetches the next batches while the sink has
// one. A few, because now the one is slower and now the other.
class ReadingAhead {
 public:
  explicit ReadingAhead(engine::Stream& stream) : stream_(stream) {
    batches_.reserve(batches_ahead);
    for (std::size_t i = 0; i < batches_ahead; ++i) batches_.emplace_back(stream);
    reader_ = std::jthread([this](const std::stop_token& stop) { read(stop); });
  }

  // The next batch, good until the next call; null behind the last. An error of the engine comes
  // behind all that was read before it.
  engine::Outcome<const Batch*> next() {
    std::unique_lock lock(mutex_);
    if (taken_) {
      taken_ = false;
      ++given_back_;
      changed_.notify_all();
    }
    changed_.wait(lock, [&] { return read_ > given_back_ || over_; });
    if (read_ > given_back_) {
      taken_ = true;
      return &batches_[given_back_ % batches_ahead].batch();
    }
    if (failure_) std::rethrow_exception(failure_);
    if (!end_) return std::unexpected(end_.error());
    return nullptr;
  }

 private:
  static constexpr std::size_t batches_ahead = 4;

  void read(const std::stop_token& stop) {
    engine::Outcome<bool> more = true;
    std::exception_ptr failure;
    while (more && *more) {
      std::size_t place = 0;
      {
        std::unique_lock lock(mutex_);
        if (!changed_.wait(lock, stop, [&] { return read_ - given_back_ < batches_ahead; })) return;
        place = read_ % batches_ahead;
      }
      try {
        more = batches_[place].fill(stream_);
      } catch (...) {
        failure = std::current_exception();
        break;
      }
      const std::scoped_lock lock(mutex_);
      if (more && batches_[place].batch().rows > 0) ++read_;
      changed_.notify_all();
    }
    const std::scoped_lock lock(mutex_);
    end_ = std::move(more);
    failure_ = std::move(failure);
    over_ = true;
    changed_.notify_all();
  }

  engine::Stream& stream_;
  std::vector<Gathering> batches_;  // batch i is in place i % batches_ahead
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t read_ = 0, given_back_ = 0;
  bool taken_ = false;  // the sink has the batch after those given back
  bool over_ = false;
  engine::Outcome<bool> end_ = false;
  std::exception_ptr failure_;
  std::jthread reader_;  // the last: it ends before what it uses
};

base::Status give_read_ahead(engine::Stream& stream, const Watch& watch, const BatchSink& sink) {
  ReadingAhead ahead(stream);
  while (true) {
    const auto batch = ahead.next();
    if (!batch) return ended(watch, batch.error());
    TRY(watch.status());
    if (*batch == nullptr || !sink(**batch)) return {};
  }
}

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
  if (threads < 2) return give_one_by_one(*stream, watch, sink);
  return give_read_ahead(*stream, watch, sink);
}

}  // namespace insights::source
