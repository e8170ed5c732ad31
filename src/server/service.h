// The API: who asks, whether they may, which route it is, and its answer. The routes stand in one
// table (routes.h); this is what they share and what is done around them.
#pragma once

#include <chrono>
#include <future>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/destinations.h"
#include "server/access.h"
#include "server/engine.h"
#include "server/listener.h"
#include "server/metrics.h"
#include "server/query_string.h"
#include "server/rate.h"
#include "server/run_queue.h"
#include "store/shared_database.h"

namespace insights::server {

class Scheduler;
class Deliverer;

struct ServiceOptions {
  Access access;
  bool needs_key = true;  // false: everybody who reaches the address may do everything
  std::int64_t requests_per_minute = 6'000;  // of one key; 0 = no limit
  std::int64_t streams_max = 512;
};

struct Caller {
  std::string owner;  // id of the key, or "local"
  std::vector<std::string> scopes;
};

// One request on its route.
struct Call {
  const Request& request;
  Caller caller;
  std::vector<std::string> parts;  // of the path: what stands for {id}
  Query query;                     // only names the route knows
  nlohmann::json body;             // an object

  std::optional<std::string> parameter(std::string_view name) const;
};

// What the routes work with; all borrowed but the caches.
struct Desk {
  const Engine& engine;
  store::SharedDatabase& writer;
  store::SharedDatabase& reader;   // for answers
  store::SharedDatabase& streams;  // for events, on the network thread
  RunQueue& queue;
  Metrics& metrics;
  Listener& listener;
  Scheduler& scheduler;
  Deliverer& deliverer;
  const http::Destinations& destinations;  // of webhooks
  std::stop_token stop;                    // the server is ending
  std::int64_t streams_max = 512;

  // The schema, read once and when asked to; its text is JSON.
  std::mutex schema_mutex{};
  std::optional<std::string> schema{};
  // Whether store and database did their part when they were last asked.
  struct Condition {
    base::Status stored, database;
    std::chrono::steady_clock::time_point asked;
  };
  std::mutex condition_mutex{};
  std::optional<Condition> condition{};
  std::mutex verify_mutex{};  // one verification at a time
  // Looks into the condition beside a request that does not wait for it. Last: it uses the others.
  std::mutex aside_mutex{};
  std::future<void> aside{};
};

class Service {
 public:
  Service(Desk& desk, ServiceOptions options);

  Handlers handlers();

 private:
  std::optional<Response> judge(const Request& request) const;
  Response answer(const Request& request);
  Response routed(const Request& request);
  std::variant<Caller, Response> authenticate(const Request& request);
  void mark_used(const std::string& key);

  Desk& desk_;
  const ServiceOptions options_;
  Rate rate_;
  std::mutex used_mutex_;
  std::map<std::string, std::chrono::steady_clock::time_point> used_;
};

// A JSON answer.
Response json_response(int status, const nlohmann::ordered_json& body);
// What went wrong, as a problem: 400, 404, 409, 503 or 504 by its kind. Its message reaches the
// asker.
Response problem_of(const base::Error& error);
// The store failed: the log says why, the asker hears only that it did.
Response store_problem(const base::Error& error);

// The whole number in the text. Nothing when it is none, or not in 0..most.
std::optional<std::int64_t> number_in(std::string_view text, std::int64_t most);
// "2025-11-22T07:46:03Z", with or without a fraction of a second, or a day alone.
std::optional<base::Moment> moment_in(std::string_view text);

}  // namespace insights::server
