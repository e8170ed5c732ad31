#include "source/private_directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <system_error>

namespace insights::source {

namespace {

namespace fs = std::filesystem;

constexpr const char* prefix = "insights-";
constexpr const char* lock_name = "in-use";
// A directory so young may not have been locked yet.
constexpr std::time_t age_min_seconds = 60;

bool is_abandoned(const fs::path& directory) {
  struct stat status{};
  if (::lstat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
      status.st_uid != ::geteuid())
    return false;
  const int lock = ::open((directory / lock_name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (lock < 0) return false;
  const bool old =
      ::fstat(lock, &status) == 0 && status.st_mtime + age_min_seconds < std::time(nullptr);
  const bool free = old && ::flock(lock, LOCK_EX | LOCK_NB) == 0;
  ::close(lock);
  return free;
}

void remove_abandoned(const fs::path& parent) {
  std::error_code error;
  for (fs::directory_iterator entry(parent, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->path().filename().string().starts_with(prefix) && is_abandoned(entry->path())) {
      fs::remove_all(entry->path(), ignored);
    }
  }
}

}  // namespace

base::Result<PrivateDirectory> PrivateDirectory::create() {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  const auto failed = [&] {
    return base::fail(base::ErrorKind::unavailable,
                      fmt::format("no temporary directory could be made in {}: {}", parent.string(),
                                  error ? error.message() : std::strerror(errno)),
                      "Set TMPDIR to a directory that can be written and has room for the data.");
  };
  if (error) return failed();
  remove_abandoned(parent);
  std::string pattern = (parent / prefix).string() + "XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) return failed();
  PrivateDirectory directory(pattern, -1);
  directory.lock_ =
      ::open((directory.path_ / lock_name).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (directory.lock_ < 0 || ::flock(directory.lock_, LOCK_EX | LOCK_NB) != 0) return failed();
  return directory;
}

PrivateDirectory::~PrivateDirectory() {
  std::error_code
      ignored;  // what stays behind is in the system's directory for what may stay behind
  if (!path_.empty()) fs::remove_all(path_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace insights::source
