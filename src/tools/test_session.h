// A session over a table made of rows, read by the real engine and the real catalog. Included by
// *_test.cpp files only.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "analyst/statistical.h"
#include "catalog/read.h"
#include "patterns/workspace.h"
#include "source/gate.h"
#include "source/open.h"
#include "tools/session.h"

namespace insights::tools::testing {

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

class TestSession {
 public:
  explicit TestSession(std::string_view csv, Options options = full(), int decoys = 0) {
    static int made = 0;
    folder_ = std::filesystem::temp_directory_path() /
              fmt::format("insights-tools-{}-{}", getpid(), ++made);
    std::filesystem::create_directories(folder_);
    const auto file = folder_ / "sales.csv";
    std::ofstream(file) << csv;
    auto opened = source::open({.locations = {file.string()}, .threads = 1}, {});
    REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
    source_ = *std::move(opened);
    auto gate = source::open_gate(*source_);
    REQUIRE(gate);
    gate_ = std::make_unique<sql::Gate>(*std::move(gate));
    auto catalog = catalog::read(*source_, *gate_, vocabulary(), {}, {}, {});
    REQUIRE_MESSAGE(catalog.has_value(), (catalog ? "" : catalog.error().message));
    catalog_ = *std::move(catalog);
    reader_ = std::make_unique<findings::EvidenceReader>(*source_, *gate_);
    database_ = std::make_unique<analyst::Database>(analyst::Database{
        *source_, *gate_, *reader_, metadata_, catalog_.business_context, run_, style_});
    for (auto& subject : catalog_.subjects)
      material_.subjects.push_back({&subject, patterns::add_decoys(subject, decoys, 42)});
    material_.database = database_.get();
    brief_.threads = 2;
    auto begun = Session::open(brief_, material_, vocabulary(), options, stop_.get_token());
    REQUIRE_MESSAGE(begun.has_value(), (begun ? "" : begun.error().message));
    session = std::make_unique<Session>(*std::move(begun));
  }
  ~TestSession() {
    session.reset();
    source_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TestSession(const TestSession&) = delete;
  TestSession& operator=(const TestSession&) = delete;

  static Options full() {
    Options options;
    options.privacy.mode = PrivacyMode::full;
    return options;
  }
  static Options of(PrivacyMode mode) {
    Options options;
    options.privacy.mode = mode;
    return options;
  }

  Answer call(std::string name, std::string arguments) {
    const std::vector<Call> calls{{std::move(name), std::move(arguments)}};
    return session->answer(calls).at(0);
  }
  Answer sql(const std::string& text) { return call("execute_sql", "{\"sql\":\"" + text + "\"}"); }

  analyst::Investigation leads() {
    analyst::StatisticalAnalyst analyst(vocabulary());
    auto found = analyst.investigate(brief_, material_, {}, {});
    REQUIRE(found);
    session->offer_leads(*found);
    return *std::move(found);
  }

  std::unique_ptr<Session> session;
  analyst::Brief& brief() { return brief_; }  // the session's own
  const catalog::Subject& subject() const { return catalog_.subjects.front(); }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<source::Source> source_;
  std::unique_ptr<sql::Gate> gate_;
  catalog::Catalog catalog_;
  catalog::Metadata metadata_;
  findings::NumberStyle style_;
  std::string run_ = "run-1";
  std::unique_ptr<findings::EvidenceReader> reader_;
  std::unique_ptr<analyst::Database> database_;
  analyst::Material material_;
  analyst::Brief brief_;
  std::stop_source stop_;
};

// Two years of sales of 40 customers in four areas; those of Hills buy half as much as the others
// from the second year on, when `falls`.
inline std::string sales_csv(bool falls) {
  std::string csv = "order_date,customer,area,late,net_sales\n";
  unsigned chance = 7;
  const auto random = [&](unsigned below) {
    chance = chance * 1664525U + 1013904223U;
    return (chance >> 16) % below;
  };
  static constexpr const char* areas[] = {"Hills", "Coast", "Plain", "Delta"};
  for (int day = 0; day < 730; ++day) {
    for (int line = 0; line < 6; ++line) {
      const auto customer = random(40);
      const auto* area = areas[customer % 4];
      const bool low = falls && customer % 4 == 0 && day >= 365;
      csv += fmt::format("{},C{:02},{},{},{}\n", base::iso_text(base::Day{19358 + day}), customer,
                         area, random(100) < (customer % 4 == 1 && falls ? 30U : 10U) ? 1 : 0,
                         (low ? 50 : 100) + random(20));
    }
  }
  return csv;
}

}  // namespace insights::tools::testing
