#include "source/worker_messages.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "source/rows_wire.h"
#include "source/wire.h"

namespace insights::source {

namespace {

std::unexpected<base::Error> garbled() {
  return base::fail(base::ErrorKind::unavailable,
                    "the worker process sent something that is no answer");
}

Batch take_batch(WireReader& wire) {
  Batch batch;
  batch.rows = wire.number<std::uint64_t>();
  const auto columns = wire.number<std::uint32_t>();
  for (std::uint32_t index = 0; index < columns && wire.is_good(); ++index) {
    auto& column = batch.columns.emplace_back();
    column.type = static_cast<ColumnBatch::Type>(wire.number<std::uint8_t>());
    column.valid = wire.numbers<std::uint8_t>();
    column.integers = wire.numbers<std::int64_t>();
    column.reals = wire.numbers<double>();
    const auto texts = wire.number<std::uint64_t>();
    for (std::uint64_t text = 0; text < texts && wire.is_good(); ++text)
      column.texts.push_back(wire.text());
  }
  return batch;
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::send(file, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool read_all(int file, char* bytes, std::size_t size) {
  while (size > 0) {
    const auto got = ::read(file, bytes, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    bytes += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace

std::string packed(const WorkerTask& task) {
  WireWriter wire;
  wire.text(task.file.string());
  wire.number(task.engine.threads);
  wire.number(task.engine.memory_max_bytes);
  wire.number(task.address_space_max_bytes);
  wire.number(static_cast<std::uint32_t>(task.parquet.size()));
  for (const auto& path : task.parquet) wire.text(path.string());
  wire.number(static_cast<std::uint32_t>(task.databases.size()));
  for (const auto& database : task.databases) {
    wire.text(database.path);
    wire.text(database.name);
  }
  return wire.bytes();
}

base::Result<WorkerTask> unpacked_task(std::string_view bytes) {
  WireReader wire(bytes);
  WorkerTask task;
  task.file = std::string(wire.text());
  task.engine.threads = wire.number<int>();
  task.engine.memory_max_bytes = wire.number<std::int64_t>();
  task.address_space_max_bytes = wire.number<std::int64_t>();
  const auto parquet = wire.number<std::uint32_t>();
  for (std::uint32_t index = 0; index < parquet && wire.is_good(); ++index)
    task.parquet.emplace_back(std::string(wire.text()));
  const auto databases = wire.number<std::uint32_t>();
  for (std::uint32_t index = 0; index < databases && wire.is_good(); ++index) {
    std::string path(wire.text());
    task.databases.push_back({std::move(path), std::string(wire.text())});
  }
  if (!wire.is_good()) return garbled();
  return task;
}

std::string packed(const WorkerRequest& request) {
  WireWriter wire;
  wire.number<std::uint8_t>(request.is_scan ? 1 : 0);
  wire.number(request.limits.rows_max);
  wire.number(request.limits.bytes_max);
  wire.number(static_cast<std::int64_t>(request.limits.time_max.count()));
  wire.text(request.text);
  return wire.bytes();
}

base::Result<WorkerRequest> unpacked_request(std::string_view bytes) {
  WireReader wire(bytes);
  WorkerRequest request;
  request.is_scan = wire.number<std::uint8_t>() != 0;
  request.limits.rows_max = wire.number<std::int64_t>();
  request.limits.bytes_max = wire.number<std::int64_t>();
  request.limits.time_max = std::chrono::milliseconds(wire.number<std::int64_t>());
  request.text = wire.text();
  if (!wire.is_good()) return garbled();
  return request;
}

std::string packed_word(WorkerWord word) {
  WireWriter wire;
  wire.number(std::to_underlying(word));
  return wire.bytes();
}

std::string packed(const Rows& rows) {
  WireWriter wire;
  wire.number(std::to_underlying(WorkerWord::rows));
  put(wire, rows);
  return wire.bytes();
}

std::string packed(const Batch& batch) {
  WireWriter wire;
  wire.number(std::to_underlying(WorkerWord::batch));
  wire.number(static_cast<std::uint64_t>(batch.rows));
  wire.number(static_cast<std::uint32_t>(batch.columns.size()));
  for (const auto& column : batch.columns) {
    wire.number(static_cast<std::uint8_t>(column.type));
    wire.numbers(column.valid);
    wire.numbers(column.integers);
    wire.numbers(column.reals);
    wire.number(static_cast<std::uint64_t>(column.texts.size()));
    for (const auto text : column.texts) wire.text(text);
  }
  return wire.bytes();
}

std::string packed(const base::Error& error) {
  WireWriter wire;
  wire.number(std::to_underlying(WorkerWord::error));
  wire.number(static_cast<std::uint8_t>(error.kind));
  wire.text(error.message);
  wire.text(error.hint);
  return wire.bytes();
}

base::Result<WorkerAnswer> unpacked_answer(std::string_view bytes) {
  WireReader wire(bytes);
  WorkerAnswer answer;
  const auto word = wire.number<std::uint8_t>();
  if (word > std::to_underlying(WorkerWord::error)) return garbled();
  answer.word = static_cast<WorkerWord>(word);
  switch (answer.word) {
    case WorkerWord::ready:
    case WorkerWord::end:
      break;
    case WorkerWord::rows:
      answer.rows = take_rows(wire);
      break;
    case WorkerWord::batch:
      answer.batch = take_batch(wire);
      break;
    case WorkerWord::error:
      answer.error.kind = static_cast<base::ErrorKind>(wire.number<std::uint8_t>());
      if (answer.error.kind > base::ErrorKind::cancelled) return garbled();
      answer.error.message = wire.text();
      answer.error.hint = wire.text();
      break;
  }
  if (!wire.is_good()) return garbled();
  return answer;
}

bool write_message(int file, std::string_view bytes) {
  if (bytes.size() > message_bytes_max) return false;
  const auto size = static_cast<std::uint32_t>(bytes.size());
  std::string whole(reinterpret_cast<const char*>(&size), sizeof(size));
  whole += bytes;
  return write_all(file, whole);
}

std::optional<std::string> read_message(int file) {
  std::uint32_t size = 0;
  if (!read_all(file, reinterpret_cast<char*>(&size), sizeof(size))) return std::nullopt;
  if (size > message_bytes_max) return std::nullopt;
  std::string bytes(size, '\0');
  if (!read_all(file, bytes.data(), bytes.size())) return std::nullopt;
  return bytes;
}

}  // namespace insights::source
