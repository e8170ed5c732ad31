// libpq as values that clean up after themselves and report by Result. Nothing outside this room
// includes this file.
//
// Extended protocol only: a text that holds two statements is an error of the server's. Nothing
// blocks: every wait ends at its deadline or stop, and a server that does not answer a cancel is
// left.
#pragma once

#include <libpq-fe.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "source/patience.h"
#include "source/postgres_url.h"
#include "source/rows.h"

namespace insights::source::postgres {

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, ClearResult>;

// Takes one row (row 0 of the result); false ends the query early. Before the first row, or when
// there is none, it is called once with a result of no rows, for its columns.
using RowSink = std::function<bool(Answer row)>;

// One session, for one thread at a time.
class Connection {
 public:
  // Errors: timed_out, cancelled, unavailable (the server refused), disconnected (it is not there,
  // or takes no more connections now).
  static base::Result<Connection> open(const PostgresTarget& target, const Patience& patience);

  // Runs statements of our own, each alone, in one round trip; gives back the rows of the last.
  // The first that fails ends it. Errors: those of stream.
  base::Result<Rows> run(const std::vector<std::string>& statements, const Patience& patience);

  // Runs one statement and gives its rows as they come. A row that needs more than `row_bytes_max`
  // is an Error of kind invalid_input, before all of it is read. Errors: timed_out, cancelled,
  // unavailable (the server's words), disconnected.
  base::Status stream(const std::string& text, std::int64_t row_bytes_max, const Patience& patience,
                      const RowSink& sink);

  // False after what cannot be mended, and after a query that was stopped: the connection must be
  // dropped.
  bool alive() const;
  int server_version() const { return PQserverVersion(handle_.get()); }
  bool encrypted() const { return PQsslInUse(handle_.get()) != 0; }

 private:
  struct Finish {
    void operator()(PGconn* handle) const { PQfinish(handle); }
  };
  Connection() = default;
  base::Status flush(const Countdown& countdown);
  // Waits for the next result; null at the end of a statement. Ends with an Error soon after
  // `row_bytes_max` bytes of it were received: what is held is bounded by that and by what comes in
  // a few milliseconds.
  base::Result<Answer> next(std::int64_t row_bytes_max, const Countdown& countdown);
  std::unexpected<base::Error> too_long(std::int64_t row_bytes_max);
  // Ends what runs on the server, by a cancel, and then the connection: see there why.
  void stop();
  std::unexpected<base::Error> gone();

  std::unique_ptr<PGconn, Finish> handle_;
  bool broken_ = false;
};

// A failed result as an Error.
base::Error error_of(const PGresult* result, std::chrono::milliseconds time_max);

}  // namespace insights::source::postgres
