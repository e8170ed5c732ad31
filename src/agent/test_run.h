// A whole run over a database of its own, with a scripted model. Included by *_test.cpp files only.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>

#include "agent/language_model_analyst.h"
#include "agent/scripted_model.h"
#include "analyst/statistical.h"
#include "explore/explore.h"
#include "source/gate.h"
#include "source/open.h"

namespace insights::agent::testing {

inline const catalog::Vocabulary& vocabulary() {
  static const auto read = [] {
    std::ifstream file(INSIGHTS_SOURCE_DIR "/data/vocabulary.toml");
    std::stringstream text;
    text << file.rdbuf();
    return catalog::read_vocabulary(text.str(), "");
  }();
  REQUIRE(read);
  return *read;
}

class MemoryJournal final : public store::Journal {
 public:
  base::Status append(std::string_view kind, std::string_view body) override {
    if (written.size() >= entries_max)
      return base::fail(base::ErrorKind::unavailable, "the disk is full");
    written.push_back({std::string(kind), std::string(body)});
    return {};
  }
  base::Result<std::vector<store::JournalEntry>> entries() override { return written; }
  std::vector<store::JournalEntry> written;
  std::size_t entries_max = 1'000'000;
};

struct Silent final : explore::RunObserver {
  void on(const explore::Event&) override {}
};

inline const char* sample_file() {
  return INSIGHTS_SOURCE_DIR "/examples/primary_sales/primary_sales.csv";
}

// The sample, explored by the scripted model.
struct TestRun {
  explicit TestRun(std::string location = sample_file()) : file(std::move(location)) {
    settings.tools.privacy.mode = tools::PrivacyMode::full;
  }

  base::Result<explore::Run> attempt() {
    // Of the thread, not static: DuckDB's own state of the thread must outlive it.
    auto opened = source::open({.locations = {file}, .threads = 1}, {});
    REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
    const auto gate = source::open_gate(**opened);
    REQUIRE(gate);
    analyst::StatisticalAnalyst statistical(vocabulary());
    LanguageModelAnalyst analyst(settings, statistical, model, vocabulary(), journal,
                                 [&](const Step& step) { steps.push_back(step); });
    order.run_id = "run-1";
    order.brief.threads = 2;
    return explore::explore(order, {**opened, *gate, vocabulary(), metadata, analyst, silent},
                            stop.get_token());
  }
  explore::Run go() {
    auto run = attempt();
    REQUIRE_MESSAGE(run.has_value(), (run ? "" : run.error().message));
    return *std::move(run);
  }

  std::string file;
  Settings settings;
  ScriptedModel model;
  MemoryJournal journal;
  catalog::Metadata metadata;
  explore::Order order;
  Silent silent;
  std::stop_source stop;
  std::vector<Step> steps;
};

inline const findings::Finding* found(const explore::Run& run, std::string_view title_part) {
  const auto found = std::ranges::find_if(run.findings, [&](const findings::Finding& finding) {
    return finding.title.find(title_part) != std::string::npos;
  });
  return found == run.findings.end() ? nullptr : &*found;
}

// What the statistical analyst alone reports.
inline explore::Run without_model(const std::string& file = sample_file()) {
  auto opened = source::open({.locations = {file}, .threads = 1}, {});
  REQUIRE(opened);
  const auto gate = source::open_gate(**opened);
  REQUIRE(gate);
  analyst::StatisticalAnalyst analyst(vocabulary());
  Silent observer;
  const catalog::Metadata metadata;
  explore::Order order;
  order.run_id = "run-1";
  order.brief.threads = 2;
  auto run =
      explore::explore(order, {**opened, *gate, vocabulary(), metadata, analyst, observer}, {});
  REQUIRE(run);
  return *std::move(run);
}

inline std::string sql_call(const std::string& sql) { return "{\"sql\":\"" + sql + "\"}"; }

}  // namespace insights::agent::testing
