#include "source/logged_source.h"

#include "sql/dialect.h"

namespace insights::source {

namespace {

using std::chrono::steady_clock;

QueryRecord record_of(const sql::CheckedQuery& query) {
  QueryRecord record;
  record.sql = query.text();
  record.dialect = sql::name(query.dialect());
  record.verdict = sql::gives_personal(query.resolved()) ? "mask" : "allow";
  return record;
}

std::chrono::milliseconds since(steady_clock::time_point started) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - started);
}

}  // namespace

base::Result<Rows> LoggedSource::query(const sql::CheckedQuery& query, const Limits& limits,
                                       std::stop_token stop) {
  auto record = record_of(query);
  const auto started = steady_clock::now();
  auto result = source_->query(query, limits, std::move(stop));
  record.time = since(started);
  if (result) {
    record.rows = static_cast<std::int64_t>(result->rows.size());
    record.bytes = bytes_of(*result);
    record.truncated = result->truncated;
    record.cached = result->cached.has_value();
  } else {
    record.error = result.error().message;
  }
  sink_(record);
  return result;
}

base::Status LoggedSource::scan(const sql::CheckedQuery& query, const Limits& limits,
                                std::stop_token stop, const BatchSink& sink) {
  auto record = record_of(query);
  const auto started = steady_clock::now();
  const auto counting = [&](const Batch& batch) {
    record.rows += static_cast<std::int64_t>(batch.rows);
    record.bytes += bytes_of(batch);
    const bool goes_on = sink(batch);
    record.truncated = !goes_on;
    return goes_on;
  };
  auto status = source_->scan(query, limits, std::move(stop), counting);
  record.time = since(started);
  if (!status) record.error = status.error().message;
  sink_(record);
  return status;
}

void tell_refusals(sql::Gate& gate, RecordSink sink) {
  const std::string dialect(sql::name(gate.dialect()));
  gate.on_refusal(
      [dialect, sink = std::move(sink)](std::string_view text, const sql::Refusal& refusal) {
        QueryRecord record;
        record.sql = text.substr(0, std::size_t{64} << 10);
        record.dialect = dialect;
        record.verdict = "refuse";
        record.reason = sql::name(refusal.reason);
        sink(record);
      });
}

}  // namespace insights::source
