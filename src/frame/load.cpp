#include "frame/load.h"

#include <algorithm>

#include "base/ensure.h"
#include "frame/column_builder.h"

namespace insights::frame {

namespace {

// Rows whose hash over all columns equals an earlier row's. 64-bit hashes: at 10 million rows the
// chance of one false pair is below 3 in a million.
std::int64_t count_repeats(std::vector<std::uint64_t> hashes) {
  std::ranges::sort(hashes);
  std::int64_t repeats = 0;
  for (std::size_t i = 1; i < hashes.size(); ++i) {
    if (hashes[i] == hashes[i - 1]) ++repeats;
  }
  return repeats;
}

bool has_unique_column(const Frame& frame) {
  return std::ranges::any_of(frame.columns, [&](const Column& column) {
    return column.profile.nulls == 0 && !column.profile.distinct_is_lower_bound &&
           column.profile.distinct == static_cast<std::int64_t>(frame.rows);
  });
}

}  // namespace

base::Result<Frame> load(source::Source& source, const sql::CheckedQuery& query, std::string table,
                         const std::vector<source::TableColumn>& columns,
                         std::int64_t rows_expected, const LoadOptions& options,
                         std::stop_token stop) {
  const auto rows_to_keep = static_cast<std::size_t>(std::min(rows_expected, options.rows_max));
  std::vector<ColumnBuilder> builders;
  builders.reserve(columns.size());
  for (const auto& column : columns) {
    builders.emplace_back(column.name, column.engine_type, rows_to_keep, options.values_max);
  }
  std::vector<std::uint64_t> row_hashes;
  row_hashes.reserve(rows_to_keep);

  const auto sink = [&](const source::Batch& batch) {
    base::ensure(batch.columns.size() == builders.size(), "the scan gives the columns asked for");
    const std::size_t first = row_hashes.size();
    const std::size_t room = static_cast<std::size_t>(options.rows_max) - first;
    const std::size_t rows = std::min(batch.rows, room);
    row_hashes.resize(first + rows, 0);
    const std::span<std::uint64_t> hashes = std::span(row_hashes).subspan(first);
    for (std::size_t i = 0; i < builders.size(); ++i) {
      builders[i].append(batch.columns[i], rows, hashes);
    }
    return rows == batch.rows;
  };
  source::Limits limits;
  limits.rows_max = std::numeric_limits<std::int64_t>::max();
  limits.bytes_max = std::numeric_limits<std::int64_t>::max();
  limits.time_max = options.time_max;
  const auto scanned = source.scan(query, limits, stop, sink);
  if (!scanned) return std::unexpected(scanned.error());

  Frame frame;
  frame.table = std::move(table);
  frame.rows = row_hashes.size();
  frame.rows_in_source = std::max(rows_expected, static_cast<std::int64_t>(frame.rows));
  for (auto& builder : builders) frame.columns.push_back(builder.finish());
  if (!has_unique_column(frame)) frame.duplicate_rows = count_repeats(std::move(row_hashes));
  return frame;
}

}  // namespace insights::frame
