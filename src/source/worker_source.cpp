#include "source/worker_source.h"

#include <fmt/format.h>

#include <algorithm>

namespace insights::source {

namespace {

using base::ErrorKind;
using base::fail;

// The engine ends a query itself at its deadline; a process that has not by then is killed.
constexpr std::chrono::milliseconds grace{300};
constexpr std::chrono::seconds start_time_max{30};
constexpr std::chrono::milliseconds time_ceiling = std::chrono::hours{24 * 365};

// What the engine may plan with: the rest is for the program itself and what it does not count.
constexpr double engine_share = 0.5;

// Sanitizers take terabytes of address space for themselves.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool limits_address_space = false;
#else
constexpr bool limits_address_space = true;
#endif

}  // namespace

base::Result<std::unique_ptr<Source>> WorkerSource::open(Staging::Closed staging,
                                                         DuckDbContents contents,
                                                         WorkerCommand command,
                                                         std::int64_t memory_max_bytes) {
  std::unique_ptr<WorkerSource> source(new WorkerSource(std::move(staging), std::move(contents),
                                                        std::move(command), memory_max_bytes));
  TRY(source->make_ready({}));
  return std::unique_ptr<Source>(std::move(source));
}

WorkerSource::WorkerSource(Staging::Closed staging, DuckDbContents contents, WorkerCommand command,
                           std::int64_t memory_max_bytes)
    : staging_(std::move(staging)),
      contents_(std::move(contents)),
      command_(std::move(command)),
      memory_max_bytes_(memory_max_bytes) {}

base::Status WorkerSource::make_ready(const std::stop_token& stop) {
  if (process_) return {};
  WorkerTask task;
  task.file = staging_.file;
  task.engine = staging_.options;
  task.engine.memory_max_bytes =
      static_cast<std::int64_t>(static_cast<double>(memory_max_bytes_) * engine_share);
  task.address_space_max_bytes =
      limits_address_space ? memory_max_bytes_ - memory_max_bytes_ / 10 : 0;
  task.parquet = contents_.parquet;
  task.databases = contents_.databases;
  process_.emplace(TRY(WorkerProcess::start(command_)));
  std::string words = "it ended at once";
  if (process_->send(packed(task))) {
    const auto message = process_->receive(std::chrono::steady_clock::now() + start_time_max, stop);
    const auto answer = message ? unpacked_answer(*message)
                                : fail(ErrorKind::unavailable, "it ended before it was ready");
    if (answer && answer->word == WorkerWord::ready) return {};
    words = answer ? answer->error.message : answer.error().message;
  }
  process_.reset();
  if (stop.stop_requested()) return fail(ErrorKind::cancelled, "the query was stopped");
  return fail(ErrorKind::unavailable, fmt::format("the worker process did not start: {}", words),
              "Give it more memory: --memory 2GB.");
}

base::Result<WorkerProcess::Deadline> WorkerSource::ask(const WorkerRequest& request,
                                                        const std::stop_token& stop) {
  TRY(make_ready(stop));
  if (!process_->send(packed(request))) {
    // It may have ended since the last query; a new one gets one chance.
    process_.reset();
    TRY(make_ready(stop));
    if (!process_->send(packed(request))) {
      process_.reset();
      return fail(ErrorKind::unavailable, "the worker process does not answer");
    }
  }
  const auto patience =
      std::clamp(request.limits.time_max, std::chrono::milliseconds{0}, time_ceiling) + grace;
  return std::chrono::steady_clock::now() + patience;
}

base::Result<std::string> WorkerSource::next_message(WorkerProcess::Deadline deadline,
                                                     const Limits& limits,
                                                     const std::stop_token& stop) {
  auto message = process_->receive(deadline, stop);
  if (message) return *std::move(message);
  process_.reset();  // killed, whatever it was doing
  switch (message.error()) {
    case WorkerProcess::Silence::stopped:
      return fail(ErrorKind::cancelled, "the query was stopped");
    case WorkerProcess::Silence::timed_out:
      return fail(
          ErrorKind::timed_out,
          fmt::format("the query took longer than {} s",
                      static_cast<double>(limits.time_max.count()) / 1000.0),
          "Raise the time limit, or ask for less: fewer groups, a shorter period, fewer columns.");
    case WorkerProcess::Silence::ended:
      return fail(ErrorKind::unavailable,
                  fmt::format("the query needed more than the {} MB it may take, and was ended",
                              memory_max_bytes_ >> 20),
                  "Ask for less: fewer rows in a list or text, or give it more: --memory 2GB.");
  }
  std::unreachable();
}

base::Result<Rows> WorkerSource::query(const sql::CheckedQuery& query, const Limits& limits,
                                       std::stop_token stop) {
  const std::scoped_lock lock(mutex_);
  const auto deadline = TRY(ask({.limits = limits, .text = query.text()}, stop));
  const auto message = TRY(next_message(deadline, limits, stop));
  auto answer = unpacked_answer(message);
  if (answer && answer->word == WorkerWord::rows) return std::move(answer->rows);
  if (answer && answer->word == WorkerWord::error) return std::unexpected(answer->error);
  process_.reset();
  return fail(ErrorKind::unavailable, "the worker process does not answer what was asked");
}

base::Status WorkerSource::scan(const sql::CheckedQuery& query, const Limits& limits,
                                std::stop_token stop, const BatchSink& sink) {
  const std::scoped_lock lock(mutex_);
  const auto deadline = TRY(ask({.is_scan = true, .limits = limits, .text = query.text()}, stop));
  while (true) {
    const auto message = TRY(next_message(deadline, limits, stop));
    const auto answer = unpacked_answer(message);
    if (answer && answer->word == WorkerWord::end) return {};
    if (answer && answer->word == WorkerWord::error) return std::unexpected(answer->error);
    if (answer && answer->word == WorkerWord::batch && sink(answer->batch)) continue;
    process_.reset();  // it is still sending
    if (answer && answer->word == WorkerWord::batch) return {};
    return fail(ErrorKind::unavailable, "the worker process does not answer what was asked");
  }
}

base::Result<DataVersion> WorkerSource::version(std::stop_token stop) {
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
