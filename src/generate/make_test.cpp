#include "generate/make.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "generate/all_effects.h"
#include "generate/describe.h"

using namespace insights;
using namespace insights::generate;

namespace {

// A directory that is gone at the end.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "insights-made-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

using Cells = std::vector<std::string>;

std::vector<Cells> rows_of(const std::string& text) {
  std::vector<Cells> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    Cells cells(1);
    for (const char letter : line) {
      if (letter == ',')
        cells.emplace_back();
      else
        cells.back() += letter;
    }
    rows.push_back(cells);
  }
  return rows;
}

struct Made {
  Truth truth;
  std::map<std::string, std::string, std::less<>> files;
};

Made made(const Order& order) {
  const Folder folder;
  auto truth = make_company(order, folder.path(), {});
  REQUIRE(truth.has_value());
  Made result{*std::move(truth), {}};
  for (const auto table : tables)
    result.files.emplace(table, text_of(folder.path() / (std::string(table) + ".csv")));
  return result;
}

Order ordered(std::int64_t rows, std::uint64_t seed, std::string_view effects) {
  return {rows, seed, chosen_effects(effects).effects};
}

const Planted& planted(const Truth& truth, std::string_view id) {
  const auto found = std::ranges::find(truth.planted, id, &Planted::id);
  REQUIRE(found != truth.planted.end());
  return *found;
}

}  // namespace

TEST_CASE("the same order gives the same bytes, another seed others") {
  const auto first = made(ordered(3000, 5, "all")), again = made(ordered(3000, 5, "all"));
  CHECK(first.files == again.files);
  CHECK(first.truth == again.truth);
  CHECK(made(ordered(3000, 6, "all")).files != first.files);
}

TEST_CASE("there are exactly as many lines as were asked for, by date, and every cell has a head") {
  for (const std::int64_t rows : {100, 1234, 5000}) {
    for (const auto effects : {"all", "none"}) {
      auto company = made(ordered(rows, 1, effects));
      const auto lines = rows_of(company.files["invoices"]);
      CHECK(std::ssize(lines) == rows + 1);
      CHECK(company.truth.rows == rows);
      for (const auto& line : lines) REQUIRE(line.size() == lines.front().size());
      CHECK(std::ranges::is_sorted(lines.begin() + 1, lines.end(), {},
                                   [](const Cells& line) { return line[1]; }));
    }
  }
}

TEST_CASE("lines refer to customers, products and batches that there are") {
  auto company = made(ordered(4000, 2, "all"));
  std::map<std::string, std::set<std::string>> keys;
  for (const auto* table : {"customers", "products", "batches"})
    for (const auto& row : rows_of(company.files[table])) keys[table].insert(row[0]);
  std::size_t number = 0;
  for (const auto& line : rows_of(company.files["invoices"])) {
    if (number++ == 0) continue;
    REQUIRE(keys["customers"].contains(line[3]));
    REQUIRE(keys["products"].contains(line[4]));
    REQUIRE(keys["batches"].contains(line[5]));
  }
}

TEST_CASE("a company without effects has no truth to be found, one with all has every effect's") {
  const auto empty = made(ordered(1000, 3, "none")).truth;
  CHECK(empty.planted.empty());
  CHECK(empty.background.empty());
  CHECK(empty.traps.empty());
  CHECK(!empty.noise_columns.empty());
  for (const auto& entry : all_effects) {
    CAPTURE(entry.name);
    Order order{1000, 3, {std::string(entry.name)}};
    const auto truth = made(order).truth;
    const bool told = !truth.planted.empty() || !truth.background.empty() || !truth.traps.empty();
    CHECK(told);
    CHECK(truth.planted.empty() == (entry.kind == Kind::trap || entry.kind == Kind::background));
  }
}

TEST_CASE("one more effect moves nothing that another one planted") {
  const auto alone = made(ordered(20'000, 4, "price_step")).truth;
  const auto both = made(ordered(20'000, 4, "price_step,harder_zone")).truth;
  CHECK(planted(alone, "price_step").entities == planted(both, "price_step").entities);
}

TEST_CASE("the bad batch comes back far more often than the rest") {
  auto company = made(ordered(60'000, 5, "bad_batch"));
  const auto& batch = planted(company.truth, "bad_batch").entities.front().value;
  std::array<double, 2> lines{}, credits{};
  for (const auto& line : rows_of(company.files["invoices"])) {
    const std::size_t own = line[5] == batch ? 1 : 0;
    lines[own] += 1;
    credits[own] += line[2] == "CREDIT" ? 1 : 0;
  }
  CHECK(credits[1] / lines[1] > 4 * credits[0] / lines[0]);
}

TEST_CASE("the silent customer orders before the day of the truth and never after it") {
  auto company = made(ordered(20'000, 6, "silent_customer"));
  const auto& silent = planted(company.truth, "silent_customer");
  std::string last;
  for (const auto& line : rows_of(company.files["invoices"]))
    if (line[3] == silent.entities.front().value && line[2] == "SALE") last = line[1];
  CHECK(last == silent.from);
  CHECK(last < "2025-10-01");
  REQUIRE(silent.impact.has_value());
  CHECK(silent.impact->amount > 0);
}

TEST_CASE("the slow but faithful customer was silent for 48 days or a weekend more") {
  auto company = made(ordered(20'000, 6, "slow_but_faithful"));
  const auto& trap = company.truth.traps.front();
  std::string last;
  for (const auto& line : rows_of(company.files["invoices"]))
    if (line[3] == trap.entities.front().value) last = line[1];
  CHECK(last >= "2025-11-10");
  CHECK(last <= "2025-11-17");
}

TEST_CASE("the totals of the truth are those of the lines") {
  auto company = made(ordered(5000, 7, "all"));
  double gross = 0, net = 0;
  std::size_t number = 0;
  for (const auto& line : rows_of(company.files["invoices"])) {
    if (number++ == 0) continue;
    gross += std::strtod(line[11].c_str(), nullptr);
    net += std::strtod(line[13].c_str(), nullptr);
  }
  CHECK(gross == doctest::Approx(company.truth.gross_total));
  CHECK(net == doctest::Approx(company.truth.net_total));
}

TEST_CASE("names that are no effect are given back") {
  const auto chosen = chosen_effects("price_step,pricestep");
  CHECK(chosen.unknown == std::set<std::string>{"pricestep"});
  CHECK(chosen.effects.contains("price_step"));
  CHECK(chosen.effects.contains("growth"));  // background
  CHECK(chosen_effects("none").effects.empty());
}

TEST_CASE("a stop ends it, and a directory that is not there is an error") {
  std::stop_source stop;
  stop.request_stop();
  const Folder folder;
  const auto stopped = make_company(ordered(50'000, 1, "all"), folder.path(), stop.get_token());
  REQUIRE(!stopped.has_value());
  CHECK(stopped.error().kind == base::ErrorKind::cancelled);
  const auto nowhere = make_company(ordered(100, 1, "all"), folder.path() / "no" / "such", {});
  REQUIRE(!nowhere.has_value());
  CHECK(nowhere.error().kind == base::ErrorKind::unavailable);
}

TEST_CASE("every column that is written is described") {
  auto company = made(ordered(100, 1, "none"));
  const Folder folder;
  REQUIRE(describe_company(folder.path()).has_value());
  for (const auto table : tables) {
    const auto described = text_of(folder.path() / (std::string(table) + ".json"));
    const auto heads = rows_of(company.files[std::string(table)]).front();
    for (const auto& column : heads) {
      CAPTURE(column);
      CHECK(described.find("\"" + column + "\"") != std::string::npos);
    }
  }
}
