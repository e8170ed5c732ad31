// What an analyst is told of earlier runs: their findings, and what readers said of them. It holds
// values of the data, so all of it goes through the curtain.
#include <fmt/format.h>

#include <ranges>

#include "tools/desk.h"

namespace insights::tools {

namespace {

constexpr std::size_t rules_told_max = 40;

// A reader's own words after what they are about; with nothing where they may not be told.
std::string with_note(std::string text, const std::string& note) {
  return note.empty() ? text : fmt::format("{}; in the reader's words: {}", text, note);
}

// The value of a column left, in whichever tables have it.
void carry(Desk& desk, const std::string& column) {
  for (const auto& prepared : desk.material.subjects)
    for (const auto& one : prepared.subject->columns)
      if (one.name == column) desk.curtain.carry({one.table, one.name});
}

std::string rule_line(const Curtain& curtain, const findings::Rule& rule) {
  using findings::RuleScope;
  std::string about;
  switch (rule.scope) {
    case RuleScope::finding:
      return "";  // it stands with its finding
    case RuleScope::entity:
      about = fmt::format("all about {} = {}", curtain.cleaned(rule.column),
                          curtain.told(source::Cell(rule.value)));
      break;
    case RuleScope::pattern:
      about = fmt::format("all of the pattern {}", curtain.cleaned(rule.pattern));
      break;
    case RuleScope::threshold:
      about = fmt::format("all of the pattern {} below {} {} {}", curtain.cleaned(rule.pattern),
                          rule.below, curtain.cleaned(rule.unit),
                          rule.per.empty() ? "" : "a " + curtain.cleaned(rule.per));
      break;
  }
  return with_note(fmt::format("{}: {}", about, findings::name(rule.reason)),
                   curtain.told_note(rule.note)) +
         "\n";
}

}  // namespace

std::string Session::past_text() {
  auto& desk = *desk_;
  auto& curtain = desk.curtain;
  if (curtain.mode() == PrivacyMode::schema) return "";
  std::string text;
  if (const auto& past = desk.brief.past; !past.empty()) {
    std::string lines;
    for (const auto& one : past)
      lines += fmt::format("{}\t{}\t{}\t{}\t{}\n", one.state, one.since,
                           curtain.cleaned(one.finding.pattern), desk.told(one.finding),
                           with_note(one.said, curtain.told_note(one.note)));
    text = fmt::format(
        "<data earlier_findings=\"{}\">\nstate\tsince\tpattern\tfinding\tsaid of it\n{}</data>\n",
        past.size(), lines);
  }
  std::string rules;
  for (const auto& rule : desk.brief.feedback.rules | std::views::take(rules_told_max)) {
    rules += rule_line(curtain, rule);
    if (rule.scope == findings::RuleScope::entity) carry(desk, rule.column);
  }
  if (!rules.empty()) text += fmt::format("<data not_wanted=\"by readers\">\n{}</data>\n", rules);
  return text;
}

}  // namespace insights::tools
