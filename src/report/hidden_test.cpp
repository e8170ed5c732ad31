// What readers' rules and votes did, in every form of the report.
#include <doctest/doctest.h>

#include "report/html.h"
#include "report/json.h"
#include "report/markdown.h"
#include "report/sample_run.h"
#include "report/text.h"

namespace insights::report {
namespace {

explore::Run with_feedback() {
  auto run = sample_run();
  run.hidden = {{.fingerprint = "trend/a",
                 .pattern = "trend",
                 .title = "Ada <b>fell</b>",
                 .severity = findings::Severity::high,
                 .rule = "rule-3",
                 .because = "findings about customer = Ada; known: contract ended",
                 .into = ""}};
  run.findings.at(0).feedback = {1.06, "1 up, 0 down on this pattern"};
  return run;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("every form of the report says what was hidden, by which rule, and what votes did") {
  const auto run = with_feedback();
  const TextOptions wide{.width = 200};
  for (const auto& text : {to_text(run, wide), to_markdown(run), to_html(run)}) {
    CHECK(has(text, "1 finding was hidden by your rules"));
    CHECK(has(text, "contract ended"));
    CHECK(has(text, "by your votes: 1 up, 0 down on this pattern"));
  }
  CHECK_FALSE(has(to_html(run), "<b>fell"));
}

TEST_CASE("what was hidden and what votes did reads back, and an altered word of it is seen") {
  const auto run = with_feedback();
  auto text = to_json(run);
  const auto saved = read_json(text);
  REQUIRE_MESSAGE(saved.has_value(), (saved ? "" : saved.error().message));
  CHECK(saved->run.hidden == run.hidden);
  CHECK(saved->run.findings.at(0).feedback == run.findings.at(0).feedback);
  CHECK(saved->altered.empty());
  text.replace(text.find("contract"), 8, "contrast");
  CHECK(read_json(text)->altered == std::vector<std::string>{"hidden"});
}

TEST_CASE("a report without feedback says nothing of it") {
  const auto run = sample_run();
  for (const auto& text : {to_text(run, {}), to_markdown(run), to_html(run), to_json(run)}) {
    CHECK_FALSE(has(text, "hidden by your rules"));
    CHECK_FALSE(has(text, "by your votes"));
    CHECK_FALSE(has(text, "\"hidden\":"));
  }
}

TEST_CASE("one finding kept apart from its report reads back whole") {
  const auto finding = with_feedback().findings.at(0);
  const auto read = read_finding(finding_json(finding));
  REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().message));
  CHECK(read->values == finding.values);
  CHECK(read->evidence == finding.evidence);
  CHECK(read->feedback == finding.feedback);
  CHECK(read->entities == finding.entities);
  CHECK_FALSE(read_finding("{}").has_value());
  CHECK_FALSE(read_finding("{").has_value());
}

}  // namespace
}  // namespace insights::report
