// Puts what happens during a run into the store as it happens: a proven finding at once, with all
// that came before it; other events a few at a time.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "explore/events.h"
#include "explore/run.h"
#include "server/metrics.h"
#include "store/events.h"
#include "store/findings.h"
#include "store/shared_database.h"

namespace insights::server {

// A finding as the store keeps it.
store::Sighting sighting_of(const findings::Finding& finding);

class Recorder final : public explore::RunObserver {
 public:
  // Borrows all but the texts. `ring` is called when there is something new to read. A store that
  // cannot be written stops the run by `stop`: nothing may be announced that is not kept.
  Recorder(std::string run, store::SharedDatabase& writer, Metrics& metrics,
           std::function<void()> ring, std::stop_source& stop);

  // Goes on where the run's events in the store end; what is not there by now is left out.
  base::Status begin();
  void on(const explore::Event& event) override;

  // Ends the run in the store, tells how, and makes the last event ("ended") readable with it.
  base::Status close(store::Closing closing);
  // The same for a run without a report.
  base::Status end(store::RunState state, const std::string& reason);

  // Why the store could not be written.
  const std::optional<base::Error>& failure() const { return failure_; }

 private:
  void take(const explore::Started&);
  void take(const explore::TableLoaded& event);
  void take(const explore::CatalogRead& event);
  void take(const explore::QueryRun& event);
  void take(const explore::QueryRefused& event);
  void take(const explore::HypothesesTested& event);
  void take(const explore::EarlyFinding& event);
  void take(const explore::FindingProven& event);
  void take(const explore::ModelStep& event);
  void take(const explore::Finished&);
  void add(std::string kind, std::string body);
  base::Status flush();
  // What has not been flushed, and the last event.
  store::Happened with_end(store::RunState state, const std::string& reason, std::int64_t findings);
  void told(store::RunState state);

  const std::string run_;
  store::SharedDatabase& writer_;
  Metrics& metrics_;
  const std::function<void()> ring_;
  std::stop_source& stop_;
  std::string asker_ = "catalog";  // of the queries that come now
  std::int64_t events_ = 0, queries_ = 0;
  std::int64_t queries_cached_ = 0;
  std::chrono::microseconds saved_{0};
  store::Happened new_;
  std::chrono::steady_clock::time_point flushed_{};
  std::optional<base::Error> failure_;
};

}  // namespace insights::server
