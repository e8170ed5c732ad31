// What the tests of this room share: a table made of rows, read by the real engine and the real
// catalog, so that a test sees what a user's file would give, down to the proof of a claim.
// Included by *_test.cpp files only.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/read.h"
#include "catalog/vocabulary.h"
#include "findings/control_false_discovery.h"
#include "findings/prove.h"
#include "patterns/pattern.h"
#include "patterns/workspace.h"
#include "source/gate.h"
#include "source/open.h"

namespace insights::patterns::testing {

inline const catalog::Vocabulary& vocabulary() {
  static const catalog::Vocabulary read = [] {
    std::ifstream file(INSIGHTS_SOURCE_DIR "/data/vocabulary.toml");
    std::stringstream text;
    text << file.rdbuf();
    auto words = catalog::read_vocabulary(text.str(), "");
    REQUIRE_MESSAGE(words.has_value(), (words ? "" : words.error().message));
    return *std::move(words);
  }();
  return read;
}

// The day `days` after 1 Jan 2023, as a CSV file writes it.
inline std::string day_text(int days) { return base::iso_text(base::Day{19358 + days}); }

//   TestTable table("day,customer,region,net");
//   table.row(day_text(0), "Ada", "Hills", 12.5);
//   const auto found = table.accepted(examine_rate_outlier);
class TestTable {
 public:
  explicit TestTable(std::string_view header) { text_ << header << "\n"; }
  TestTable(const TestTable&) = delete;
  TestTable& operator=(const TestTable&) = delete;
  ~TestTable() {
    source_.reset();
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }

  template <class... Cells>
  void row(const Cells&... cells) {
    std::string_view comma;
    ((text_ << comma << fmt::format("{}", cells), comma = ","), ...);
    text_ << "\n";
  }

  // A second table beside it, as CSV.
  void beside(std::string name, std::string csv) {
    beside_.emplace_back(std::move(name), std::move(csv));
  }

  // Reads the table on first use; no rows may be added afterwards.
  const catalog::Subject& subject() {
    if (!catalog_) read();
    return catalog_->subjects.front();
  }

  // `decoys` shuffled columns are added; 0 for a test that looks at the table's own columns alone.
  const Workspace& workspace(int decoys = 0) {
    if (workspace_) return *workspace_;
    subject();
    const auto shuffled = add_decoys(catalog_->subjects.front(), decoys, 42);
    workspace_ = std::make_unique<Workspace>(
        prepare(catalog_->subjects.front(), vocabulary(), {}, shuffled, 1, {}));
    return *workspace_;
  }

  // The candidates that pass false-discovery control at 5 % over this pattern alone and are large
  // enough to matter.
  std::vector<Candidate> accepted(std::vector<Candidate> (*examine)(const Workspace&)) {
    auto candidates = examine(workspace());
    std::vector<findings::Hypothesis> hypotheses;
    for (const auto& candidate : candidates)
      hypotheses.push_back({candidate.entry, candidate.material});
    const auto correction = findings::control_false_discovery(hypotheses);
    std::vector<Candidate> passed;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (correction.entries[i].decision == findings::Decision::published)
        passed.push_back(std::move(candidates[i]));
    }
    return passed;
  }

  // The one about this value of this column; nullptr when there is none.
  const Candidate* about(const std::vector<Candidate>& candidates, std::string_view column,
                         std::string_view value) {
    const auto place = subject().index_of(column);
    REQUIRE(place.has_value());
    for (const auto& candidate : candidates) {
      if (candidate.column == *place &&
          subject().codes(*place).dictionary[candidate.value] == value)
        return &candidate;
    }
    return nullptr;
  }

  // The finding that the candidate's claim becomes when the database bears it out, twice.
  findings::Finding proven(const Candidate& candidate) {
    workspace();
    findings::EvidenceReader reader(*source_, *gate_), fresh(*source_, *gate_);
    const auto claim = candidate.claim();
    auto finding = findings::prove(claim, reader, {}, {});
    REQUIRE_MESSAGE(finding.has_value(), (finding ? "" : finding.error().message)
                                             << " in: " << claim.title << " / " << claim.summary
                                             << "\n"
                                             << all_sql(claim));
    const auto confirmed = findings::confirm(*finding, fresh, {}, {});
    CHECK_MESSAGE(confirmed.has_value(), (confirmed ? "" : confirmed.error().message));
    return *std::move(finding);
  }

 private:
  static std::string all_sql(const findings::Claim& claim) {
    std::string text;
    for (const auto& evidence : claim.evidence) text += evidence.sql + "\n";
    return text;
  }

  void read() {
    static int made = 0;
    folder_ = std::filesystem::temp_directory_path() /
              fmt::format("insights-patterns-{}-{}", getpid(), ++made);
    std::filesystem::create_directories(folder_);
    const auto file = folder_ / "sales.csv";
    std::ofstream(file) << text_.str();
    std::vector<std::string> locations{file.string()};
    for (const auto& [name, csv] : beside_) {
      const auto other = folder_ / (name + ".csv");
      std::ofstream(other) << csv;
      locations.push_back(other.string());
    }
    auto opened = source::open({.locations = locations, .threads = 1}, {});
    REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
    source_ = *std::move(opened);
    auto gate = source::open_gate(*source_);
    REQUIRE(gate.has_value());
    gate_ = std::make_unique<sql::Gate>(*std::move(gate));
    auto catalog = catalog::read(*source_, *gate_, vocabulary(), {}, {}, {});
    REQUIRE_MESSAGE(catalog.has_value(), (catalog ? "" : catalog.error().message));
    catalog_ = std::make_unique<catalog::Catalog>(*std::move(catalog));
    REQUIRE(!catalog_->subjects.empty());
  }

  std::ostringstream text_;
  std::vector<std::pair<std::string, std::string>> beside_;
  std::filesystem::path folder_;
  std::unique_ptr<source::Source> source_;
  std::unique_ptr<sql::Gate> gate_;
  std::unique_ptr<catalog::Catalog> catalog_;
  std::unique_ptr<Workspace> workspace_;
};

}  // namespace insights::patterns::testing
