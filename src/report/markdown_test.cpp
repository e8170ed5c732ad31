#include "report/markdown.h"

#include <doctest/doctest.h>

#include "report/sample_run.h"

namespace insights::report {

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// The report without its fenced blocks, in which nothing is read as Markdown.
std::string outside_fences(const std::string& text) {
  std::string outside, line, fence;
  for (const char character : text) {
    line += character;
    if (character != '\n') continue;
    const auto marks = line.find_first_not_of('`');
    if (fence.empty() && marks >= 3)
      fence = line.substr(0, marks);
    else if (!fence.empty() && line == fence + "\n")
      fence.clear();
    else if (fence.empty())
      outside += line;
    line.clear();
  }
  CHECK(fence.empty());
  return outside;
}

}  // namespace

TEST_CASE("the Markdown report has the content of the text report and the evidence") {
  const auto text = to_markdown(sample_run());
  CHECK(text.starts_with("# 7 findings in orders and 1 more table\n\n> **Stopped early:"));
  CHECK(has(text, "### 1\\. Malabar Trading Company stopped ordering\n"));
  CHECK(has(text, "**₹39.9K of net sales a month at risk (₹31K to ₹52K)**\n"));
  CHECK(has(text, "```sql\nSELECT name, max(order_day) AS last_order"));
  CHECK(has(text, "| batch | share | lines |\n| --- | ---: | ---: |\n| B-2207 | 0.1132 | 733 |\n"));
  CHECK(has(text, "descriptive: 12 rows are too few to test"));
  CHECK(has(text, "| At risk | ₹39.9K a month | 1 |"));
}

TEST_CASE("no name of the data renders as anything but itself") {
  const auto text = outside_fences(to_markdown(sample_run()));
  CHECK(has(text, "\\<img src=x onerror=alert(1)\\>"));
  CHECK(has(text, "\\[offer\\](javascript&#8288;:alert(3)) www&#8288;.example&#8288;.com"));
  CHECK(has(text, "\\*someone\\*@&#8288;example&#8288;.com"));
  CHECK(has(text, "https&#8288;://example&#8288;.com/?a=1\\&b=2 \\`now\\` \\| #&#8288;1"));
  CHECK(has(text, "shop\\`name"));
  for (const char* raw :
       {"<img", "<script", "<b>", "[offer]", "www.", "://e", "\x1b", "\xe2\x80\xae"}) {
    CHECK_FALSE_MESSAGE(has(text, std::string(" ") + raw), raw);
  }
}

TEST_CASE("a query with a fence in it has a longer one around it") {
  CHECK(has(to_markdown(sample_run()), "````sql\nSELECT '```' AS fence"));
}

TEST_CASE("a sentence that begins like a list or a heading does not become one") {
  auto run = sample_run();
  run.findings.resize(1);
  auto& summary = run.findings[0].summary;
  const auto written = [&](const char* text) {
    summary = text;
    return to_markdown(run);
  };
  CHECK(has(written("1. January was good"), "\n1\\. January"));
  CHECK(has(written("- 5 less"), "\n\\- 5 less"));
  CHECK(has(written("# of lines"), "\n\\# of lines"));
  CHECK(has(written("5.5 more\nthan before"), "\n5.5 more than before\n"));
  CHECK(has(written("> all"), "\n\\> all"));
}

TEST_CASE("an empty run is a whole document too") {
  const auto text = to_markdown(sample_run_without_findings());
  CHECK(text.starts_with("# Nothing material found"));
  CHECK(has(text, "## What was looked at"));
  CHECK_FALSE(has(text, "## Findings"));
}

}  // namespace insights::report
