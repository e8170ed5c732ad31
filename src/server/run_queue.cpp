#include "server/run_queue.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>
#include <random>

#include "base/ensure.h"
#include "report/json.h"
#include "server/clock.h"
#include "server/log.h"
#include "server/recorder.h"
#include "server/run_request.h"
#include "store/events.h"

namespace insights::server {

using base::ErrorKind;
using base::fail;

namespace {

constexpr std::string_view ended_from_outside = "the server was ended while this ran";
constexpr std::string_view shut_down = "the server was shut down; what was proven is kept";

constexpr std::string_view not_stored =
    "what it found could not be stored; the server's log says why";

std::unexpected<base::Error> full() {
  return fail(ErrorKind::unavailable, "too many explorations wait", "Try again in a minute.");
}

base::Status tell_interrupted(store::Database& database, const std::string& run) {
  const auto known = TRY(store::counted(database, run));
  const nlohmann::ordered_json body{
      {"state", "interrupted"}, {"reason", ended_from_outside}, {"findings", known.findings}};
  return store::add_events(database, run, {{{known.events + 1, now(), "ended", body.dump()}}, {}});
}

double seconds_since_1970(base::Moment moment) {
  return static_cast<double>(moment.microseconds) / 1e6;
}

// What a run used of what it was allowed, what its language model took, and that it was whole.
void count(Metrics& metrics, const explore::Run& run, store::RunState state) {
  const auto used = [&](std::string_view budget, double spent, double allowed) {
    if (allowed > 0)
      metrics.set("insights_budget_used_ratio", spent / allowed, {{"budget", std::string(budget)}});
  };
  const auto real = [](auto number) { return static_cast<double>(number); };
  used("queries", real(run.spent.queries), real(run.budget.queries_max));
  used("rows", real(run.spent.rows), real(run.budget.rows_max));
  used("bytes", real(run.spent.bytes), real(run.budget.bytes_max));
  used("time", real(run.spent.wall.count()), real(run.budget.time_max.count()));
  if (run.model) {
    const auto& use = *run.model;
    const auto tokens = [&](std::string_view kind, std::int64_t number) {
      metrics.add("insights_tokens_total", {{"model", use.model}, {"kind", std::string(kind)}},
                  real(number));
    };
    // What a run took before it was taken up again was counted when it ended then.
    const auto& before = use.tokens_before;
    const auto cached = use.cached_tokens - before.cached;
    const auto reasoning = use.reasoning_tokens - before.reasoning;
    tokens("input", use.input_tokens - before.input - cached);
    tokens("cached_input", cached);
    tokens("output", use.output_tokens - before.output - reasoning);
    tokens("reasoning", reasoning);
    metrics.add("insights_dollars_total", {{"model", use.model}}, use.usd - use.usd_before);
    used("dollars", use.usd, use.usd_max);
  }
  if (state == store::RunState::done)
    metrics.set("insights_last_success_timestamp_seconds", seconds_since_1970(now()));
}

}  // namespace

RunQueue::RunQueue(const Engine& engine, store::SharedDatabase& writer, Metrics& metrics,
                   std::function<void()> ring, const QueueLimits& limits)
    : engine_(engine),
      writer_(writer),
      metrics_(metrics),
      ring_(std::move(ring)),
      limits_(limits) {}

RunQueue::~RunQueue() { stop(); }

base::Status RunQueue::begin() {
  using store::RunState;
  const auto left = TRY(writer_.use([](store::Database& database) {
    return store::list_runs(database, {.state = RunState::running, .limit = 10'000});
  }));
  const auto interrupt = [&](store::Database& database) -> base::Status {
    TRY(store::interrupt_running(database, ended_from_outside, now()));
    for (const auto& run : left) TRY(tell_interrupted(database, run.id));
    return {};
  };
  TRY(writer_.use(interrupt));
  auto queued = TRY(writer_.use([](store::Database& database) {
    return store::list_runs(database, {.state = RunState::queued, .limit = 10'000});
  }));
  std::ranges::reverse(queued);  // the oldest first
  for (const auto& run : queued) {
    auto request = run_request_of(nlohmann::json::parse(run.request));
    if (request) waiting_[run.owner].push_back({run.id, *std::move(request)});
  }
  const auto whole = TRY(writer_.use([](store::Database& database) {
    return store::list_runs(database, {.state = RunState::done, .limit = 1});
  }));
  if (!whole.empty() && whole.front().ended_at)
    metrics_.set("insights_last_success_timestamp_seconds",
                 seconds_since_1970(*whole.front().ended_at));
  for (int at = 0; at < limits_.at_once; ++at)
    workers_.emplace_back([this](const std::stop_token& closing) { work(closing); });
  return {};
}

base::Result<store::Added> RunQueue::submit(const std::string& owner, const RunRequest& request,
                                            const std::optional<store::Repeat>& repeat) {
  const auto focus = TRY(engine_.focus_name(request));
  const std::scoped_lock lock(mutex_);
  if (is_full()) return full();
  const store::NewRun run{.id = new_run_id(),
                          .owner = owner,
                          .subject = engine_.subject,
                          .focus = focus,
                          .request = text_of(request),
                          .at = now()};
  const auto added = TRY(writer_.use(
      [&](store::Database& database) { return store::add_run(database, run, repeat); }));
  if (added.is_repeat) return added;
  waiting_[owner].push_back({run.id, request});
  gauge();
  changed_.notify_one();
  return added;
}

base::Result<bool> RunQueue::cancel(const std::string& run) {
  std::unique_lock lock(mutex_);
  if (const auto found = running_.find(run); found != running_.end()) {
    found->second.is_cancelled = true;
    auto stop = found->second.stop;
    lock.unlock();  // who listens to the stop may ask the queue something
    stop.request_stop();
    return true;
  }
  bool was_waiting = false;
  for (auto& [owner, list] : waiting_)
    was_waiting |= std::erase_if(list, [&](const Waiting& one) { return one.run == run; }) > 0;
  if (!was_waiting) return false;
  gauge();
  lock.unlock();
  std::stop_source none;
  Recorder recorder(run, writer_, metrics_, ring_, none);
  TRY(recorder.begin());
  TRY(recorder.end(store::RunState::cancelled, "cancelled before it began"));
  return true;
}

base::Result<bool> RunQueue::resume(const std::string& run) {
  const std::scoped_lock lock(mutex_);
  if (is_full()) return full();
  const auto row =
      TRY(writer_.use([&](store::Database& database) { return store::find_run(database, run); }));
  if (!row) return false;
  auto request = run_request_of(nlohmann::json::parse(row->request));
  if (!request) return std::unexpected(request.error());
  const bool waits = TRY(
      writer_.use([&](store::Database& database) { return store::queue_again(database, run); }));
  if (!waits) return false;
  waiting_[row->owner].push_back({run, *std::move(request)});
  gauge();
  changed_.notify_one();
  return true;
}

bool RunQueue::is_full() const {
  std::size_t waiting = 0;
  for (const auto& [who, list] : waiting_) waiting += list.size();
  return waiting >= limits_.waiting_max || is_stopping_;
}

void RunQueue::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  ending_.notify_all();
  for (auto& worker : workers_) worker.request_stop();
  std::vector<std::stop_source> stops;
  {
    const std::scoped_lock lock(mutex_);
    for (auto& [run, running] : running_) stops.push_back(running.stop);
  }
  for (auto& one : stops) one.request_stop();
  workers_.clear();  // joins
}

RunQueue::Load RunQueue::load() const {
  const std::scoped_lock lock(mutex_);
  Load load{.running = running_.size()};
  for (const auto& [owner, list] : waiting_) load.waiting += list.size();
  return load;
}

void RunQueue::gauge() {
  std::size_t waiting = 0;
  for (const auto& [owner, list] : waiting_) waiting += list.size();
  metrics_.set("insights_runs_queued", static_cast<double>(waiting));
  metrics_.set("insights_runs_running", static_cast<double>(running_.size()));
}

// The oldest run of the owner with the fewest running, of these of the one served longest ago.
std::optional<std::pair<std::string, RunQueue::Waiting>> RunQueue::next(
    const std::stop_token& closing) {
  std::unique_lock lock(mutex_);
  const auto has_any = [&] {
    std::erase_if(waiting_, [](const auto& entry) { return entry.second.empty(); });
    return !waiting_.empty();
  };
  if (!changed_.wait(lock, closing, has_any) || is_stopping_) return std::nullopt;
  const auto turn = [&](const auto& entry) {
    const auto running = std::ranges::count_if(
        running_, [&](const auto& one) { return one.second.owner == entry.first; });
    return std::pair(running, served_[entry.first]);
  };
  const auto chosen = std::ranges::min_element(waiting_, {}, turn);
  auto owner = chosen->first;
  auto waiting = std::move(chosen->second.front());
  chosen->second.pop_front();
  served_[owner] = ++begun_;
  running_[waiting.run] = {.owner = owner, .stop = {}};
  gauge();
  return std::pair(std::move(owner), std::move(waiting));
}

void RunQueue::work(const std::stop_token& closing) {
  while (auto job = next(closing)) {
    run_one(job->first, job->second);
    const std::scoped_lock lock(mutex_);
    running_.erase(job->second.run);
    gauge();
  }
}

void RunQueue::run_one(const std::string& owner, const Waiting& waiting) {
  std::stop_source stop;
  {
    const std::scoped_lock lock(mutex_);
    stop = running_.at(waiting.run).stop;
  }
  const LogScope scope("run", waiting.run);
  log_event("info", "run_started", {{"run", waiting.run}, {"owner", owner}});
  const auto begun = std::chrono::steady_clock::now();
  Recorder recorder(waiting.run, writer_, metrics_, ring_, stop);
  const auto started = writer_.use(
      [&](store::Database& database) { return store::start_run(database, waiting.run, now()); });
  base::Status kept = recorder.begin();
  if (!started || !kept) {
    kept = std::unexpected(started ? kept.error() : started.error());
  } else {
    base::Result<explore::Run> result = fail(ErrorKind::unavailable, "an internal error");
    try {
      result = engine_.explore(waiting.request, waiting.run, recorder, stop.get_token());
    } catch (const std::exception& error) {
      log_event("error", "bug", {{"run", waiting.run}, {"what", error.what()}});
    }
    kept = record_end(waiting.run, recorder, std::move(result));
  }
  if (!kept) {
    log_event("error", "run_not_stored", {{"run", waiting.run}, {"what", kept.error().message}});
    end_when_possible(waiting.run, recorder);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  metrics_.observe("insights_run_seconds", took.count());
  log_event("info", "run_ended", {{"run", waiting.run}, {"seconds", took.count()}});
  ring_();
}

// A store that cannot be written will not take the end either: tried again until it does, or the
// server ends; then the run is interrupted at the next start.
void RunQueue::end_when_possible(const std::string& run, Recorder& recorder) {
  constexpr std::chrono::seconds pause{1};
  std::unique_lock lock(mutex_);
  while (!is_stopping_) {
    lock.unlock();
    auto kept = recorder.begin();
    if (kept) kept = recorder.end(store::RunState::failed, std::string(not_stored));
    if (kept) return log_event("info", "run_stored", {{"run", run}});
    lock.lock();
    ending_.wait_for(lock, pause, [this] { return is_stopping_; });
  }
}

base::Status RunQueue::record_end(const std::string& run, Recorder& recorder,
                                  base::Result<explore::Run> result) {
  using store::RunState;
  bool is_cancelled = false, is_stopping = false;
  {
    const std::scoped_lock lock(mutex_);
    is_cancelled = running_.at(run).is_cancelled;
    is_stopping = is_stopping_;
  }
  if (recorder.failure()) {
    log_event("error", "store", {{"run", run}, {"what", recorder.failure()->message}});
    return recorder.end(RunState::failed, std::string(not_stored));
  }
  if (!result) {
    const auto state = is_cancelled  ? RunState::cancelled
                       : is_stopping ? RunState::interrupted
                                     : RunState::failed;
    return recorder.end(state, result.error().message);
  }
  store::Closing closing;
  closing.state = is_cancelled       ? RunState::cancelled
                  : !result->partial ? RunState::done
                  : is_stopping      ? RunState::interrupted
                                     : RunState::partial;
  closing.reason = is_cancelled                             ? "cancelled; what was proven is kept"
                   : closing.state == RunState::interrupted ? std::string(shut_down)
                                                            : result->partial_reason;
  count(metrics_, *result, closing.state);
  closing.report = report::to_json(*result);
  for (const auto& finding : result->findings) closing.published.push_back(sighting_of(finding));
  for (const auto& hidden : result->hidden)
    closing.hidden.push_back({hidden.fingerprint, hidden.rule, hidden.into});
  closing.at = now();
  return recorder.close(std::move(closing));
}

std::string new_run_id() {
  const std::time_t seconds = std::time(nullptr);
  std::random_device chance;
  return fmt::format("run-{:%Y%m%d-%H%M%S}-{:08x}", fmt::gmtime(seconds), chance());
}

}  // namespace insights::server
