// What the run is doing, on standard error: one line that keeps changing, a plain line a step, or
// nothing.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "explore/events.h"

namespace insights::cli {

enum class ProgressStyle {
  quiet,    // nothing
  remarks,  // remarks only
  line,     // for a terminal: rewritten in place, gone at the end
  plain,    // every step, one line each
};

// Thread-safe: the run's thread tells, a thread of its own keeps the clock of the line going.
class Progress final : public explore::RunObserver {
 public:
  // `out` is borrowed and must outlive it.
  Progress(ProgressStyle style, std::FILE* out);
  ~Progress() override;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void on(const explore::Event& event) override;
  // Events are told to `other`, too; it is borrowed and must outlive it.
  void also_tell(explore::RunObserver& other) { other_ = &other; }
  // What is being done now, outside of a run: "opening sales.csv".
  void doing(const std::string& activity);
  // A remark that stays.
  void remark(const std::string& text);
  // Takes the line away, for good: before anything else is written.
  void close();

 private:
  void take(const explore::Started& event);
  void take(const explore::TableLoaded& event);
  void take(const explore::CatalogRead& event);
  void take(const explore::QueryRun& event);
  void take(const explore::QueryRefused& event);
  void take(const explore::HypothesesTested& event);
  void take(const explore::EarlyFinding& event);
  void take(const explore::FindingProven& event);
  void take(const explore::ModelStep& event);
  void take(const explore::Finished& event);
  void step(const std::string& activity);  // with the mutex held, as the rest below
  void draw();
  void erase();
  std::string line() const;

  const ProgressStyle style_;
  std::FILE* const out_;
  explore::RunObserver* other_ = nullptr;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::condition_variable_any closing_;
  std::string activity_;
  std::string thought_;  // what a language model says, as far as it came
  std::int64_t model_step_ = 0;
  double usd_ = 0;
  std::int64_t queries_ = 0, tested_ = 0, findings_ = 0;
  bool drawn_ = false;
  bool closed_ = false;
  std::jthread clock_;
};

// Cut to that many characters with "…" at the end; line breaks become spaces, other control
// characters "?".
std::string one_line(std::string_view text, std::size_t characters_max);

// "1,234,567"
std::string grouped(std::int64_t number);

}  // namespace insights::cli
