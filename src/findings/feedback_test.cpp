#include "findings/feedback.h"

#include <doctest/doctest.h>

#include <set>

#include "findings/feedback_file.h"
#include "findings/rank.h"

using namespace insights;
using namespace insights::findings;

namespace {

Finding finding(std::string fingerprint, std::string pattern = "trend",
                std::string customer = "C1") {
  Finding made;
  made.fingerprint = std::move(fingerprint);
  made.pattern = std::move(pattern);
  made.title = made.fingerprint + " moved";
  made.entities = {{"customer", customer, customer}};
  return made;
}

Finding with_amount(Finding made, double amount, std::string per = "month") {
  made.impact.account = Account::lost;
  made.impact.amount = amount;
  made.impact.unit = "EUR";
  made.impact.per = std::move(per);
  return made;
}

Rule merge(std::string from, std::string into) {
  return {.id = "m",
          .scope = RuleScope::finding,
          .fingerprint = std::move(from),
          .into = std::move(into),
          .reason = Reason::duplicate};
}

std::set<std::string> told(const Apart& apart) {
  std::set<std::string> names;
  for (const auto& one : apart.told) names.insert(one.fingerprint);
  return names;
}

}  // namespace

TEST_CASE("a rule hides what its scope says, and nothing else") {
  const auto one = marks_of(with_amount(finding("a"), -400));
  CHECK(hides({.id = "r", .scope = RuleScope::finding, .fingerprint = "a"}, one));
  CHECK_FALSE(hides({.id = "r", .scope = RuleScope::finding, .fingerprint = "ab"}, one));
  const Rule entity{.id = "r", .scope = RuleScope::entity, .column = "customer", .value = "C1"};
  CHECK(hides(entity, one));
  CHECK_FALSE(hides(entity, marks_of(finding("a", "trend", "C10"))));
  CHECK(hides({.id = "r", .scope = RuleScope::pattern, .pattern = "trend"}, one));
  CHECK_FALSE(hides({.id = "r", .scope = RuleScope::pattern, .pattern = "burst"}, one));
}

TEST_CASE("a threshold hides smaller amounts of its pattern, in its unit and span alone") {
  Rule rule{.id = "r",
            .scope = RuleScope::threshold,
            .pattern = "trend",
            .below = 500,
            .unit = "EUR",
            .per = "month"};
  CHECK(hides(rule, marks_of(with_amount(finding("a"), -499))));
  CHECK_FALSE(hides(rule, marks_of(with_amount(finding("a"), 500))));
  CHECK_FALSE(hides(rule, marks_of(with_amount(finding("a"), 499, "year"))));
  CHECK_FALSE(hides(rule, marks_of(finding("a"))));  // no amount is not a small one
  CHECK_FALSE(hides(rule, marks_of(with_amount(finding("a", "burst"), 1))));
  rule.unit = "USD";
  CHECK_FALSE(hides(rule, marks_of(with_amount(finding("a"), 499))));
}

TEST_CASE("a finding that repeats another is hidden where that one is told, and only there") {
  const std::vector<Rule> rules{merge("a", "b")};
  CHECK(told(apart({finding("a"), finding("b")}, rules)) == std::set<std::string>{"b"});
  CHECK(told(apart({finding("a"), finding("c")}, rules)) == std::set<std::string>{"a", "c"});
  // Through one that was merged itself; two that name each other stay.
  const std::vector<Rule> chain{merge("a", "b"), merge("b", "c")};
  CHECK(told(apart({finding("a"), finding("b"), finding("c")}, chain)) ==
        std::set<std::string>{"c"});
  CHECK(told(apart({finding("a"), finding("c")}, chain)) == std::set<std::string>{"c"});
  const std::vector<Rule> circle{merge("a", "b"), merge("b", "a")};
  CHECK(told(apart({finding("a"), finding("b")}, circle)) == std::set<std::string>{"a", "b"});
}

TEST_CASE("what is hidden keeps the rule that did it, and says why") {
  const Rule rule{.id = "rule-7",
                  .scope = RuleScope::entity,
                  .column = "customer",
                  .value = "C1",
                  .reason = Reason::known,
                  .note = "contract ended"};
  const auto parts = apart({finding("a"), finding("b", "trend", "C2")}, {rule});
  REQUIRE(parts.hidden.size() == 1);
  const auto hidden = noted(parts.hidden[0].first, parts.hidden[0].second);
  CHECK(hidden.rule == "rule-7");
  CHECK(hidden.title == "a moved");
  CHECK(hidden.because == "findings about customer = C1; known: contract ended");
}

TEST_CASE("votes weigh between 0.7 and 1.3, the more the more there are, and nothing without any") {
  CHECK(weight_of(Votes{}) == doctest::Approx(1));
  CHECK(weight_of(Votes{1, 0}) == doctest::Approx(1.06));
  CHECK(weight_of(Votes{0, 1}) == doctest::Approx(0.94));
  CHECK(weight_of(Votes{5, 5}) == doctest::Approx(1));
  CHECK(weight_of(Votes{0, 1000}) > 0.7);
  CHECK(weight_of(Votes{0, 10}) < weight_of(Votes{0, 2}));
  CHECK(weight_of(finding("a"), {}) == VotedWeight{});
  Feedback feedback;
  feedback.patterns["trend"] = {0, 1000};
  feedback.entities[{"customer", "C1"}] = {0, 1000};
  const auto weight = weight_of(finding("a"), feedback);
  CHECK(weight.weight == 0.7);
  CHECK(weight.because == "0 up, 1000 down on this pattern; 0 up, 1000 down on customer = C1");
}

TEST_CASE("of two findings alike, the one whose pattern was voted up stands first") {
  const auto order = [](const Feedback& feedback) {
    std::vector<Finding> list{finding("a", "trend", "C1"), finding("b", "burst", "C2")};
    for (auto& one : list) one.test.effect = 0.5;
    weigh(list, feedback);
    return rank(std::move(list), {}, {});
  };
  CHECK(order({}).front().fingerprint == "a");
  Feedback feedback;
  feedback.patterns["burst"] = {3, 0};
  const auto ranked = order(feedback);
  CHECK(ranked.front().fingerprint == "b");
  CHECK(ranked.back().score > 0);
  CHECK(ranked.front().score == doctest::Approx(ranked.back().score * weight_of(Votes{3, 0})));
}

TEST_CASE("the file of rules and votes reads back whole, whatever is in the texts") {
  Feedback feedback;
  feedback.rules = {
      merge("trend/\"odd\\ one\"", "b"),
      {.id = "rule-2",
       .scope = RuleScope::entity,
       .column = "cust omer",
       .value = "",
       .reason = Reason::wrong,
       .note = "two\nlines\ttab \x01 \xc3\xa9"},
      {.id = "rule-3", .scope = RuleScope::pattern, .pattern = "trend", .reason = Reason::known},
      {.id = "rule-4",
       .scope = RuleScope::threshold,
       .pattern = "trend",
       .below = 1234.5,
       .unit = "EUR",
       .per = "month",
       .reason = Reason::not_material}};
  feedback.patterns["trend"] = {2, 1};
  feedback.entities[{"customer", "C\"1"}] = {0, 3};
  const auto text = feedback_file(feedback);
  const auto read = read_feedback(text, "rules.toml");
  REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().message));
  CHECK(*read == feedback);
  CHECK(feedback_file(*read) == text);
  CHECK(*read_feedback("", "empty") == Feedback{});
}

TEST_CASE("a slip in the file is an error that names its line and the nearest word") {
  const auto wrong = [](std::string_view text) {
    const auto read = read_feedback(text, "rules.toml");
    REQUIRE_FALSE(read.has_value());
    return read.error().message + " | " + read.error().hint;
  };
  CHECK(wrong("[[rules]]\n").starts_with("rules.toml:1: 'rules' is not known | did you mean "));
  CHECK(wrong("[[rule]]\nscope = \"patern\"\nreason = \"known\"\n") ==
        "rules.toml:2: scope 'patern' is not known | did you mean \"pattern\"?");
  CHECK(wrong("[[rule]]\nscope = \"pattern\"\nreason = \"known\"\npatern = \"trend\"\n") ==
        "rules.toml:4: 'patern' is not known here | did you mean \"pattern\"?");
  CHECK(wrong("[[rule]]\nscope = \"pattern\"\nreason = \"known\"\npattern = \"trend\"\nnot = 1\n")
            .starts_with("rules.toml:5: 'not' is not known here | did you mean \"note\"?"));
  CHECK(wrong("[[rule]]\nscope = \"pattern\"\nreason = \"known\"\n") ==
        "rules.toml:1: 'pattern' is missing | ");
  CHECK(wrong("[[votes]]\npattern = \"trend\"\nup = -1\ndown = 0\n") ==
        "rules.toml:3: up should be a count of votes | ");
  CHECK(wrong("rule = 3\n") == "rules.toml:1: [[rule]] is expected | ");
  CHECK(wrong("[[rule]\n").starts_with("rules.toml:1: "));
}
