// Sessions of one PostgreSQL server that see one state of its data and cannot change it.
//
// One connection, the keeper, holds a read-only snapshot open and nothing else: no lock on any
// table, so that nobody's ALTER TABLE waits for us. Each query has a transaction of its own in
// which that snapshot is set, so that a run sees the data as it was at one moment however long it
// takes. Before a text of outside is sent, the transaction is read-only, pinned by a query (after
// which it cannot be made to write), and its settings have been read back.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "source/postgres_connection.h"

namespace insights::source::postgres {

class Sessions {
 public:
  // Connects and takes the snapshot. Errors: those of Connection::open; refused (the settings that
  // the program needs do not hold on this server).
  static base::Result<std::unique_ptr<Sessions>> open(PostgresTarget target,
                                                      const Patience& patience);

  // The schemas in which names without one are looked up, in order; quoted as in SQL.
  void set_search_path(const std::vector<std::string>& schemas);

  // A pinned transaction; ends with the lease.
  class Lease {
   public:
    Lease(Sessions& sessions, Connection connection)
        : sessions_(&sessions), connection_(std::move(connection)) {}
    Lease(Lease&& other) noexcept
        : sessions_(std::exchange(other.sessions_, nullptr)),
          connection_(std::move(other.connection_)) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Connection& connection() { return connection_; }

   private:
    Sessions* sessions_;
    Connection connection_;
  };

  // Whether the work of the query may be spread over processes of the server: rows then come in any
  // order.
  enum class Order { any, stored };

  // Connects anew where a connection was lost, a few times; when the snapshot went with it, takes a
  // new one and says so in the notes. Errors: disconnected (at once, when the server could not be
  // reached before), timed_out, cancelled, unavailable.
  base::Result<Lease> begin(Order order, const Patience& patience);

  const PostgresTarget& target() const { return target_; }
  int server_version() const { return server_version_; }
  bool encrypted() const { return encrypted_; }
  // Whether all that is asked sees one state of the data.
  bool is_pinned();
  // What happened to the connection since the last call.
  std::vector<std::string> take_notes();

 private:
  explicit Sessions(PostgresTarget target) : target_(std::move(target)) {}
  base::Status take_snapshot(const Patience& patience);
  base::Result<Connection> idle_or_new(const Patience& patience);
  base::Result<Lease> begin_once(Order order, const Patience& patience);
  void give_back(Connection connection);

  PostgresTarget target_;
  std::mutex mutex_;  // guards all below
  std::optional<Connection> keeper_;
  std::string snapshot_;  // of the keeper; empty when the server exports none
  std::vector<Connection> idle_;
  std::string search_path_ = "pg_catalog, pg_temp";
  std::vector<std::string> notes_;
  std::optional<base::Error> lost_;  // the server could not be reached again
  int server_version_ = 0;
  bool encrypted_ = false;
};

}  // namespace insights::source::postgres
