#include "source/postgres_connection.h"

#include <fmt/format.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <thread>

#include "source/postgres_values.h"

namespace insights::source::postgres {

namespace {

using base::ErrorKind;
using base::fail;
using std::chrono::milliseconds;

// How often a wait looks for a stop.
constexpr milliseconds look_interval{20};
// How long a server may take to end a query that was cancelled, before the connection is dropped.
constexpr milliseconds cancel_time_max{5'000};
constexpr milliseconds connect_time_max{15'000};
constexpr std::int64_t own_bytes_max = 64 << 20;

// What our own parameters are; they come after the URL's.
constexpr std::array<std::pair<const char*, const char*>, 8> own_parameters{
    {{"client_encoding", "UTF8"},
     {"fallback_application_name", "insights"},
     // A network that is cut shows within half a minute.
     {"keepalives", "1"},
     {"keepalives_idle", "10"},
     {"keepalives_interval", "5"},
     {"keepalives_count", "3"},
     {"tcp_user_timeout", "20000"},
     {"gssencmode", "disable"}}};

// Waits for the socket; false when the time is up. A socket that has a problem counts as ready:
// libpq tells which.
bool ready(PGconn* handle, short events, milliseconds time_max) {
  pollfd socket{PQsocket(handle), events, 0};
  if (socket.fd < 0) return true;
  return ::poll(&socket, 1, static_cast<int>(time_max.count())) != 0;
}

// What the kernel has received on a connection, bytes; 0 where it does not tell.
std::int64_t received_bytes(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  return static_cast<std::int64_t>(info.tcpi_bytes_received);
}

// While it lives, shuts a socket down once more than `bytes_max` were received on it. libpq knows
// how long a value is and reads for as long as the server sends: one call may read a gigabyte.
class ReadingBound {
 public:
  ReadingBound(int socket, std::int64_t bytes_max)
      : thread_([this, socket, bytes_max](const std::stop_token& stop) {
          while (!stop.stop_requested() && received_bytes(socket) <= bytes_max)
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
          if (received_bytes(socket) <= bytes_max) return;
          passed_ = true;
          ::shutdown(socket, SHUT_RDWR);
        }) {}

  bool passed() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    return passed_;
  }

 private:
  std::atomic<bool> passed_ = false;
  std::jthread thread_;  // last: it uses what is above
};

std::string first_line(std::string_view message) {
  return std::string(message.substr(0, message.find('\n')));
}

// The last line of what libpq says of a connection that failed is the server's, or the reason.
base::Error connect_error(const PostgresTarget& target, std::string_view message) {
  while (!message.empty() && (message.back() == '\n' || message.back() == ' '))
    message.remove_suffix(1);
  const auto at = message.rfind(": ");
  const auto line = message.substr(message.rfind('\n') + 1);
  std::string reason(at == std::string_view::npos ? line : message.substr(at + 2));
  reason = first_line(reason);
  const auto says = [&](std::string_view words) {
    return message.find(words) != std::string_view::npos;
  };
  base::Error error{ErrorKind::unavailable,
                    fmt::format("cannot connect to {}: {}", target.name, reason), ""};
  if (says("password") || says("authentication")) {
    error.hint = "Check user and password: in the URL, in PGPASSWORD or in ~/.pgpass.";
  } else if (says("certificate") || says("SSL") || says("host name")) {
    error.hint =
        "Check sslmode and sslrootcert of the URL against the server's certificate: "
        "?sslmode=verify-full&sslrootcert=/path/ca.crt.";
  } else if (says("too many") || says("connection slots") || says("connection limit")) {
    error.kind = ErrorKind::disconnected;
    error.hint = "The program needs two connections. Raise the limit, or try again later.";
  } else if (says("does not exist")) {
    error.hint = "Check the names of the database and of the user in the URL.";
  } else {
    error.kind = ErrorKind::disconnected;
    error.hint = "Is the server running, and reachable from here?";
  }
  return error;
}

bool is_disconnect(std::string_view state) {
  return state.starts_with("08") || state.starts_with("57P") || state == "25P03" ||
         state == "53300";
}

// All values of a result.
std::int64_t bytes_of(const PGresult* result) {
  std::int64_t bytes = 0;
  for (int row = 0; row < PQntuples(result); ++row)
    for (int column = 0; column < PQnfields(result); ++column)
      bytes += PQgetlength(result, row, column);
  return bytes;
}

}  // namespace

base::Error error_of(const PGresult* result, milliseconds time_max) {
  const auto field = [&](int code) {
    const char* text = PQresultErrorField(result, code);
    return std::string(text == nullptr ? "" : text);
  };
  const auto state = field(PG_DIAG_SQLSTATE);
  auto message = field(PG_DIAG_MESSAGE_PRIMARY);
  if (message.empty()) message = first_line(PQresultErrorMessage(result));
  if (state == "57014") return timed_out(time_max);
  if (is_disconnect(state) || state.empty())
    return {ErrorKind::disconnected, fmt::format("the connection was lost: {}", message),
            "Is the server still running?"};
  auto hint = field(PG_DIAG_MESSAGE_HINT);
  if (state == "42501") hint = "The role may not read it: see insights doctor --role-sql.";
  return {ErrorKind::unavailable, std::move(message), std::move(hint)};
}

base::Result<Connection> Connection::open(const PostgresTarget& target, const Patience& patience) {
  std::vector<const char*> keywords, values;
  for (const auto& [keyword, value] : target.parameters) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  for (const auto& [keyword, value] : own_parameters) {
    keywords.push_back(keyword);
    values.push_back(value);
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  const Countdown countdown({std::min(patience.time_max, connect_time_max), patience.stop});
  Connection connection;
  connection.handle_.reset(PQconnectStartParams(keywords.data(), values.data(), 0));
  auto* handle = connection.handle_.get();
  if (handle == nullptr || PQstatus(handle) == CONNECTION_BAD)
    return std::unexpected(connect_error(target, PQerrorMessage(handle)));
  // Notices are no results, and standard error is not for them.
  PQsetNoticeReceiver(handle, [](void*, const PGresult*) {}, nullptr);
  auto step = PGRES_POLLING_WRITING;
  while (step != PGRES_POLLING_OK) {
    if (step == PGRES_POLLING_FAILED)
      return std::unexpected(connect_error(target, PQerrorMessage(handle)));
    if (patience.stop.stop_requested()) return std::unexpected(cancelled());
    if (!countdown.status()) {
      return fail(ErrorKind::disconnected,
                  fmt::format("cannot connect to {}: no answer", target.name),
                  "Is the server running, and reachable from here?");
    }
    const short events = step == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (ready(handle, events, countdown.left(look_interval))) step = PQconnectPoll(handle);
  }
  PQsetnonblocking(handle, 1);
  return connection;
}

bool Connection::alive() const {
  return !broken_ && handle_ != nullptr && PQstatus(handle_.get()) == CONNECTION_OK;
}

std::unexpected<base::Error> Connection::gone() {
  broken_ = true;
  auto message = first_line(PQerrorMessage(handle_.get()));
  if (message.empty()) message = "the server closed it";
  return fail(ErrorKind::disconnected, fmt::format("the connection was lost: {}", message),
              "Is the server still running?");
}

base::Status Connection::flush(const Countdown& countdown) {
  while (true) {
    const int left = PQflush(handle_.get());
    if (left == 0) return {};
    if (left < 0) return gone();
    TRY(countdown.status());
    if (ready(handle_.get(), POLLIN | POLLOUT, countdown.left(look_interval)) &&
        PQconsumeInput(handle_.get()) == 0)
      return gone();
  }
}

base::Result<Answer> Connection::next(std::int64_t row_bytes_max, const Countdown& countdown) {
  auto* handle = handle_.get();
  const int socket = PQsocket(handle);
  std::optional<std::int64_t> bytes_max;
  while (PQisBusy(handle) != 0) {
    TRY(countdown.status());
    if (!ready(handle, POLLIN, countdown.left(look_interval))) continue;
    // A row that came in one read is short, as libpq's buffer is.
    std::optional<ReadingBound> bound;
    if (bytes_max) bound.emplace(socket, *bytes_max);
    const bool read = PQconsumeInput(handle) != 0;
    if (bound && bound->passed()) return too_long(row_bytes_max);
    if (!read) return gone();
    if (!bytes_max) bytes_max = received_bytes(socket) + row_bytes_max;
  }
  Answer answer(PQgetResult(handle));
  if (answer == nullptr && PQstatus(handle) != CONNECTION_OK) return gone();
  // What a row brings along is received before the bound is set.
  if (answer != nullptr && bytes_of(answer.get()) > row_bytes_max) return too_long(row_bytes_max);
  return answer;
}

std::unexpected<base::Error> Connection::too_long(std::int64_t row_bytes_max) {
  broken_ = true;
  return fail(ErrorKind::invalid_input,
              fmt::format("one row needs more than {} MB", row_bytes_max >> 20),
              "Leave its long values out, in a view, or shorten them.");
}

void Connection::stop() {
  if (!alive()) return;
  // PQcancel connects anew, and waits for it: not on this thread.
  std::shared_ptr<PGcancel> cancel(PQgetCancel(handle_.get()), PQfreeCancel);
  std::thread([cancel] {
    std::array<char, 256> ignored{};
    PQcancel(cancel.get(), ignored.data(), static_cast<int>(ignored.size()));
  }).detach();
  const Countdown countdown({cancel_time_max, {}});
  while (true) {
    const auto answer = next(own_bytes_max, countdown);
    if (!answer || *answer == nullptr) break;
  }
  broken_ = true;  // a cancel that comes late would end the next query instead
}

base::Result<Rows> Connection::run(const std::vector<std::string>& statements,
                                   const Patience& patience) {
  const Countdown countdown(patience);
  auto* handle = handle_.get();
  if (!alive() || PQenterPipelineMode(handle) == 0) return gone();
  for (const auto& statement : statements) {
    if (PQsendQueryParams(handle, statement.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) == 0)
      return gone();
  }
  if (PQpipelineSync(handle) == 0) return gone();
  const auto ended = [&](base::Error error) {
    broken_ = true;  // a pipeline that was not read to its end serves nobody
    return std::unexpected(std::move(error));
  };
  if (auto sent = flush(countdown); !sent) return ended(std::move(sent).error());
  Rows rows;
  std::optional<base::Error> first_error;
  while (true) {
    auto answer = next(own_bytes_max, countdown);
    if (!answer) return ended(std::move(answer).error());
    if (*answer == nullptr) continue;  // between two statements
    const auto status = PQresultStatus(answer->get());
    if (status == PGRES_PIPELINE_SYNC) break;
    if (status == PGRES_TUPLES_OK) rows = rows_of(answer->get());
    if (status == PGRES_FATAL_ERROR && !first_error)
      first_error = error_of(answer->get(), patience.time_max);
  }
  if (PQexitPipelineMode(handle) == 0) return gone();
  if (!first_error) return rows;
  if (first_error->kind == ErrorKind::disconnected) broken_ = true;
  return std::unexpected(*std::move(first_error));
}

base::Status Connection::stream(const std::string& text, std::int64_t row_bytes_max,
                                const Patience& patience, const RowSink& sink) {
  const Countdown countdown(patience);
  TRY(countdown.status());
  auto* handle = handle_.get();
  const bool sent = alive() && PQsendQueryParams(handle, text.c_str(), 0, nullptr, nullptr, nullptr,
                                                 nullptr, 0) == 1;
  if (!sent || PQsetSingleRowMode(handle) == 0) return gone();
  const auto ended = [&](base::Error error) -> base::Status {
    stop();
    return std::unexpected(std::move(error));
  };
  if (auto flushed = flush(countdown); !flushed) return ended(std::move(flushed).error());
  std::optional<base::Error> error;
  while (true) {
    auto answer = next(row_bytes_max, countdown);
    if (!answer) return ended(std::move(answer).error());
    if (*answer == nullptr) break;
    const auto status = PQresultStatus(answer->get());
    if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK) {
      // The end of the rows is a result too, of none.
      if (!sink(*std::move(answer))) {
        stop();
        return {};
      }
      if (auto fine = countdown.status(); !fine) return ended(std::move(fine).error());
    } else if (status == PGRES_FATAL_ERROR) {
      error = error_of(answer->get(), patience.time_max);
    }
  }
  if (!error) return {};
  if (error->kind == ErrorKind::disconnected) broken_ = true;
  return std::unexpected(*std::move(error));
}

}  // namespace insights::source::postgres
