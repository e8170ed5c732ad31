// Where a report goes: to files, written whole or not at all, and to standard output.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/config.h"

namespace insights::cli {

// One place a report is written to. "-" is standard output.
struct Target {
  std::string file;
  config::Format format = config::Format::text;
  bool operator==(const Target&) const = default;
};

// What the config asks for. A file's format is that of its extension (.txt .json .md .markdown
// .html .htm), else the config's; without files the report goes to standard output. Errors
// (invalid_input): an extension that says nothing where no format is set, a --format that no target
// uses, a target named twice.
base::Result<std::vector<Target>> targets_of(const config::Config& config);

// Puts `text` into the file: written beside it, flushed to the disk, then renamed, so that at any
// moment there is the old file whole or the new file whole. A link is followed; a device or pipe is
// written to directly. Errors: not_found (no such directory), unavailable (a directory, no
// permission, disk full ...).
base::Status write_file(const std::string& file, std::string_view text);

// Whether write_file could do it now: to be asked before the work, not after. Same errors.
base::Status check_writable(const std::string& file);

// Error (unavailable): standard output is closed or full.
base::Status write_standard_output(std::string_view text);

// Puts a text that could not be written where it was meant to go into the directory for temporary
// files, and gives back that file's name. Error: unavailable.
base::Result<std::string> rescue(const std::string& file, std::string_view text);

}  // namespace insights::cli
