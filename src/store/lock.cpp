#include "store/lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace insights::store {

using base::ErrorKind;
using base::fail;

base::Result<StoreLock> StoreLock::take(const std::string& store) {
  const auto path = store + ".lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0)
    return fail(ErrorKind::unavailable,
                fmt::format("cannot open {}: {}", path, std::strerror(errno)),
                "The user that runs insights must be able to write the folder of the store.");
  StoreLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0)
    return fail(ErrorKind::refused, fmt::format("the store {} is used by a server", store),
                "Stop that server, or name another store.");
  return lock;
}

StoreLock::StoreLock(StoreLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

StoreLock::~StoreLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace insights::store
