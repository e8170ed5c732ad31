#include "cache/cached_source.h"

#include <algorithm>

#include "sql/repeatable.h"

namespace insights::cache {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

microseconds since(steady_clock::time_point started) {
  return std::chrono::duration_cast<microseconds>(steady_clock::now() - started);
}

base::Moment now() {
  return {
      std::chrono::duration_cast<microseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count()};
}

bool is_same(const source::DataVersion& left, const source::DataVersion& right) {
  return left.engine == right.engine && left.digest == right.digest &&
         left.is_pinned == right.is_pinned;
}

}  // namespace

CachedSource::CachedSource(std::unique_ptr<source::Source> source, QueryCache& cache, Origin origin)
    : source_(std::move(source)), cache_(cache), origin_(std::move(origin)) {
  for (const auto& table : source_->tables()) {
    if (!table.is_view) continue;
    views_.insert(table.name);
    if (!table.own_name.empty()) views_.insert(table.schema + "." + table.own_name);
  }
}

bool CachedSource::is_repeatable(const sql::CheckedQuery& query) const {
  return sql::is_repeatable(query) &&
         std::ranges::none_of(query.resolved().tables,
                              [this](const std::string& table) { return views_.contains(table); });
}

base::Result<source::Rows> CachedSource::query(const sql::CheckedQuery& query,
                                               const source::Limits& limits, std::stop_token stop) {
  if (!limits.may_be_cached) return source_->query(query, limits, stop);
  const auto before = is_repeatable(query) ? source_->version(stop) : source::DataVersion{};
  const auto keep = before ? cache_.keep_of(*before) : milliseconds{0};
  if (!before || before->engine.empty() || keep <= milliseconds{0}) {
    cache_.told(Outcome::passed);
    return source_->query(query, limits, stop);
  }
  const auto address = address_of(origin_, *before, tables(), query, limits);
  const auto looked_at = steady_clock::now();
  auto [outcome, entry] = cache_.get(address, keep);
  if (entry) {
    cache_.told(outcome, std::max(microseconds{0}, entry->took - since(looked_at)));
    entry->rows.cached = source::Cached{entry->asked_at, entry->took};
    return std::move(entry->rows);
  }
  cache_.told(outcome);
  const auto asked_at = now();
  const auto started = steady_clock::now();
  auto rows = source_->query(query, limits, stop);
  const auto took = since(started);
  if (!rows) return rows;
  // The data may have become another meanwhile: a snapshot was lost, a file written.
  const auto after = source_->version(stop);
  if (after && is_same(*before, *after)) cache_.put(address, {*rows, asked_at, took}, keep);
  return rows;
}

}  // namespace insights::cache
