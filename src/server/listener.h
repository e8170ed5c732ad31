// HTTP/1.1 on a socket, with a limit on everything: who connects, how much is sent, and how long
// each step takes. Knows nothing of routes. Boost.Beast is in listener.cpp alone.
// Decision: docs/decisions/0013-http-server.md.
//
// One thread does all the network; handlers run on a few threads beside it. What is malformed is
// answered with a problem and the connection is closed: nothing that follows is read as a request.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "server/message.h"

namespace insights::server {

struct Limits {
  std::size_t connections_max = 2048;
  std::size_t connections_of_a_peer_max = 1024;
  std::size_t header_bytes_max = std::size_t{16} << 10;  // with the request line
  std::size_t headers_max = 100;
  std::size_t target_bytes_max = 2048;
  std::size_t body_bytes_max = std::size_t{64} << 10;
  std::chrono::milliseconds header_time_max{10'000};
  std::chrono::milliseconds body_time_max{20'000};
  std::chrono::milliseconds idle_time_max{60'000};  // between two requests
  std::chrono::milliseconds write_time_max{30'000};
  std::chrono::milliseconds heartbeat{15'000};  // of a stream without news
  std::chrono::milliseconds drain_time_max{5'000};
  int handler_threads = 4;
};

struct Handlers {
  // Judges a request by its head, before its body is read: an answer refuses it. On the network
  // thread: must not wait.
  std::function<std::optional<Response>(const Request&)> judge;
  // Answers it. On another thread: may wait.
  std::function<Response(const Request&)> answer;
  // Told of every answer, when its first byte is about to go.
  std::function<void(const Request&, const Response&, std::chrono::microseconds took)> answered;
};

struct Traffic {
  std::int64_t connections = 0;  // open now
  std::int64_t streams = 0;      // of them, following events
  std::int64_t refused = 0;      // since the start, for being too many
};

class Listener {
 public:
  // Port 0 takes a free one. Error: unavailable (the address is taken, or not this machine's).
  static base::Result<std::unique_ptr<Listener>> open(const std::string& host, std::uint16_t port,
                                                      const Limits& limits);
  ~Listener();

  std::uint16_t port() const;
  // Whether only this machine can reach it.
  bool is_loopback() const;

  // Serves until stop(); then takes no more connections, lets answers end, and returns when the
  // last is gone or drain_time_max has passed.
  void run(Handlers handlers);

  // From any thread.
  void stop();
  void ring();  // there is news for streams and for those that wait
  Traffic traffic() const;

 private:
  class Network;
  explicit Listener(std::unique_ptr<Network> network);
  std::unique_ptr<Network> network_;
};

}  // namespace insights::server
