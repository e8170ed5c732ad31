// From what the user named to the files that are meant, each with its kind; no file is opened here
// but to look at its first bytes.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace insights::source {

enum class FileKind { delimited, json, parquet, database };

struct DataFile {
  std::filesystem::path path;  // as the user would write it; it exists and is a regular file
  FileKind kind = FileKind::delimited;
  std::string stem;   // the name without folder and extensions: "sales" of data/sales.csv.gz
  bool named = true;  // by itself, and not as one of a directory or glob

  bool operator==(const DataFile&) const = default;
};

struct FoundFiles {
  std::vector<DataFile> files;  // each once; in the order named, within a directory or glob by name
  std::vector<std::string> notes;  // files of a directory or glob that were passed over
};

// Paths, globs and directories (their own files, not those of directories below) to files.
// Errors: not_found (nothing there), invalid_input (no file of a kind we read), unavailable (not
// readable).
base::Result<FoundFiles> find_files(const std::vector<std::string>& locations);

}  // namespace insights::source
