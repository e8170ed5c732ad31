#include "frame/load.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "source/gate.h"
#include "source/open.h"

using namespace insights;
using namespace insights::frame;

namespace {

constexpr int rows = 30'000;

// Rows of which every tenth repeats the first.
std::filesystem::path made_table() {
  auto path = std::filesystem::temp_directory_path() / fmt::format("load_test_{}.csv", getpid());
  std::ofstream file(path);
  file << "name,amount,day,place\n";
  for (int row = 0; row < rows; ++row) {
    const int i = row % 10 == 0 ? 0 : row;
    file << fmt::format("customer {},{},2024-01-{:02},{}\n", i % 700, i * 0.25, i % 28 + 1,
                        i % 7 == 0 ? "" : "ab");
  }
  return path;
}

Frame loaded(source::Source& source, int threads) {
  const auto gate = source::open_gate(source);
  REQUIRE(gate);
  const auto query = gate->check("SELECT * FROM \"" + source.tables().front().name + "\"");
  REQUIRE(query);
  const auto& table = source.tables().front();
  auto frame = load(source, *query, table.name, table.columns, rows, {.threads = threads}, {});
  REQUIRE(frame);
  return *std::move(frame);
}

std::vector<std::uint32_t> codes_of(const Column& column) {
  std::vector<std::uint32_t> codes;
  for (std::size_t row = 0; row < column.coded()->codes.size(); ++row)
    codes.push_back(column.coded()->codes[row]);
  return codes;
}

}  // namespace

TEST_CASE("a frame and its count of repeated rows do not depend on the number of threads") {
  const auto path = made_table();
  const auto source = source::open({.locations = {path.string()}}, {});
  REQUIRE(source);
  const auto alone = loaded(**source, 1);
  CHECK(alone.rows == rows);
  CHECK(alone.duplicate_rows == rows / 10 - 1);
  for (const int threads : {2, 5}) {
    const auto frame = loaded(**source, threads);
    CHECK(frame.duplicate_rows == alone.duplicate_rows);
    REQUIRE(frame.columns.size() == 4);
    for (const std::size_t text : {std::size_t{0}, std::size_t{3}}) {
      CHECK(frame.columns[text].coded()->dictionary == alone.columns[text].coded()->dictionary);
      CHECK(codes_of(frame.columns[text]) == codes_of(alone.columns[text]));
    }
    CHECK(frame.columns[1].numbers()->values == alone.columns[1].numbers()->values);
    CHECK(frame.columns[1].profile.sum == alone.columns[1].profile.sum);
    CHECK(frame.columns[1].profile.distinct == alone.columns[1].profile.distinct);
    CHECK(frame.columns[2].days()->days == alone.columns[2].days()->days);
  }
  std::filesystem::remove(path);
}
