// What identifies the content of files.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace insights::source {

// A file as it was at one moment.
struct FileStamp {
  std::filesystem::path path;
  std::uintmax_t bytes = 0;
  std::filesystem::file_time_type written;
  bool operator==(const FileStamp&) const = default;
};

// Whether the files are as their stamps say.
bool are_unchanged(const std::vector<FileStamp>& files);

// As the file is now; all but the path is zero for one that is not there.
FileStamp stamp_of(const std::filesystem::path& path);

// BLAKE2b (256 bits, hexadecimal) over the bytes of the files, in the order of their names, each
// preceded by its size. Empty when a file is no longer what its stamp says: nobody can tell then
// which of the two was read.
// Errors: cancelled, unavailable (a file can no longer be read).
base::Result<std::string> digest_of(std::vector<FileStamp> files, const std::stop_token& stop);

}  // namespace insights::source
