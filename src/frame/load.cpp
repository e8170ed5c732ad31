#include "frame/load.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <span>

#include "base/ensure.h"
#include "base/parallel.h"
#include "frame/column_builder.h"

namespace insights::frame {

namespace {

// How many of the hashes are there before, among themselves. Open addressing (Knuth, vol. 3, 6.4);
// all of a bucket agree in their highest bits, so the place is by the lowest.
std::int64_t repeats_in(std::span<const std::uint64_t> hashes) {
  constexpr std::uint64_t free = 0;
  std::vector<std::uint64_t> places(std::bit_ceil(2 * hashes.size() + 2), free);
  const std::size_t last = places.size() - 1;
  std::int64_t repeats = 0, frees = 0;
  for (const auto hash : hashes) {
    if (hash == free) {
      repeats += frees++ > 0 ? 1 : 0;
      continue;
    }
    std::size_t place = hash & last;
    while (places[place] != free && places[place] != hash) place = (place + 1) & last;
    repeats += places[place] == hash ? 1 : 0;
    places[place] = hash;
  }
  return repeats;
}

// Rows whose hash over all columns equals an earlier row's. 64-bit hashes: at 10 million rows the
// chance of one false pair is below 3 in a million. Bucket by bucket, by the highest bits, so that
// a bucket's table stays in a near cache.
std::int64_t count_repeats(const std::vector<std::uint64_t>& hashes, int threads,
                           const std::stop_token& stop) {
  constexpr std::size_t buckets = 256;
  const auto bucket_of = [](std::uint64_t hash) { return static_cast<std::size_t>(hash >> 56); };
  std::array<std::ptrdiff_t, buckets + 1> first{};
  for (const auto hash : hashes) ++first[bucket_of(hash) + 1];
  std::partial_sum(first.begin(), first.end(), first.begin());
  std::vector<std::uint64_t> placed(hashes.size());
  auto next = first;
  for (const auto hash : hashes) placed[static_cast<std::size_t>(next[bucket_of(hash)]++)] = hash;
  std::array<std::int64_t, buckets> repeats{};
  base::parallel_for(buckets, threads, stop, [&](std::size_t i) {
    repeats[i] = repeats_in({placed.begin() + first[i], placed.begin() + first[i + 1]});
  });
  return std::accumulate(repeats.begin(), repeats.end(), std::int64_t{0});
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
  // Each part of the columns is filled by one thread at a time, which hashes its part of each row.
  const std::size_t parts =
      std::min(columns.size(), static_cast<std::size_t>(std::max(1, options.threads)) * 4);
  std::vector<std::vector<std::uint64_t>> part_hashes(parts);

  const auto sink = [&](const source::Batch& batch) {
    base::ensure(batch.columns.size() == builders.size(), "the scan gives the columns asked for");
    const std::size_t first = row_hashes.size();
    const std::size_t room = static_cast<std::size_t>(options.rows_max) - first;
    const std::size_t rows = std::min(batch.rows, room);
    base::parallel_for(parts, options.threads, {}, [&](std::size_t part) {
      part_hashes[part].assign(rows, 0);
      for (std::size_t i = part; i < builders.size(); i += parts)
        builders[i].append(batch.columns[i], rows, part_hashes[part]);
    });
    row_hashes.resize(first + rows, 0);
    for (const auto& hashes : part_hashes) {
      for (std::size_t row = 0; row < rows; ++row) row_hashes[first + row] += hashes[row];
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
  frame.columns.resize(builders.size());
  base::parallel_for(builders.size(), options.threads, {},
                     [&](std::size_t i) { frame.columns[i] = builders[i].finish(); });
  if (!has_unique_column(frame))
    frame.duplicate_rows = count_repeats(row_hashes, options.threads, stop);
  return frame;
}

}  // namespace insights::frame
