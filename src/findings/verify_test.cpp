#include "findings/verify.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <set>

#include "findings/prove.h"
#include "findings/testing.h"

using namespace insights;
using namespace insights::findings;

namespace {

constexpr VerifyOptions same_data{.data_unchanged = true, .style = {}};
constexpr VerifyOptions any_data{.data_unchanged = false, .style = {}};

Finding proven(testing::Database& database) {
  auto reader = database.reader();
  return prove(testing::discount_claim(), reader, {}, {}).value();
}

// The paths that have the status.
std::set<std::string> paths(const std::vector<Check>& checks, CheckStatus status) {
  std::set<std::string> found;
  for (const auto& check : checks) {
    if (check.status == status) found.insert(check.path);
  }
  return found;
}

// A text with one digit (or else one letter) changed.
void change(std::string& text) {
  const auto digit = text.find_first_of("0123456789");
  const auto place =
      digit == std::string::npos ? text.find_first_of("abcdefghijklmnopqrstuvwxyz") : digit;
  REQUIRE(place != std::string::npos);
  text[place] = text[place] == '9' || text[place] == 'z' ? '8' : static_cast<char>(text[place] + 1);
}

void change(double& number) { number = number == 0 ? 1 : number * 1.000001; }

void change(source::Cell& cell) {
  if (auto* real = std::get_if<double>(&cell)) return change(*real);
  if (auto* whole = std::get_if<std::int64_t>(&cell)) {
    ++*whole;
  } else if (auto* day = std::get_if<base::Day>(&cell)) {
    ++day->since_epoch;
  } else if (auto* text = std::get_if<std::string>(&cell)) {
    change(*text);
  } else {
    FAIL("no such cell in this test");
  }
}

struct Leaf {
  std::string path;
  std::function<void(Finding&)> change;
};

void add_rows(std::vector<Leaf>& leaves, const std::string& path,
              const std::vector<std::string>& columns, std::size_t rows,
              const std::function<std::vector<std::vector<source::Cell>>&(Finding&)>& of) {
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns.size(); ++column) {
      leaves.push_back({path + ".rows[" + std::to_string(row) + "]." + columns[column],
                        [=](Finding& finding) { change(of(finding)[row][column]); }});
    }
  }
}

// Every leaf of the finding that can be computed again.
std::vector<Leaf> leaves_of(const Finding& finding) {
  std::vector<Leaf> leaves{
      {"title", [](Finding& it) { change(it.title); }},
      {"summary", [](Finding& it) { change(it.summary); }},
      {"action", [](Finding& it) { change(it.action); }},
      {"impact.amount", [](Finding& it) { change(it.impact.amount); }},
      {"impact.low", [](Finding& it) { change(it.impact.low); }},
      {"impact.high", [](Finding& it) { change(it.impact.high); }},
      {"impact.text", [](Finding& it) { change(it.impact.text); }},
      {"impact.method", [](Finding& it) { change(it.impact.method); }},
      {"guards[0].note", [](Finding& it) { change(it.guards[0].note); }},
      {"chart.title", [](Finding& it) { change(it.chart.title); }},
  };
  for (const auto& [name, value] : finding.values) {
    const std::string key = name;
    leaves.push_back({"values." + key, [key](Finding& it) { change(it.values.at(key).value); }});
    leaves.push_back(
        {"values." + key + ".text", [key](Finding& it) { change(it.values.at(key).text); }});
  }
  for (std::size_t index = 0; index < finding.evidence.size(); ++index) {
    const auto& evidence = finding.evidence[index];
    const auto path = "evidence." + evidence.id;
    leaves.push_back(
        {path + ".row_count", [index](Finding& it) { ++it.evidence[index].row_count; }});
    leaves.push_back(
        {path + ".truncated", [index](Finding& it) { it.evidence[index].truncated ^= true; }});
    leaves.push_back(
        {path + ".columns", [index](Finding& it) { change(it.evidence[index].columns[0]); }});
    add_rows(leaves, path, evidence.columns, evidence.rows.size(),
             [index](Finding& it) -> auto& { return it.evidence[index].rows; });
  }
  leaves.push_back({"chart.columns", [](Finding& it) { change(it.chart.columns[0]); }});
  leaves.push_back({"chart.row_count", [](Finding& it) { it.chart.rows.pop_back(); }});
  add_rows(leaves, "chart", finding.chart.columns, finding.chart.rows.size(),
           [](Finding& it) -> auto& { return it.chart.rows; });
  return leaves;
}

}  // namespace

TEST_CASE("an untouched finding over untouched data is the same in every leaf") {
  testing::Database database;
  const auto finding = proven(database);
  auto reader = database.reader();
  const auto checks = verify(finding, reader, same_data, {}).value();
  CHECK(worst(checks) == CheckStatus::same);
  CHECK(checks.size() > 50);
  for (const auto& check : checks) CHECK(check.stored == check.now);
  std::set<std::string> seen;
  for (const auto& check : checks) CHECK_MESSAGE(seen.insert(check.path).second, check.path);
  for (const auto& leaf : leaves_of(finding)) CHECK_MESSAGE(seen.contains(leaf.path), leaf.path);
}

TEST_CASE("one digit changed anywhere is wrong, at the right path") {
  testing::Database database;
  const auto finding = proven(database);
  auto reader = database.reader();
  for (const auto& leaf : leaves_of(finding)) {
    CAPTURE(leaf.path);
    auto changed = finding;
    leaf.change(changed);
    const auto checks = verify(changed, reader, same_data, {}).value();
    CHECK(paths(checks, CheckStatus::wrong).contains(leaf.path));
    // What the engine wrote contradicts itself, so it is wrong whatever became of the data.
    const bool of_the_data = leaf.path.starts_with("evidence.") || leaf.path.starts_with("chart.");
    if (of_the_data && leaf.path != "chart.title") continue;
    const auto without = verify(changed, reader, any_data, {}).value();
    CHECK(paths(without, CheckStatus::wrong).contains(leaf.path));
  }
}

TEST_CASE("a digit in a binding, a formula or a template is wrong") {
  testing::Database database;
  const auto finding = proven(database);
  auto reader = database.reader();
  const auto wrong = [&](const std::function<void(Finding&)>& change_it) {
    auto changed = finding;
    change_it(changed);
    return paths(verify(changed, reader, any_data, {}).value(), CheckStatus::wrong);
  };
  CHECK(wrong([](Finding& it) {
          std::get<Formula>(it.values.at("rate").binding.from).text += " + 1";
        }).contains("values.rate"));
  CHECK(wrong([](Finding& it) {
          it.values.at("gross").binding.from = CellReference{"q1", 1, "gross"};
        }).contains("values.gross"));
  CHECK(wrong([](Finding& it) {
          it.values.at("gross").binding.unit = "USD";
        }).contains("values.gross.text"));
  CHECK(wrong([](Finding& it) { it.title_template = it.title; }).contains("title"));
  CHECK(wrong([](Finding& it) {
          it.title = it.title_template = std::string(200, 'x');
        }).contains("title"));
  CHECK(wrong([](Finding& it) {
          it.impact.low_from = it.impact.high_from;
          it.impact.low = it.impact.high;
        }).contains("impact"));
  CHECK(wrong([](Finding& it) { it.impact.per = "month"; }).contains("impact.text"));
  CHECK(wrong([](Finding& it) {
          it.evidence[0].dialect = "postgres";
        }).contains("evidence.q1.dialect"));
  CHECK(wrong([](Finding& it) { it.chart.chart.query = "q9"; }).contains("chart.query"));
  CHECK(
      wrong([](Finding& it) { it.chart.chart.mark = Chart::Mark::none; }).contains("chart.query"));
}

TEST_CASE("a name that is none of the source's is told from one that is") {
  testing::Database database;
  auto reader = database.reader();
  auto claim = testing::discount_claim();
  auto finding = prove(claim, reader, {}, {}).value();
  auto& measure = finding.values.at("measure");
  measure.binding.from = CatalogName{"net 5"};
  measure.value = std::string("net 5");
  measure.text = "net 5";
  CHECK(paths(verify(finding, reader, same_data, {}).value(), CheckStatus::wrong)
            .contains("values.measure"));
}

TEST_CASE("data that changed is told from a report that is wrong, with old and new") {
  testing::Database before;
  const auto finding = proven(before);
  std::string csv(testing::sales_csv);
  csv.replace(csv.find("4000.5"), 6, "4500.0");
  testing::Database after(csv);
  auto reader = after.reader();
  const auto checks = verify(finding, reader, any_data, {}).value();
  CHECK(paths(checks, CheckStatus::wrong).empty());
  const std::set<std::string> changed{"title",
                                      "summary",
                                      "values.rate",
                                      "values.rate.text",
                                      "values.extra",
                                      "values.net",
                                      "impact.text",
                                      "values.extra.text",
                                      "values.net.text",
                                      "impact.amount",
                                      "impact.low",
                                      "impact.high",
                                      "evidence.q1.rows[0].net",
                                      "chart.rows[4].net"};
  auto found = paths(checks, CheckStatus::data_changed);
  for (const auto& path : changed) CHECK_MESSAGE(found.contains(path), path);
  const auto title = std::ranges::find(checks, "title", &Check::path);
  CHECK(title->stored == "Bob gets 13.3 % discount, others 5 %");
  CHECK(title->now == "Bob gets 7.8 % discount, others 5 %");
  const auto cell = std::ranges::find(checks, "evidence.q1.rows[0].net", &Check::path);
  CHECK(cell->stored == "7800.5");
  CHECK(cell->now == "8300");
  CHECK(paths(checks, CheckStatus::same).contains("values.gross"));
  CHECK(worst(verify(finding, reader, same_data, {}).value()) == CheckStatus::wrong);
}

TEST_CASE("rows that are gone are said to be gone") {
  testing::Database before;
  const auto finding = proven(before);
  testing::Database after(testing::sales_csv.substr(0, testing::sales_csv.find("2025-01-10")));
  auto reader = after.reader();
  const auto checks = verify(finding, reader, any_data, {}).value();
  CHECK(paths(checks, CheckStatus::wrong).empty());
  const auto cell = std::ranges::find(checks, "evidence.q1.rows[0].net", &Check::path);
  CHECK(cell->now == "no such row");
  CHECK(paths(checks, CheckStatus::data_changed).contains("title"));
}

TEST_CASE("a query that no longer runs carries the engine's words") {
  testing::Database before;
  const auto finding = proven(before);
  testing::Database after("day,client\n2025-01-01,Ada\n");
  auto reader = after.reader();
  for (const auto& options : {any_data, same_data}) {
    const auto checks = verify(finding, reader, options, {}).value();
    const auto query = std::ranges::find(checks, "evidence.q1.sql", &Check::path);
    REQUIRE(query != checks.end());
    CHECK(query->status ==
          (options.data_unchanged ? CheckStatus::wrong : CheckStatus::data_changed));
    CHECK(query->now.find("customer") != std::string::npos);
  }
}

TEST_CASE("a report is outside input: what the gate refuses is wrong and does not run") {
  testing::Database database;
  auto finding = proven(database);
  auto reader = database.reader();
  for (const auto* text :
       {"DROP TABLE sales", "SELECT 1; SELECT 2", "COPY sales TO 'x'", "", "nonsense"}) {
    finding.evidence[0].sql = text;
    const auto checks = verify(finding, reader, any_data, {}).value();
    CHECK(paths(checks, CheckStatus::wrong).contains("evidence.q1.sql"));
  }
}

TEST_CASE("a report is outside input: sizes are limited before anything runs") {
  testing::Database database;
  const auto finding = proven(database);
  auto reader = database.reader();
  const auto only_check = [&](const std::function<void(Finding&)>& change_it) {
    auto changed = finding;
    change_it(changed);
    const auto checks = verify(changed, reader, any_data, {}).value();
    REQUIRE(checks.size() == 1);
    CHECK(checks[0].status == CheckStatus::wrong);
    return checks[0].path;
  };
  CHECK(only_check([](Finding& it) { it.evidence.resize(33); }) == "evidence");
  CHECK(only_check([](Finding& it) { it.evidence[2].rows.resize(20); }) == "evidence");
  CHECK(only_check([](Finding& it) { it.evidence.clear(); }) == "evidence");
  CHECK(only_check([](Finding& it) { it.evidence[1].id = it.evidence[0].id; }) == "evidence");
  CHECK(only_check([](Finding& it) { it.chart.rows.resize(201); }) == "chart");
  const auto add_values = [](Finding& it) {
    for (int index = 0; index < 300; ++index) it.values["v" + std::to_string(index)] = {};
  };
  CHECK(only_check(add_values) == "values");
  CHECK(reader.queries_run() == 0);
}

TEST_CASE("crooked rows of a report do no harm") {
  testing::Database database;
  const auto finding = proven(database);
  auto reader = database.reader();
  auto changed = finding;
  changed.evidence[0].rows[0].pop_back();
  changed.chart.rows[1].clear();
  changed.evidence[1].columns.clear();
  changed.values["x"].binding.from = Formula{std::string(5000, '('), {}};
  changed.impact.amount = std::numeric_limits<double>::quiet_NaN();
  const auto wrong = paths(verify(changed, reader, any_data, {}).value(), CheckStatus::wrong);
  CHECK(wrong.contains("evidence.q1.rows[0]"));
  CHECK(wrong.contains("chart.rows[1]"));
  CHECK(wrong.contains("values.usual"));
  CHECK(wrong.contains("values.x"));
  CHECK(wrong.contains("impact.amount"));
  CHECK(wrong.contains("impact"));
}

TEST_CASE("a stop or a limit on queries gives no verdict") {
  testing::Database database;
  const auto finding = proven(database);
  EvidenceReader small(database.source(), database.gate(), {.query = {}, .queries_max = 2});
  CHECK(verify(finding, small, any_data, {}).error().kind == base::ErrorKind::cancelled);
  auto reader = database.reader();
  std::stop_source stop;
  stop.request_stop();
  CHECK(verify(finding, reader, any_data, stop.get_token()).error().kind ==
        base::ErrorKind::cancelled);
}

TEST_CASE("a finding without impact or chart verifies too") {
  testing::Database database;
  auto reader = database.reader();
  auto claim = testing::discount_claim();
  claim.impact = {};
  claim.chart = {};
  auto finding = prove(claim, reader, {}, {}).value();
  CHECK(worst(verify(finding, reader, same_data, {}).value()) == CheckStatus::same);
  finding.impact.amount = 5;
  CHECK(paths(verify(finding, reader, any_data, {}).value(), CheckStatus::wrong)
            .contains("impact.amount"));
}
