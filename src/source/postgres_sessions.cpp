#include "source/postgres_sessions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <thread>
#include <utility>

#include "sql/dialect.h"

namespace insights::source::postgres {

namespace {

using base::ErrorKind;
using base::fail;
using std::chrono::milliseconds;

constexpr std::size_t idle_max = 4;
constexpr milliseconds setup_time_max{10'000};
// The server's own limit is a net below ours: it ends what we can no longer cancel.
constexpr milliseconds beyond_ours{5'000};
constexpr std::array reconnect_pauses{milliseconds{0}, milliseconds{300}, milliseconds{1500}};

constexpr std::string_view begin_statement =
    "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";

struct Setting {
  std::string_view name, value;
};

// What a query may rely on, whatever the server's or the role's own settings are.
constexpr std::array settings{
    Setting{"standard_conforming_strings", "on"},  // else the parser and the server read two texts
    Setting{"client_encoding", "UTF8"}, Setting{"transform_null_equals", "off"},
    Setting{"DateStyle", "ISO, MDY"}, Setting{"IntervalStyle", "postgres"},
    Setting{"TimeZone", "UTC"}, Setting{"bytea_output", "hex"}, Setting{"extra_float_digits", "1"},
    Setting{"synchronize_seqscans", "off"},  // rows in the order they are stored
    Setting{"lock_timeout", "5s"},
    // While we wait for nothing the server need not wait for us.
    Setting{"idle_in_transaction_session_timeout", "1min"}};

// The keeper is idle by its trade. A client that is gone shows by the keepalives.
constexpr std::array keeper_settings{
    Setting{"idle_in_transaction_session_timeout", "4h"}, Setting{"tcp_keepalives_idle", "60"},
    Setting{"tcp_keepalives_interval", "10"}, Setting{"tcp_keepalives_count", "6"}};

std::string set_local(std::string_view name, std::string_view value) {
  return fmt::format("SET LOCAL {} = {}", name, sql::quote_text(value));
}

// "35s", "2min" and the like as the server writes a time of so many milliseconds.
std::string time_text(milliseconds time) {
  const auto count = time.count();
  if (count % 86'400'000 == 0) return fmt::format("{}d", count / 86'400'000);
  if (count % 3'600'000 == 0) return fmt::format("{}h", count / 3'600'000);
  if (count % 60'000 == 0) return fmt::format("{}min", count / 60'000);
  return fmt::format("{}s", count / 1000);
}

// In whole seconds, at least one.
milliseconds server_limit(milliseconds ours) {
  const auto most = milliseconds{std::chrono::hours{24}};
  const auto limit = std::min(ours, most) + beyond_ours;
  return std::chrono::ceil<std::chrono::seconds>(limit);
}

std::string settings_query(const std::vector<std::string>& names) {
  std::string text = "SELECT current_setting('transaction_read_only')";
  for (const auto& name : names)
    text += fmt::format(", current_setting({})", sql::quote_text(name));
  return text;
}

base::Status check_settings(const Rows& rows, const std::vector<std::string>& names,
                            const std::vector<std::string>& values) {
  const auto differs = [](std::string_view name, std::string_view value, std::string_view wanted) {
    return fail(ErrorKind::refused,
                fmt::format("the server has {} = {} where {} was asked for", name, value, wanted),
                "Connect to the server itself, without a pooler between.");
  };
  if (rows.rows.size() != 1 || rows.rows.front().size() != names.size() + 1)
    return differs("no settings", "", "some");
  const auto& row = rows.rows.front();
  if (text_of(row[0]) != "on") return differs("transaction_read_only", text_of(row[0]), "on");
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (text_of(row[i + 1]) != values[i]) return differs(names[i], text_of(row[i + 1]), values[i]);
  }
  return {};
}

// A server that does not answer to what takes no time is as good as gone.
base::Error or_silent(base::Error error) {
  if (error.kind != ErrorKind::timed_out) return error;
  return {ErrorKind::disconnected,
          fmt::format("the connection was lost: no answer for {} s", setup_time_max.count() / 1000),
          "Is the server still running?"};
}

// Statements that make a pinned transaction, and what they must have brought about.
struct Opening {
  std::vector<std::string> statements;
  std::vector<std::string> names, values;

  void set(std::string_view name, std::string_view value) {
    statements.push_back(set_local(name, value));
    names.emplace_back(name);
    values.emplace_back(value);
  }
};

}  // namespace

Sessions::Lease::~Lease() {
  if (sessions_ == nullptr || !connection_.alive()) return;
  if (connection_.run({"ROLLBACK"}, {setup_time_max, {}}))
    sessions_->give_back(std::move(connection_));
}

void Sessions::give_back(Connection connection) {
  const std::scoped_lock lock(mutex_);
  if (idle_.size() < idle_max) idle_.push_back(std::move(connection));
}

base::Result<std::unique_ptr<Sessions>> Sessions::open(PostgresTarget target,
                                                       const Patience& patience) {
  std::unique_ptr<Sessions> sessions(new Sessions(std::move(target)));
  TRY(sessions->take_snapshot(patience));
  sessions->server_version_ = sessions->keeper_->server_version();
  sessions->encrypted_ = sessions->keeper_->encrypted();
  return sessions;
}

void Sessions::set_search_path(const std::vector<std::string>& schemas) {
  const std::scoped_lock lock(mutex_);
  // Named last, temporary tables shadow nothing.
  search_path_ = "pg_catalog";
  for (const auto& schema : schemas) search_path_ += ", " + schema;
  search_path_ += ", pg_temp";
}

bool Sessions::is_pinned() {
  const std::scoped_lock lock(mutex_);
  return !snapshot_.empty();
}

std::vector<std::string> Sessions::take_notes() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(notes_, {});
}

// The mutex is held, or nobody else is there yet.
base::Status Sessions::take_snapshot(const Patience& patience) {
  keeper_.reset();
  snapshot_.clear();
  keeper_ = TRY(Connection::open(target_, patience));
  std::vector<std::string> statements{std::string(begin_statement)};
  for (const auto& [name, value] : keeper_settings) statements.push_back(set_local(name, value));
  // Sent after the settings, for it is a query, and pins the transaction.
  statements.emplace_back("SELECT pg_export_snapshot()");
  const auto exported = keeper_->run(statements, {setup_time_max, patience.stop});
  if (exported && exported->rows.size() == 1) {
    snapshot_ = text_of(exported->rows.front().front());
    return {};
  }
  if (!exported && exported.error().kind != ErrorKind::unavailable)
    return std::unexpected(or_silent(exported.error()));
  notes_.emplace_back(
      "The server gives no snapshot to share: data that changes during the run is seen as it "
      "changes.");
  return {};
}

base::Result<Connection> Sessions::idle_or_new(const Patience& patience) {
  if (idle_.empty()) return Connection::open(target_, patience);
  Connection connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

base::Result<Sessions::Lease> Sessions::begin_once(Order order, const Patience& patience) {
  if (!keeper_ || !keeper_->alive()) TRY(take_snapshot(patience));
  auto connection = TRY(idle_or_new(patience));
  Opening opening;
  opening.statements.emplace_back(begin_statement);
  if (!snapshot_.empty()) {
    opening.statements.push_back(
        fmt::format("SET TRANSACTION SNAPSHOT {}", sql::quote_text(snapshot_)));
  }
  for (const auto& [name, value] : settings) opening.set(name, value);
  opening.set("statement_timeout", time_text(server_limit(patience.time_max)));
  if (order == Order::stored) opening.set("max_parallel_workers_per_gather", "0");
  opening.statements.push_back("SET LOCAL search_path = " + search_path_);
  opening.names.emplace_back("search_path");
  opening.values.push_back(search_path_);
  opening.statements.push_back(settings_query(opening.names));
  const auto rows = connection.run(opening.statements, {setup_time_max, patience.stop});
  if (!rows) return std::unexpected(or_silent(rows.error()));
  TRY(check_settings(*rows, opening.names, opening.values));
  return Lease(*this, std::move(connection));
}

base::Result<Sessions::Lease> Sessions::begin(Order order, const Patience& patience) {
  std::unique_lock lock(mutex_);
  if (lost_) return std::unexpected(*lost_);
  std::optional<base::Error> error;
  for (const auto pause : reconnect_pauses) {
    for (auto waited = milliseconds{0}; waited < pause; waited += milliseconds{50}) {
      if (patience.stop.stop_requested()) return std::unexpected(cancelled());
      std::this_thread::sleep_for(milliseconds{50});
    }
    auto lease = begin_once(order, patience);
    if (lease) {
      if (error) notes_.push_back(fmt::format("{}; it was connected again.", error->message));
      return lease;
    }
    error = std::move(lease).error();
    // A snapshot whose keeper is gone is an invalid name: the keeper finds out by being asked.
    const bool keeper_gone =
        keeper_ && !snapshot_.empty() && !keeper_->run({"SELECT 1"}, {setup_time_max, {}});
    if (keeper_gone) {
      keeper_.reset();
      notes_.emplace_back(
          "The connection that held the data still was lost: what was asked later is of a later "
          "state of the data.");
      idle_.clear();
      continue;
    }
    if (error->kind != ErrorKind::disconnected) return std::unexpected(*error);
    idle_.clear();
  }
  lost_ = error;
  return std::unexpected(*error);
}

}  // namespace insights::source::postgres
