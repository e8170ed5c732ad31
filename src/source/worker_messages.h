// What a worker process and its parent say to each other: one request, then one answer or, for a
// scan, batches and an end. Each message is its size in four bytes, and bytes (wire.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "source/duckdb_source.h"
#include "source/rows.h"
#include "source/source.h"

namespace insights::source {

// The first message: what to open.
struct WorkerTask {
  std::filesystem::path file;
  EngineOptions engine;
  std::int64_t address_space_max_bytes = 0;  // 0: no limit
  std::vector<std::filesystem::path> parquet;
  std::vector<Staging::Attached> databases;
};

struct WorkerRequest {
  bool is_scan = false;
  Limits limits;
  std::string text;
};

// What a worker says. `ready` answers the task; `rows` or `error` answers a query; any number of
// `batch` and then `end` or `error` answers a scan.
enum class WorkerWord : std::uint8_t { ready, rows, batch, end, error };

std::string packed(const WorkerTask& task);
std::string packed(const WorkerRequest& request);
std::string packed_word(WorkerWord word);
std::string packed(const Rows& rows);
std::string packed(const Batch& batch);
std::string packed(const base::Error& error);

// Error (unavailable): the bytes are not such a message.
base::Result<WorkerTask> unpacked_task(std::string_view bytes);
base::Result<WorkerRequest> unpacked_request(std::string_view bytes);

struct WorkerAnswer {
  WorkerWord word = WorkerWord::error;
  Rows rows;
  Batch batch;  // its texts are borrowed from the bytes
  base::Error error;
};
base::Result<WorkerAnswer> unpacked_answer(std::string_view bytes);

inline constexpr std::size_t message_bytes_max = std::size_t{256} << 20;

// Writes or reads one whole message of a socket. False: the other side is gone, or (reading) the
// message is too large.
bool write_message(int file, std::string_view bytes);
std::optional<std::string> read_message(int file);

}  // namespace insights::source
