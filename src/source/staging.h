// Where files become tables: a private directory with the loaded text files, and a database of
// views over them and over the files that are read in place. When all is there the database is
// closed for good, and opened again to be read only.
#pragma once

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "source/engine.h"
#include "source/private_directory.h"

namespace insights::source {

struct EngineOptions {
  int threads = 0;  // 0 = as many as the machine has
  std::int64_t memory_max_bytes = std::int64_t{1} << 30;
};

// The database while it is being filled. Its statements are our own.
class Staging {
 public:
  // `files`: all that may be read besides the private directory, so that a view inside a database
  // file reaches no other.
  static base::Result<Staging> create(const EngineOptions& options,
                                      const std::vector<std::filesystem::path>& files,
                                      std::stop_token stop);

  // Runs one statement; a stop interrupts it.
  engine::Outcome<Rows> run(const std::string& statement,
                            std::chrono::milliseconds time_max = std::chrono::hours{24});
  // The same, with any failure as an Error in the engine's words.
  base::Result<Rows> run_or_error(const std::string& statement);
  // The cancelled Error if a stop was asked for.
  base::Status stopped() const;
  const std::stop_token& stop_token() const { return stop_; }
  // A name in the private directory that no file has yet.
  std::filesystem::path new_file(std::string_view extension);

  // A database file beside the staging database; to be attached again at each opening.
  struct Attached {
    std::string path;
    std::string name;
  };
  // What the closed database needs to be read.
  struct Closed {
    PrivateDirectory directory;
    std::filesystem::path file;
    EngineOptions options;
  };
  // Writes all to disk and closes the database.
  base::Result<Closed> close() &&;

 private:
  Staging(PrivateDirectory directory, EngineOptions options, engine::Database database,
          engine::Connection connection, std::stop_token stop);
  PrivateDirectory directory_;
  EngineOptions options_;
  engine::Database database_;
  engine::Connection connection_;
  std::stop_token stop_;
  int files_ = 0;
};

std::string attach_statement(const Staging::Attached& database);

// Leaves the engine these files and its own temporary directory, and nothing else of the file
// system or the network.
std::vector<std::string> statements_to_confine(const std::vector<std::filesystem::path>& files);

// The settings that hold for loading and reading alike.
std::vector<engine::Setting> engine_settings(const EngineOptions& options,
                                             const std::filesystem::path& directory);

}  // namespace insights::source
