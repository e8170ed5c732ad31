// The loop that sends what waits for webhooks: each delivery until it is accepted or given up, at
// least once, with the same id each time.
//
// Accepted is 2xx. Tried again, later and later (attempts_max in some 17 hours; longer when
// Retry-After asks for it, up to a day): no answer, 408, 429 and 5xx. Given up at once: any other
// answer, redirects among them, and with 410 the webhook itself.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "http/client.h"
#include "http/destinations.h"
#include "server/clock.h"
#include "server/metrics.h"
#include "store/deliveries.h"
#include "store/schedules.h"
#include "store/shared_database.h"

namespace insights::server {

inline constexpr std::int64_t attempts_max = 9;

// How an attempt went.
struct Attempt {
  std::optional<std::int64_t> status;  // of the answer, if there was one
  std::string retry_after;             // its header, or ""
  std::string reason;                  // in words, when it was not accepted
};

// What follows from it: the delivery with its next state. `delivery` counts the attempts before.
struct Verdict {
  store::Delivery delivery;
  bool is_gone = false;  // the webhook itself is
};
Verdict judge(store::Delivery delivery, const Attempt& attempt, base::Moment now);

class Deliverer {
 public:
  // Borrows all but the texts and functions.
  Deliverer(store::SharedDatabase& writer, Metrics& metrics, const http::Destinations& destinations,
            std::string program, std::function<base::Moment()> clock = now);
  ~Deliverer() { stop(); }

  void begin();
  void stop();
  // There is something new to send.
  void wake();

  // Sends what is due: a turn of the loop.
  void turn(const std::stop_token& stop);

  // What is wrong with deliveries: how many fail. For those who look after the server.
  std::optional<std::string> trouble() const;

 private:
  base::Status send(const store::Delivery& delivery, const std::stop_token& stop);
  Attempt attempt(const store::ScheduleRow& schedule, const store::Delivery& delivery,
                  const std::stop_token& stop);
  void count();

  store::SharedDatabase& writer_;
  Metrics& metrics_;
  const http::Destinations& destinations_;
  const std::string program_;
  const std::function<base::Moment()> clock_;
  http::Client client_;
  bool is_store_lost_ = false;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool is_woken_ = false;
  store::DeliveryLoad load_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace insights::server
