// Fills a Frame from a source, in one streaming scan.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "frame/frame.h"
#include "source/source.h"

namespace insights::frame {

struct LoadOptions {
  std::int64_t rows_max = 50'000'000;  // later rows are left unread, and the frame says so
  std::size_t values_max = 2'000'000;  // of a text column; beyond, the column is Dropped
  std::size_t columns_max = 400;       // later columns are left unread
  std::chrono::milliseconds time_max{std::chrono::minutes{10}};
  int threads = 1;  // that fill columns; the frame does not depend on how many
};

// Runs `query` (it must give the columns of the frame, in order) and keeps all of its rows.
// Errors: those of Source::scan.
base::Result<Frame> load(source::Source& source, const sql::CheckedQuery& query, std::string table,
                         const std::vector<source::TableColumn>& columns,
                         std::int64_t rows_expected, const LoadOptions& options,
                         std::stop_token stop);

}  // namespace insights::frame
