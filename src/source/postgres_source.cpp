#include "source/postgres_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "source/postgres_catalog.h"
#include "source/postgres_role.h"
#include "source/postgres_values.h"

namespace insights::source {

namespace {

using base::ErrorKind;
using postgres::Answer;
using postgres::RowReader;
using postgres::Sessions;

constexpr std::chrono::milliseconds catalog_time_max{60'000};
constexpr std::chrono::milliseconds digest_time_max{15'000};
constexpr std::size_t batch_rows = 2048;
constexpr std::int64_t batch_bytes = 8 << 20;
// What one row may take while it comes in; the network's own buffers count for some of it.
constexpr std::int64_t row_bytes_max = 64 << 20;
// As many bytes of tables as are read a second time for a digest.
constexpr std::int64_t digest_bytes_max = 64 << 20;

// Collects rows until a limit is passed.
class Collector {
 public:
  explicit Collector(const Limits& limits) : limits_(limits) {}

  // False once there was more than the limits allow.
  bool add(const PGresult* result) {
    if (!reader_) {
      reader_.emplace(result);
      rows_.columns = reader_->names();
    }
    if (PQntuples(result) == 0) return true;
    if (std::cmp_greater_equal(rows_.rows.size(), limits_.rows_max)) return truncated();
    std::vector<Cell> cells;
    for (int column = 0; column < PQnfields(result); ++column) {
      bytes_ += PQgetlength(result, 0, column) + static_cast<std::int64_t>(sizeof(Cell));
      if (bytes_ > limits_.bytes_max) return truncated();
      cells.push_back(reader_->cell(result, 0, column));
    }
    rows_.rows.push_back(std::move(cells));
    return true;
  }
  bool truncated() {
    rows_.truncated = true;
    return false;
  }

  Rows rows() && { return std::move(rows_); }

 private:
  Limits limits_;
  Rows rows_;
  std::optional<RowReader> reader_;
  std::int64_t bytes_ = 0;
};

// Gathers rows into batches; the results behind them are kept until a batch was given.
class Batcher {
 public:
  explicit Batcher(const BatchSink& sink) : sink_(sink) {}

  bool add(Answer row) {
    if (!reader_) {
      reader_.emplace(row.get());
      batch_ = reader_->batch();
    }
    if (PQntuples(row.get()) == 0) return true;
    reader_->append(row.get(), 0, batch_);
    for (int column = 0; column < PQnfields(row.get()); ++column)
      bytes_ += PQgetlength(row.get(), 0, column);
    held_.push_back(std::move(row));
    return held_.size() < batch_rows && bytes_ < batch_bytes ? true : give();
  }

  bool give() {
    if (held_.empty()) return true;
    const bool more = sink_(batch_);
    batch_ = reader_->batch();
    held_.clear();
    bytes_ = 0;
    return more;
  }

 private:
  const BatchSink& sink_;
  std::optional<RowReader> reader_;
  Batch batch_;
  std::vector<Answer> held_;
  std::int64_t bytes_ = 0;
};

std::string version_text(int version) {
  return fmt::format("PostgreSQL {}.{}", version / 10'000, version % 10'000);
}

// The rows' own texts, added up whatever their order; beside them how many there are.
std::string digest_query(const std::vector<Table>& tables) {
  std::string parts;
  for (const auto& table : tables) {
    std::string list;
    for (const auto& column : table.columns)
      list += (list.empty() ? "" : ", ") + column_sql(column);
    parts += fmt::format(
        "{}SELECT {} AS name, count(*) AS row_count, "
        "coalesce(sum(CAST(hashtextextended(CAST(ROW({}) "
        "AS text), 0) AS numeric)), 0) AS first_sum, "
        "coalesce(sum(CAST(hashtextextended(CAST(ROW({}) "
        "AS text), 1) AS numeric)), 0) AS second_sum FROM {}",
        parts.empty() ? "" : " UNION ALL ", sql::quote_text(table.name), list, list,
        relation_sql(table));
  }
  return fmt::format(
      "SELECT md5(string_agg(name || ' ' || row_count || ' ' || first_sum || ' ' || second_sum, "
      "E'\\n' ORDER BY name COLLATE \"C\")) FROM ({}) AS parts",
      parts);
}

std::string size_query(const std::vector<Table>& tables) {
  std::string sum = "0";
  for (const auto& table : tables) {
    sum += fmt::format(" + pg_total_relation_size(CAST({} AS regclass))",
                       sql::quote_text(relation_sql(table)));
  }
  return "SELECT " + sum;
}

}  // namespace

base::Result<std::unique_ptr<Source>> PostgresSource::open(const PostgresOptions& options,
                                                           std::stop_token stop) {
  const Patience patience{catalog_time_max, std::move(stop)};
  auto target = TRY(target_of(options.url));
  auto sessions = TRY(Sessions::open(std::move(target), patience));
  std::unique_ptr<PostgresSource> source(new PostgresSource(std::move(sessions)));
  {
    auto plain = TRY(postgres::Connection::open(source->sessions_->target(), patience));
    const auto path = TRY(postgres::default_schemas(plain, patience));
    auto lease = TRY(source->sessions_->begin(Sessions::Order::any, patience));
    auto audit = TRY(postgres::audit_role(lease.connection(), patience));
    if (!audit.too_much.empty()) {
      auto refusal = postgres::refusal_of(audit);
      if (!options.allow_privileged_role) return std::unexpected(std::move(refusal));
      source->notes_.push_back(
          "Privileged role, allowed by --allow-privileged-role: " + refusal.message + ".");
    }
    std::ranges::move(audit.notes, std::back_inserter(source->notes_));
    auto contents = TRY(postgres::read_contents(lease.connection(),
                                                source->sessions_->target().name, path, patience));
    source->tables_ = std::move(contents.tables);
    std::ranges::move(contents.notes, std::back_inserter(source->notes_));
    source->sessions_->set_search_path(std::move(contents.schemas));
  }
  if (!source->sessions_->encrypted() && !source->sessions_->target().local) {
    source->notes_.emplace_back(
        "The connection to the server is not encrypted: set sslmode=verify-full in the URL.");
  }
  source->take_notes();
  return source;
}

void PostgresSource::take_notes() {
  auto notes = sessions_->take_notes();
  const std::scoped_lock lock(mutex_);
  // The snapshot may have gone with the connection: what is asked now may be of a later state.
  if (!notes.empty()) version_.reset();
  std::ranges::move(notes, std::back_inserter(notes_));
}

base::Result<Rows> PostgresSource::query_once(const sql::CheckedQuery& query, const Limits& limits,
                                              const Patience& patience) {
  auto lease = TRY(sessions_->begin(Sessions::Order::any, patience));
  Collector collector(limits);
  const auto done =
      lease.connection().stream(query.text(), std::max(limits.bytes_max, row_bytes_max), patience,
                                [&](const Answer& answer) { return collector.add(answer.get()); });
  // A row too long to be read is one that passes the limit of bytes.
  if (!done && done.error().kind == ErrorKind::invalid_input)
    collector.truncated();
  else if (!done)
    return std::unexpected(done.error());
  return std::move(collector).rows();
}

base::Result<Rows> PostgresSource::query(const sql::CheckedQuery& query, const Limits& limits,
                                         std::stop_token stop) {
  const Patience patience{limits.time_max, std::move(stop)};
  TRY(Countdown(patience).status());
  auto rows = query_once(query, limits, patience);
  // It was a reading: asked again, it can have done no harm before.
  if (!rows && rows.error().kind == ErrorKind::disconnected)
    rows = query_once(query, limits, patience);
  take_notes();
  return rows;
}

base::Status PostgresSource::scan(const sql::CheckedQuery& query, const Limits& limits,
                                  std::stop_token stop, const BatchSink& sink) {
  const Patience patience{limits.time_max, std::move(stop)};
  TRY(Countdown(patience).status());
  auto lease = TRY(sessions_->begin(Sessions::Order::stored, patience));
  Batcher batcher(sink);
  bool more = true;
  const auto done = lease.connection().stream(
      query.text(), row_bytes_max, patience,
      [&](Answer answer) { return more = batcher.add(std::move(answer)); });
  take_notes();
  if (done && more) batcher.give();
  return done;
}

base::Result<DataVersion> PostgresSource::version(std::stop_token stop) {
  {
    const std::scoped_lock lock(mutex_);
    if (version_) return *version_;
  }
  DataVersion version{version_text(sessions_->server_version()), "", sessions_->is_pinned()};
  const Patience patience{digest_time_max, std::move(stop)};
  if (!tables_.empty()) {
    auto lease = TRY(sessions_->begin(Sessions::Order::any, patience));
    const auto size = TRY(lease.connection().run({size_query(tables_)}, patience));
    const auto* bytes =
        size.rows.empty() ? nullptr : std::get_if<std::int64_t>(&size.rows.front().front());
    if (bytes != nullptr && *bytes <= digest_bytes_max) {
      const auto digest = lease.connection().run({digest_query(tables_)}, patience);
      if (digest && !digest->rows.empty()) version.digest = text_of(digest->rows.front().front());
    }
  }
  const std::scoped_lock lock(mutex_);
  version_ = version;
  return version;
}

base::Result<std::string> postgres_role_script(const std::string& url, std::stop_token stop) {
  if (url.empty()) return postgres::role_script("DATABASE", {"public"});
  const Patience patience{catalog_time_max, std::move(stop)};
  const auto target = TRY(target_of(url));
  auto connection = TRY(postgres::Connection::open(target, patience));
  const auto rows = TRY(connection.run(
      {"BEGIN TRANSACTION READ ONLY",
       "SELECT current_database(), n.nspname FROM pg_catalog.pg_namespace n WHERE n.nspname !~ "
       "'^pg_' AND n.nspname <> 'information_schema' AND has_schema_privilege(n.oid, 'USAGE') AND "
       "EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid AND c.relkind IN "
       "('r', 'p', 'v', 'm')) ORDER BY n.nspname <> 'public', 2"},
      patience));
  std::vector<std::string> schemas;
  for (const auto& row : rows.rows) schemas.push_back(text_of(row[1]));
  if (schemas.empty()) {
    return base::fail(ErrorKind::not_found, "the database holds no table that this role sees",
                      "Name the database that is to be read, with a role that sees its tables.");
  }
  return postgres::role_script(text_of(rows.rows.front()[0]), schemas);
}

}  // namespace insights::source
