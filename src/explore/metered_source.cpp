#include "explore/metered_source.h"

#include <fmt/format.h>

#include <algorithm>

namespace insights::explore {

namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

template <class Number>
std::string used_up(Number limit, std::string_view unit) {
  return fmt::format("the budget of {} {} is used up", limit, unit);
}

}  // namespace

MeteredSource::MeteredSource(source::Source& source, const Budget& budget, RunObserver& observer)
    : source_(source), budget_(budget), observer_(observer), started_(steady_clock::now()) {}

milliseconds MeteredSource::elapsed() const {
  return duration_cast<milliseconds>(steady_clock::now() - started_);
}

Spent MeteredSource::spent() const {
  const std::scoped_lock lock(mutex_);
  auto spent = spent_;
  spent.wall = elapsed();
  return spent;
}

base::Status MeteredSource::charge() {
  const std::scoped_lock lock(mutex_);
  if (exhausted_.empty()) {
    if (spent_.queries >= budget_.queries_max)
      exhausted_ = used_up(budget_.queries_max, budget_.queries_max == 1 ? "query" : "queries");
    else if (spent_.rows >= budget_.rows_max)
      exhausted_ = used_up(budget_.rows_max, budget_.rows_max == 1 ? "row" : "rows");
    else if (spent_.bytes >= budget_.bytes_max)
      exhausted_ = used_up(budget_.bytes_max, "bytes");
    else if (elapsed() >= budget_.time_max)
      exhausted_ = used_up(static_cast<double>(budget_.time_max.count()) / 1000, "s");
  }
  if (!exhausted_.empty())
    return base::fail(base::ErrorKind::cancelled, exhausted_,
                      "raise the limit, or look at fewer tables");
  ++spent_.queries;
  return {};
}

source::Limits MeteredSource::within_budget(source::Limits limits) const {
  limits.time_max =
      std::min(limits.time_max, std::max(milliseconds{1}, budget_.time_max - elapsed()));
  return limits;
}

void MeteredSource::count_cached(const source::Cached& cached, microseconds saved) {
  ++spent_.queries_cached;
  spent_.saved += saved;
  if (!oldest_cached_ || cached.asked_at < *oldest_cached_) oldest_cached_ = cached.asked_at;
}

void MeteredSource::remember(const base::Error& error) {
  if (error.kind == base::ErrorKind::disconnected && lost_.empty()) lost_ = error.message;
}

base::Result<source::Rows> MeteredSource::query(const sql::CheckedQuery& query,
                                                const source::Limits& limits,
                                                std::stop_token stop) {
  if (auto charged = charge(); !charged) return std::unexpected(charged.error());
  const auto before = steady_clock::now();
  auto capped = within_budget(limits);
  capped.time_max = std::min(capped.time_max, budget_.query_time_max);
  auto result = source_.query(query, capped, stop);
  const auto took = duration_cast<microseconds>(steady_clock::now() - before);
  QueryRun told{.sql = query.text(),
                .milliseconds = duration_cast<milliseconds>(took).count(),
                .error = result ? "" : result.error().message,
                .masked = sql::gives_personal(query.resolved())};
  const std::scoped_lock lock(mutex_);
  if (result) {
    told.rows = static_cast<std::int64_t>(result->rows.size());
    told.bytes = bytes_of(*result);
    told.cached = result->cached.has_value();
    spent_.rows += told.rows;
    spent_.bytes += told.bytes;
    if (told.cached) {
      told.saved = std::max(microseconds{0}, result->cached->took - took);
      count_cached(*result->cached, told.saved);
    }
  } else {
    remember(result.error());
  }
  observer_.on(told);
  return result;
}

base::Status MeteredSource::scan(const sql::CheckedQuery& query, const source::Limits& limits,
                                 std::stop_token stop, const source::BatchSink& sink) {
  if (auto charged = charge(); !charged) return std::unexpected(charged.error());
  const auto before = steady_clock::now();
  std::int64_t rows = 0, bytes = 0;
  const auto counting = [&](const source::Batch& batch) {
    const auto batch_rows = static_cast<std::int64_t>(batch.rows), batch_bytes = bytes_of(batch);
    rows += batch_rows;
    bytes += batch_bytes;
    {
      const std::scoped_lock lock(mutex_);
      spent_.rows += batch_rows;
      spent_.bytes += batch_bytes;
    }
    return sink(batch);
  };
  auto status = source_.scan(query, within_budget(limits), stop, counting);
  const auto took = duration_cast<milliseconds>(steady_clock::now() - before);
  const std::scoped_lock lock(mutex_);
  // A scan is tried again by who asked for it: lost is what no query gets back.
  observer_.on(QueryRun{.sql = query.text(),
                        .rows = rows,
                        .milliseconds = took.count(),
                        .error = status ? "" : status.error().message,
                        .bytes = bytes,
                        .masked = sql::gives_personal(query.resolved())});
  return status;
}

}  // namespace insights::explore
