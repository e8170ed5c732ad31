// Runs that wait and run: a few at a time, fair between those who ask, to be cancelled at any time,
// and found again after a restart.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "server/engine.h"
#include "server/metrics.h"
#include "store/runs.h"
#include "store/shared_database.h"

namespace insights::server {

struct QueueLimits {
  std::size_t waiting_max = 100;
  int at_once = 1;
};

class RunQueue {
 public:
  // Borrows all but the limits. `ring` is called whenever there is news of a run.
  RunQueue(const Engine& engine, store::SharedDatabase& writer, Metrics& metrics,
           std::function<void()> ring, const QueueLimits& limits);
  ~RunQueue();

  // At the start: what an earlier program left running is interrupted, what it left waiting waits
  // here. Then runs begin.
  base::Status begin();

  // Errors: not_found (the focus), refused (a repeat with another request), unavailable (too many
  // wait, or the store cannot be written).
  base::Result<store::Added> submit(const std::string& owner, const RunRequest& request,
                                    const std::optional<store::Repeat>& repeat);
  // A waiting run ends at once, a running one within seconds, with what is proven by then. False:
  // it has ended already, or there is none.
  base::Result<bool> cancel(const std::string& run);
  // A run that was interrupted, cancelled or failed waits again. Errors as of submit(); False: it
  // is in another state, or there is none.
  base::Result<bool> resume(const std::string& run);
  // Ends what runs, as when cancelled, but as interrupted; what waits stays in the store. Returns
  // when all have ended.
  void stop();

  struct Load {
    std::size_t waiting = 0, running = 0;
  };
  Load load() const;

 private:
  struct Waiting {
    std::string run;
    RunRequest request;
  };
  struct Running {
    std::string owner;
    std::stop_source stop;
    bool is_cancelled = false;
  };

  void work(const std::stop_token& closing);
  std::optional<std::pair<std::string, Waiting>> next(const std::stop_token& closing);
  void run_one(const std::string& owner, const Waiting& waiting);
  base::Status record_end(const std::string& run, class Recorder& recorder,
                          base::Result<explore::Run> result);
  void end_when_possible(const std::string& run, class Recorder& recorder);
  bool is_full() const;  // with the mutex held, as the next
  void gauge();

  const Engine& engine_;
  store::SharedDatabase& writer_;
  Metrics& metrics_;
  const std::function<void()> ring_;
  const QueueLimits limits_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::condition_variable ending_;
  std::map<std::string, std::deque<Waiting>> waiting_;  // by owner
  std::map<std::string, std::uint64_t> served_;         // when an owner's run last began
  std::uint64_t begun_ = 0;
  std::map<std::string, Running> running_;  // by run
  bool is_stopping_ = false;
  std::vector<std::jthread> workers_;  // last: they use the others
};

// "run-20251122-074603-1a2b3c4d"
std::string new_run_id();

}  // namespace insights::server
