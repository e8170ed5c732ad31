#include "report/html.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "report/digest.h"
#include "report/sample_run.h"

namespace insights::report {

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::size_t times(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
    ++count;
  return count;
}

// What stands between each `open` and the next `close`.
std::vector<std::string> between(const std::string& text, std::string_view open,
                                 std::string_view close) {
  std::vector<std::string> parts;
  for (auto at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
    at += open.size();
    const auto end = text.find(close, at);
    REQUIRE(end != std::string::npos);
    parts.push_back(text.substr(at, end - at));
    at = end;
  }
  return parts;
}

constexpr ChartScripts small_scripts{
    "var vega = 1;", "var vegaLite = 2;", "var vegaEmbed = 3;", {"L1", "L2", "L3"}};

}  // namespace

TEST_CASE("the page has each finding with its money, action and proof") {
  const auto page = to_html(sample_run(), {.scripts = small_scripts});
  CHECK(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
  CHECK(has(page, "Malabar Trading Company stopped ordering</h2>"));
  CHECK(has(page, "₹39.9K of net sales a month at risk (₹31K to ₹52K)"));
  CHECK(has(page, "<strong>What to do</strong> Call Malabar"));
  CHECK(has(page, "gamma-renewal gap, one of 312 hypotheses"));
  CHECK(has(page, "max(order_day) AS last_order"));
  CHECK(has(page, "Stopped early: the time budget"));
  CHECK(has(page, "tested 5,912 hypotheses, published 7, decoys accepted 0 of 5"));
  CHECK(has(page, "title=\"0.11323328785811733\">0.1132</td>"));
  CHECK(times(page, "<article ") == 7);
  CHECK(times(page, "<figure>") == 6);
  CHECK(times(page, "Chart data as a table") == 6);
}

TEST_CASE("no name of the data is more than text") {
  const auto page = to_html(sample_run(), {.scripts = small_scripts});
  for (const std::string raw : {hostile_image, hostile_script, "<b>", "onerror=alert(1)>", "\x1b",
                                "\xe2\x80\xae", "<img", "alert(2)</"}) {
    CHECK_FALSE_MESSAGE(has(page, raw), raw);
  }
  CHECK(has(page, "&lt;img src=x onerror=alert(1)&gt; sells more than"));
  // Six charts, three chart libraries, the page's own script.
  CHECK(times(page, "<script") == 10);
  CHECK(times(page, "</script") == 10);
}

TEST_CASE("only what the page brings may run, and nothing may be fetched") {
  const auto page = to_html(sample_run());
  const auto policies = between(page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
  REQUIRE(policies.size() == 1);
  CHECK(has(policies[0], "default-src 'none'"));
  CHECK_FALSE(has(policies[0], "unsafe"));
  const auto scripts = between(page, "<script>", "</script>");
  REQUIRE(scripts.size() == 4);
  for (const auto& script : scripts) {
    CHECK(has(policies[0], "'sha256-" + sha256_base64(script) + "'"));
    CHECK_FALSE(has(script, "\r"));    // a browser would read another text than was digested
    CHECK_FALSE(has(script, "<!--"));  // would change how it ends
  }
  const auto styles = between(page, "<style>", "</style>");
  REQUIRE(styles.size() == 1);
  CHECK(has(policies[0], "style-src 'sha256-" + sha256_base64(styles[0]) + "'"));
  const auto body = page.substr(0, page.find("<script>"));
  for (const std::string fetched :
       {" src=\"", "url(", "@import", "<link", "href=\"http", " style=", " onclick"}) {
    CHECK_FALSE_MESSAGE(has(body, fetched), fetched);
  }
  CHECK(has(page, "Redistribution and use in source and binary forms"));
}

TEST_CASE("each chart's specification can be read from the page") {
  const auto page = to_html(sample_run(), {.scripts = small_scripts});
  const auto specifications =
      between(page, "<script type=\"application/json\" id=\"chart-", "</script>");
  REQUIRE(specifications.size() == 6);
  for (const auto& text : specifications) {
    const auto specification = nlohmann::json::parse(text.substr(text.find('>') + 1));
    CHECK(specification["$schema"] == "https://vega.github.io/schema/vega-lite/v6.json");
    CHECK_FALSE(specification.contains("usermeta"));
  }
  CHECK(times(page, "data-chart=\"chart-") == 6);
}

TEST_CASE("without chart scripts the tables remain") {
  const auto page = to_html(sample_run(), {.scripts = {}});
  CHECK(times(page, "Chart data as a table") == 6);
  CHECK(between(page, "<script>", "</script>").size() == 1);
}

TEST_CASE("a page without findings says what was looked at, and carries no chart library") {
  const auto page = to_html(sample_run_without_findings());
  CHECK(has(page, "<h1>Nothing material found in orders and 1 more table</h1>"));
  CHECK(has(page, "Rate outlier: 1,403 tested"));
  CHECK(page.size() < 100'000);
}

TEST_CASE("headings go down one level at a time, and every table says what it holds") {
  const auto page = to_html(sample_run(), {.scripts = small_scripts});
  CHECK(times(page, "<h1>") == 1);
  CHECK(times(page, "<h3") == 0);
  CHECK(times(page, "<table>") == times(page, "<table><caption>"));
  CHECK(times(page, "<article ") == times(page, " aria-labelledby=\"finding-"));
  CHECK(times(page, "<details") == times(page, "<summary>"));
}

}  // namespace insights::report
