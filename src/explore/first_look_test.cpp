#include "explore/first_look.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "analyst/statistical.h"
#include "catalog/read.h"
#include "catalog/vocabulary_files.h"
#include "source/gate.h"
#include "source/open.h"

using namespace insights;

namespace {

// 6,000 sales of 50 customers over three years; the first customer has half of the money.
std::string sales() {
  std::string text = "day,customer,product,amount\n";
  for (int i = 0; i < 6000; ++i) {
    const int customer = i % 2 == 0 ? 0 : 1 + i % 49;
    text += fmt::format("{}-{:02}-{:02},Firm {:02},P{},{}.50\n", 2022 + i / 2000,
                        1 + (i % 2000) / 167, 1 + i % 28, customer, i % 7, 100 + i % 13);
  }
  return text;
}

struct Told final : explore::RunObserver {
  std::vector<std::string> titles;
  std::vector<std::string> values;
  void on(const explore::Event& event) override {
    const auto* early = std::get_if<explore::EarlyFinding>(&event);
    if (early != nullptr) titles.push_back(early->finding->title);
  }
};

std::vector<std::string> told(std::int64_t rows_min) {
  const auto path = std::filesystem::temp_directory_path() /
                    fmt::format("insights-first-look-{}.csv", static_cast<int>(getpid()));
  std::ofstream(path) << sales();
  const auto source = source::open({.locations = {path.string()}, .threads = 1}, {}).value();
  std::filesystem::remove(path);
  const auto gate = source::open_gate(*source).value();
  const auto vocabulary =
      catalog::read_vocabulary(catalog::vocabulary_files::vocabulary_toml(), "").value();
  const catalog::Metadata metadata;
  analyst::StatisticalAnalyst analyst(vocabulary);
  Told observer;
  explore::Order order;
  order.first_look = {.rows_min = rows_min, .sample_rows = 1500};
  findings::EvidenceReader reader(*source, gate);
  auto catalog = catalog::read(*source, gate, vocabulary, metadata, {}, {}).value();
  explore::take_first_look(catalog, order, {*source, gate, vocabulary, metadata, analyst, observer},
                           reader, {});
  CHECK(catalog.subjects.front().frame.columns.front().profile.rows == 6000);
  CHECK(catalog.subjects.front().numbers(*catalog.subjects.front().money).size() == 6000);
  return observer.titles;
}

}  // namespace

TEST_CASE("a large table's first look shows what a sample shows, with the numbers of all rows") {
  const auto titles = told(5000);
  REQUIRE(!titles.empty());
  // 3,000 of 6,000 rows, to the tenth of a percent: a sample of 1,500 would not give it.
  CHECK_MESSAGE(titles[0].find("Firm 00 is 50 % of") != std::string::npos, titles[0]);
}

TEST_CASE("a table that is soon looked at gets no first look") { CHECK(told(7000).empty()); }
