#include "source/open.h"

#include <fmt/format.h>

#include <algorithm>

#include "source/duckdb_source.h"
#include "source/exposure.h"
#include "source/files.h"
#include "source/load.h"
#include "source/look.h"
#include "source/parts.h"
#include "source/postgres_source.h"
#include "source/staging.h"
#include "source/worker_source.h"

namespace insights::source {

namespace {

struct LookedAt {
  DataFile file;
  TextForm form;
};

// Every file is looked at before any is loaded. One that was named must be a table; one of a
// directory or glob that is none is passed over, as long as others are left.
base::Result<std::vector<LookedAt>> look_at_all(const std::vector<DataFile>& files,
                                                std::vector<std::string>& notes) {
  std::vector<LookedAt> seen;
  std::optional<base::Error> first_error;
  for (const auto& file : files) {
    const auto form = look_at(file);
    if (form) {
      seen.push_back({file, *form});
      continue;
    }
    if (file.named) return std::unexpected(form.error());
    if (!first_error) first_error = form.error();
    notes.push_back("Passed over: " + form.error().message + ".");
  }
  if (seen.empty() && first_error) return std::unexpected(*std::move(first_error));
  return seen;
}

base::Result<Loaded> load_all(const std::vector<LookedAt>& files, Staging& staging) {
  Loaded loaded;
  std::optional<base::Error> first_error;
  for (const auto& [file, form] : files) {
    auto done = load_file(file, form, staging, loaded);
    if (done) continue;
    if (file.named || done.error().kind != base::ErrorKind::invalid_input)
      return std::unexpected(std::move(done).error());
    loaded.notes.push_back("Passed over: " + done.error().message + ".");
    if (!first_error) first_error = std::move(done).error();
  }
  if (loaded.parts.empty() && first_error) return std::unexpected(*std::move(first_error));
  return loaded;
}

// The files as they are before they are read; a database with the log that belongs to it.
std::vector<FileStamp> stamps_of(const std::vector<LookedAt>& files) {
  std::vector<FileStamp> stamps;
  for (const auto& [file, form] : files) {
    std::error_code error;
    const auto path = std::filesystem::absolute(file.path, error);
    stamps.push_back(stamp_of(path));
    const auto log = path.string() + ".wal";
    if (file.kind == FileKind::database && std::filesystem::exists(log, error)) {
      stamps.push_back(stamp_of(log));
    }
  }
  return stamps;
}

// All that the engine may read, named as it will be asked for.
std::vector<std::filesystem::path> paths_of(const std::vector<LookedAt>& files,
                                            const std::vector<FileStamp>& stamps) {
  std::vector<std::filesystem::path> paths;
  paths.reserve(stamps.size() + 2 * files.size());
  for (const auto& stamp : stamps) paths.push_back(stamp.path);
  for (const auto& [file, form] : files) {
    paths.push_back(file.path);
    std::error_code error;
    if (file.kind == FileKind::database) {
      paths.emplace_back(std::filesystem::absolute(file.path, error).string() + ".wal");
    }
  }
  return paths;
}

void append(std::vector<std::string> from, std::vector<std::string>& to) {
  std::ranges::move(from, std::back_inserter(to));
}

// All that was named, loaded and looked at, and closed again.
struct Staged {
  Staging::Closed database;
  DuckDbContents contents;
};

base::Result<Staged> stage(const OpenOptions& options, std::stop_token stop) {
  auto found = TRY(find_files(options.locations));
  DuckDbContents contents;
  contents.notes = std::move(found.notes);
  const auto files = TRY(look_at_all(found.files, contents.notes));
  contents.files = stamps_of(files);
  auto staging = TRY(Staging::create({options.threads, options.memory_max_bytes},
                                     paths_of(files, contents.files), std::move(stop)));
  auto loaded = TRY(load_all(files, staging));
  append(std::move(loaded.notes), contents.notes);
  for (const auto& part : loaded.parts) {
    if (!part.parquet.empty()) contents.parquet.push_back(part.parquet);
  }
  contents.databases = std::move(loaded.databases);
  auto plans = plan_tables(std::move(loaded.parts));
  append(std::move(plans.notes), contents.notes);
  for (const auto& plan : plans.tables)
    contents.tables.push_back(TRY(expose(plan, staging, contents.notes)));
  return Staged{TRY(std::move(staging).close()), std::move(contents)};
}

base::Result<std::unique_ptr<Source>> open_postgres(const OpenOptions& options,
                                                    std::stop_token stop) {
  if (options.locations.size() == 1) {
    return PostgresSource::open({options.locations.front(), options.allow_privileged_role},
                                std::move(stop));
  }
  return base::fail(base::ErrorKind::invalid_input,
                    "a PostgreSQL database cannot be read together with something else",
                    "Name the URL alone.");
}

}  // namespace

base::Result<std::unique_ptr<Source>> open(const OpenOptions& options, std::stop_token stop) {
  if (std::ranges::any_of(options.locations, is_postgres_url))
    return open_postgres(options, std::move(stop));
  auto staged = TRY(stage(options, std::move(stop)));
  return DuckDbSource::open(std::move(staged.database), std::move(staged.contents));
}

base::Result<std::unique_ptr<Source>> open_in_worker(const OpenOptions& options,
                                                     const WorkerCommand& command,
                                                     std::stop_token stop) {
  // A server has processes and limits of its own.
  if (std::ranges::any_of(options.locations, is_postgres_url))
    return open_postgres(options, std::move(stop));
  auto staged = TRY(stage(options, std::move(stop)));
  return WorkerSource::open(std::move(staged.database), std::move(staged.contents), command,
                            options.memory_max_bytes);
}

}  // namespace insights::source
