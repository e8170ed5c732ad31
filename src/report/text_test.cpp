#include "report/text.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

#include "report/plain_text.h"
#include "report/sample_run.h"
#include "report/sketch.h"

namespace insights::report {

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines(1);
  for (const char character : text) {
    if (character == '\n')
      lines.emplace_back();
    else
      lines.back() += character;
  }
  return lines;
}

}  // namespace

TEST_CASE("the text report has each finding's sentence, money and action") {
  const auto text = to_text(sample_run(), {});
  CHECK(has(text, "[!!] 1  Malabar Trading Company stopped ordering\n"));
  CHECK(has(text, "₹39.9K of net sales a month at risk (₹31K to ₹52K)\n"));
  CHECK(has(text, "→ Call Malabar Trading Company this week"));
  CHECK(has(text, "tested 5,912 hypotheses, published 7, decoys accepted 0 of 5"));
  CHECK(has(text, "descriptive: 12 rows are too few to test"));
  CHECK(has(text, "! One entity: downgraded (half of the effect is one product)"));
  CHECK(has(text, "At risk      ₹39.9K a month"));
  CHECK(text.starts_with("! Stopped early: the time budget of 10 minutes was used up."));
}

TEST_CASE("lines keep to the width") {
  for (const int width : {60, 80, 120}) {
    for (const auto& line : lines_of(to_text(sample_run(), {.width = width}))) {
      CHECK_MESSAGE(columns_of(line) <= width, line);
    }
  }
}

TEST_CASE("nothing in the data reaches the terminal as a command") {
  for (const bool verbose : {false, true}) {
    const auto text = to_text(sample_run(), {.verbose = verbose});
    for_each_character(text, [](char32_t code, std::string_view) {
      if (acts(code)) FAIL("U+", static_cast<unsigned>(code));
    });
    CHECK(has(text, "Red[31mShop2J"));
  }
  auto colored = to_text(sample_run(), {.color = true, .verbose = true});
  for (const std::string code : {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[33m"}) {
    for (auto at = colored.find(code); at != std::string::npos; at = colored.find(code))
      colored.erase(at, code.size());
  }
  CHECK_FALSE(has(colored, "\x1b"));
  CHECK(has(colored, "Red[31mShop2J"));
}

TEST_CASE("the proof is there when asked for") {
  const auto brief = to_text(sample_run(), {});
  CHECK_FALSE(has(brief, "SELECT"));
  CHECK_FALSE(has(brief, "gamma-renewal"));
  const auto whole = to_text(sample_run(), {.verbose = true});
  CHECK(has(whole, "SELECT name, max(order_day) AS last_order"));
  CHECK(has(whole, "gamma-renewal gap, one of 312 hypotheses"));
  CHECK(has(whole, "✓ Partial period: passed (the last month is whole)"));
  CHECK(has(whole, "3 of 148 rows shown"));
  CHECK(has(whole, "Rate outlier: 1,404 tested, 1 published, 3 set aside"));
}

TEST_CASE("without Unicode everything that is ours is ASCII") {
  auto run = sample_run();
  run.findings = {run.findings[4]};  // names and amounts in ASCII
  run.totals.clear();
  for (const bool verbose : {false, true}) {
    const auto text = to_text(run, {.verbose = verbose, .unicode = false});
    CHECK(std::ranges::all_of(
        text, [](char character) { return static_cast<unsigned char>(character) < 0x80; }));
  }
  CHECK(has(to_text(sample_run(), {.unicode = false}), "B-2198  ##### 2.5 %"));
}

TEST_CASE("only the top is shown when asked for") {
  const auto text = to_text(sample_run(), {.top = 2});
  CHECK(has(text, "2  Batch B-2207"));
  CHECK_FALSE(has(text, "Kestrel"));
  CHECK(has(text, "and 5 more findings"));
}

TEST_CASE("a run that found nothing says so and what it looked at") {
  const auto text = to_text(sample_run_without_findings(), {});
  CHECK(text.starts_with("Nothing material found in orders and 1 more table\n"));
  CHECK(has(text, "Rate outlier: 1,403 tested"));
  const std::vector<PatternTally> saved{
      {.pattern = "trend", .tested = 4, .facts = 0, .published = 0, .set_aside = 0}};
  auto read_back = sample_run_without_findings();
  read_back.ledger = {};
  CHECK(has(to_text(read_back, {.saved = saved}), "Trend: 4 tested"));
}

TEST_CASE("a sketch is drawn where it says more than a number") {
  const auto run = sample_run();
  const auto line = sketch(run.findings[0].chart, {});
  REQUIRE(line.size() == 1);
  CHECK(line[0].text == "Jan 2024  ₹31K ▆▆▆▇▇█▇▇█▇▇▇▇▇▇██▇▆▇▃▁▁ ₹12.50  Nov 2025");
  const auto bars = sketch(run.findings[1].chart, {});
  REQUIRE(bars.size() == sketch_bars_max + 1);
  CHECK(bars[0].highlighted);
  CHECK(bars[5].text == "and 3 more");
  const auto points = sketch(run.findings[3].chart, {.unicode = false});
  REQUIRE(points.size() == 4);
  CHECK(points[3].text == "Coast      |-----o----|              61 % (52 % to 69 %)");
  CHECK(sketch(findings::ProvenChart{}, {}).empty());
}

TEST_CASE("a sketch keeps the highlighted bar wherever it stands") {
  auto chart = sample_run().findings[1].chart;
  chart.chart.highlight = "B-2220";
  const auto bars = sketch(chart, {});
  CHECK(bars[4].text.starts_with("B-2220"));
  CHECK(bars[4].highlighted);
}

TEST_CASE("charts with holes and odd numbers do not crash a sketch") {
  auto chart = sample_run().findings[0].chart;
  for (auto& row : chart.rows) row[1] = source::Cell{};
  CHECK(sketch(chart, {}).empty());
  chart.rows = {{base::Day{0}, 1.0},
                {base::Day{1}, std::numeric_limits<double>::infinity()},
                {source::Cell{}, 1.0},
                {base::Day{2}, 1.0},
                {}};
  CHECK(sketch(chart, {.width = 40}).size() <= 1);
  CHECK(sketch(chart, {.width = 4}).empty());
}

}  // namespace insights::report
