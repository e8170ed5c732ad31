#include "store/failure.h"

#include <fmt/format.h>
#include <sqlite3.h>

namespace insights::store {

using base::ErrorKind;
using base::fail;

std::unexpected<base::Error> failure(int code, const std::string& path, std::string_view said) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return fail(ErrorKind::unavailable, fmt::format("the disk of the store {} is full", path),
                  "Free some space; what was stored before is whole.");
    case SQLITE_READONLY:
      return fail(ErrorKind::unavailable,
                  fmt::format("the store {} cannot be written: the file, its folder or its disk is "
                              "read-only",
                              path),
                  "Give the user that runs insights the right to write the file and its folder.");
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return fail(ErrorKind::unavailable, fmt::format("the store {} cannot be opened", path),
                  "The user that runs insights must be able to write the file and its folder.");
    case SQLITE_CORRUPT:
      return fail(ErrorKind::unavailable, fmt::format("the store {} is damaged: {}", path, said),
                  "Move it away and restore a backup.");
    case SQLITE_NOTADB:
      return fail(ErrorKind::unavailable, fmt::format("{} is not a store of insights", path),
                  "Name another file, or move this one away.");
    case SQLITE_IOERR:
      return fail(
          ErrorKind::unavailable,
          fmt::format("the store {} cannot be read or written (input/output error {})", path, code),
          "Look into the system's log for trouble with the disk.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fail(ErrorKind::unavailable,
                  fmt::format("the store {} is being written by another program", path),
                  "Try again in a moment.");
    case SQLITE_CONSTRAINT:
      return fail(ErrorKind::refused, fmt::format("the store {} refuses this: {}", path, said));
    default:
      return fail(ErrorKind::unavailable,
                  fmt::format("the store {} failed (code {}): {}", path, code, said));
  }
}

}  // namespace insights::store
