// A CSV file of our own as Parquet. The one thing this room writes, and never from a source: the
// engine that does it is opened for it alone.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace insights::source {

// Replaces `parquet`. The CSV file has a head; its types are found out. Error: unavailable.
base::Status write_parquet(const std::filesystem::path& csv, const std::filesystem::path& parquet);

}  // namespace insights::source
