#include "report/json.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "report/plain_text.h"
#include "report/sample_run.h"

namespace insights::report {

namespace {

using Json = nlohmann::ordered_json;

SavedReport read_back(const std::string& text) {
  auto saved = read_json(text);
  REQUIRE_MESSAGE(saved.has_value(), (saved ? "" : saved.error().message));
  return *std::move(saved);
}

// The sample with one finding about the cells.
explore::Run run_with_cells(std::vector<std::vector<source::Cell>> rows) {
  auto run = sample_run();
  run.findings.resize(1);
  auto& evidence = run.findings[0].evidence[0];
  evidence.columns.assign(rows[0].size(), "column");
  evidence.rows = std::move(rows);
  return run;
}

std::string problem_of(const Json& report) {
  const auto saved = read_json(report.dump());
  return saved ? "" : saved.error().message;
}

}  // namespace

TEST_CASE("a report reads back whole") {
  const auto run = sample_run();
  const auto saved = read_back(to_json(run));
  CHECK(saved.altered.empty());
  CHECK(saved.tallies == tallies_of(run.ledger));
  CHECK(saved.run.totals == run.totals);
  CHECK(saved.run.counts == run.counts);
  CHECK(saved.run.notes == run.notes);
  CHECK(saved.run.partial_reason == run.partial_reason);
  REQUIRE(saved.run.findings.size() == run.findings.size());
  for (std::size_t at = 0; at < run.findings.size(); ++at) {
    if (run.findings[at].id == "f-5") continue;  // holds a NaN, which equals nothing
    CHECK_MESSAGE(saved.run.findings[at] == run.findings[at], run.findings[at].id);
  }
  CHECK(std::isnan(std::get<double>(saved.run.findings[4].evidence[0].rows[0][1])));
  CHECK(saved.run.findings[4].evidence[0].rows[1] == run.findings[4].evidence[0].rows[1]);
  CHECK(to_json(saved.run, saved.tallies) == to_json(run));
}

TEST_CASE("cells at the ends of their types read back exactly") {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  const auto run = run_with_cells({
      {least, 0.1, std::string("\0\x1f\"\\", 4), base::Day{0}, base::Moment{-1}, true},
      {most, 5e-324, std::string(), base::Day{-719'163}, base::Moment{1'762'000'000'123'456},
       false},
      {std::int64_t{0}, -1.7976931348623157e308, source::Cell{}, base::Day{2'932'896},
       base::Moment{std::numeric_limits<std::int64_t>::max()}, source::Cell{}},
      {std::int64_t{1} << 53, 1e15, std::string("₹"),
       base::Day{std::numeric_limits<std::int32_t>::max()}, base::Moment{0}, source::Cell{}},
  });
  CHECK(read_back(to_json(run)).run.findings[0].evidence == run.findings[0].evidence);
}

TEST_CASE("a column of several types reads back exactly") {
  const auto run = run_with_cells({{std::int64_t{3}, source::Cell{}},
                                   {3.0, source::Cell{}},
                                   {base::Day{3}, source::Cell{}},
                                   {std::string("1970-01-04"), source::Cell{}},
                                   {source::Cell{}, source::Cell{}}});
  CHECK(read_back(to_json(run)).run.findings[0].evidence == run.findings[0].evidence);
}

TEST_CASE("numbers that JSON does not know are texts") {
  auto run = run_with_cells({{std::numeric_limits<double>::infinity()}});
  run.findings[0].test.statistic = -std::numeric_limits<double>::infinity();
  run.findings[0].test.interval_high = std::nullopt;
  const auto text = to_json(run);
  CHECK(text.find("\"-Infinity\"") != std::string::npos);
  CHECK(read_back(text).run.findings == run.findings);
}

TEST_CASE("bytes that are not UTF-8 are replaced, not fatal") {
  auto run = sample_run();
  run.locations = {"data/\xff.csv"};
  const auto saved = read_back(to_json(run));
  CHECK(saved.run.locations[0] == "data/\xEF\xBF\xBD.csv");
  CHECK(saved.altered.empty());
}

TEST_CASE("the findings do not know when or as what they were made") {
  auto run = sample_run();
  const auto first = Json::parse(to_json(run))["findings"].dump();
  run.id = "run-20260101-000000-ffff";
  run.started_at = "2026-01-01 00:00:00";
  run.spent.wall = std::chrono::milliseconds{999};
  CHECK(Json::parse(to_json(run))["findings"].dump() == first);
  CHECK(first.find("run-") == std::string::npos);
}

TEST_CASE("the JSON holds no character that acts on a terminal") {
  for (const auto& text : {to_json(sample_run()), ledger_json_lines(sample_run().ledger)}) {
    for_each_character(text, [](char32_t code, std::string_view) {
      if (acts(code)) FAIL("U+", static_cast<unsigned>(code));
    });
  }
  CHECK(to_json(sample_run()).find("\\u001b[31m") != std::string::npos);
  CHECK(to_json(sample_run()).find("\\u202egnp.exe") != std::string::npos);
}

TEST_CASE("the ledger has a line for each hypothesis") {
  const auto run = sample_run();
  const auto lines = ledger_json_lines(run.ledger);
  CHECK(static_cast<std::size_t>(std::ranges::count(lines, '\n')) == run.ledger.entries.size());
  const auto first = Json::parse(lines.substr(0, lines.find('\n')));
  CHECK(first["pattern"] == "customer_silent");
  CHECK(first["decision"] == "not_significant");
  CHECK(first["decoy"] == false);
}

TEST_CASE("what was altered after writing is named") {
  const auto text = to_json(sample_run());
  const auto altered = [&](auto change) {
    auto report = Json::parse(text);
    change(report);
    return read_back(report.dump()).altered;
  };
  using Names = std::vector<std::string>;
  CHECK(altered([](Json& report) { report["findings"][0]["test"]["p"] = 0.0001; }) ==
        Names{"finding f-1: test"});
  CHECK(altered([](Json& report) { report["findings"][2]["title"] = "All is well"; }) ==
        Names{"finding f-3: title"});
  CHECK(altered([](Json& report) { report["counts"]["tested"] = 12; }) == Names{"counts"});
  CHECK(altered([](Json& report) { report["partial"] = false; }) == Names{"partial"});
  CHECK(altered([](Json& report) { report["note"] = "by hand"; }) == Names{"note"});
  CHECK(altered([](Json& report) { report.erase("seal"); }) == Names{"seal (it is missing)"});
  CHECK(altered([](Json& report) { std::swap(report["findings"][0], report["findings"][1]); }) ==
        Names{"findings"});
  const auto removed = altered([](Json& report) { report["findings"].erase(1); });
  CHECK(std::ranges::find(removed, "findings") != removed.end());
  CHECK(std::ranges::find(removed, "finding f-2: title") != removed.end());
}

TEST_CASE("a report that another program wrote anew is not altered") {
  CHECK(read_back(Json::parse(to_json(sample_run())).dump(8)).altered.empty());
  CHECK(read_back(nlohmann::json::parse(to_json(sample_run())).dump())
            .altered.empty());  // keys sorted
  auto report = Json::parse(to_json(sample_run()));
  report["totals"][1]["amount"] = 5512;  // was 5512.0
  CHECK(read_back(report.dump()).altered.empty());
}

TEST_CASE("what is not a report is refused with its place") {
  CHECK(read_json("").error().message == "this is not JSON");
  CHECK(read_json("{\"format_version\": 1").error().message == "this is not JSON");
  CHECK(problem_of(Json::array()).find("format_version should be there") != std::string::npos);
  CHECK(problem_of({{"format_version", 2}}).find("format_version 2") != std::string::npos);
  auto report = Json::parse(to_json(sample_run()));
  report["findings"][1]["evidence"][0]["rows"][2][1] = "many";
  CHECK(problem_of(report).find("findings[1].evidence[0].rows[2][1] should be a number") !=
        std::string::npos);
  report["findings"][1]["evidence"][0]["rows"][2] = Json::array({"B"});
  CHECK(problem_of(report).find("findings[1].evidence[0].rows[2] should be one cell a column") !=
        std::string::npos);
  report = Json::parse(to_json(sample_run()));
  report["findings"][0]["severity"] = "urgent";
  CHECK(problem_of(report).find("findings[0].severity should be one of high medium low") !=
        std::string::npos);
  report = Json::parse(to_json(sample_run()));
  report["counts"]["tested"] = -1;
  CHECK(problem_of(report).find("counts.tested should be zero or more") != std::string::npos);
  report["counts"]["tested"] = 18446744073709551615u;
  CHECK(problem_of(report).find("a whole number of 64 bits") != std::string::npos);
}

TEST_CASE("a report that is too deep or too large is not even parsed") {
  CHECK(read_json(std::string(100'000, '[')).error().message.find("nested deeper") !=
        std::string::npos);
  CHECK(read_json("{\"a\":" + std::string(70, '[') + std::string(70, ']') + "}")
            .error()
            .message.find("nested deeper") != std::string::npos);
  CHECK(read_json(std::string(report_bytes_max + 1, ' ')).error().message.find("bytes") !=
        std::string::npos);
}

TEST_CASE("millions of empty elements are left at the first") {
  std::string text = "{\"format_version\": 1, \"findings\": [{}";
  for (int at = 0; at < 300'000; ++at) text += ",{}";
  const auto saved = read_json(text + "]}");
  REQUIRE_FALSE(saved.has_value());
  CHECK(saved.error().message.find("should be there") != std::string::npos);
}

TEST_CASE("no wrong type and no cut crashes the reader") {
  auto run = sample_run();
  run.findings.resize(1);
  run.findings[0].chart.rows.resize(2);
  run.ledger = {};
  const auto text = to_json(run);
  const auto flat = Json::parse(text).flatten();
  for (const auto& [pointer, value] : flat.items()) {
    for (const Json& wrong :
         {Json::object(), Json::array({1}), Json(-1e300), Json("x"), Json(nullptr), Json(true)}) {
      auto report = Json::parse(text);
      report[Json::json_pointer(pointer)] = wrong;
      const auto saved = read_json(report.dump());
      const bool is_seen =
          !saved || !saved->altered.empty() || wrong == value || report == Json::parse(text);
      CHECK_MESSAGE((is_seen || pointer.starts_with("/seal")), pointer);
    }
  }
  for (std::size_t length = 0; length < text.size() - 1; length += 41) {
    CHECK_FALSE(read_json(text.substr(0, length)).has_value());
  }
}

}  // namespace insights::report
