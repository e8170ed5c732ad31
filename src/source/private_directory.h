// A directory of our own for what a source needs on disk while it is open.
#pragma once

#include <filesystem>
#include <utility>

#include "base/result.h"

namespace insights::source {

// Below the system's directory for temporary files ($TMPDIR), for this user alone; removed with all
// it holds when it goes out of scope. What a killed program has left is removed by the next one
// that makes a directory.
class PrivateDirectory {
 public:
  // Errors: unavailable.
  static base::Result<PrivateDirectory> create();
  PrivateDirectory(PrivateDirectory&& other) noexcept
      : path_(std::exchange(other.path_, {})), lock_(std::exchange(other.lock_, -1)) {}
  PrivateDirectory& operator=(PrivateDirectory&&) = delete;
  ~PrivateDirectory();

  const std::filesystem::path& path() const { return path_; }

 private:
  PrivateDirectory(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::filesystem::path path_;
  int lock_;  // an open file that is locked as long as this program lives
};

}  // namespace insights::source
