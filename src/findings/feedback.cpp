#include "findings/feedback.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "findings/format_value.h"

namespace insights::findings {

namespace {

constexpr std::array<std::string_view, 5> reasons{"wrong", "known", "not_material",
                                                  "not_actionable", "duplicate"};
constexpr std::array<std::string_view, 4> scopes{"finding", "entity", "pattern", "threshold"};

constexpr double weight_min = 0.7, weight_max = 1.3;
constexpr double votes_added = 2;  // of each kind

template <class Choice, std::size_t N>
std::optional<Choice> named(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Choice>(found - names.begin());
}

std::string votes_text(const Votes& votes, const std::string& on) {
  return fmt::format("{} up, {} down on {}", votes.up, votes.down, on);
}

bool has_any(const Votes& votes) { return votes.up + votes.down > 0; }

const Rule* merge_of(const std::vector<Rule>& rules, const std::string& fingerprint) {
  const auto found = std::ranges::find_if(rules, [&](const Rule& rule) {
    return rule.scope == RuleScope::finding && rule.fingerprint == fingerprint &&
           !rule.into.empty() && rule.into != fingerprint;
  });
  return found == rules.end() ? nullptr : &*found;
}

// Whether the finding that stands at the end of the chain of repetitions is there. A chain that
// leads back has none.
bool leads_somewhere(const std::vector<Rule>& rules, const Rule& first,
                     const std::set<std::string>& there) {
  const auto* last = &first;
  for (std::size_t step = 0; step < rules.size(); ++step) {
    const auto* next = merge_of(rules, last->into);
    if (next == nullptr) return there.contains(last->into);
    last = next;
  }
  return false;
}

}  // namespace

std::string_view name(Reason reason) { return reasons[static_cast<std::size_t>(reason)]; }
std::optional<Reason> reason_named(std::string_view name) { return named<Reason>(reasons, name); }
std::vector<std::string> reason_names() { return {reasons.begin(), reasons.end()}; }

bool weighs(Reason reason) { return reason != Reason::known && reason != Reason::duplicate; }

std::string_view name(RuleScope scope) { return scopes[static_cast<std::size_t>(scope)]; }
std::optional<RuleScope> rule_scope_named(std::string_view name) {
  return named<RuleScope>(scopes, name);
}
std::vector<std::string> rule_scope_names() { return {scopes.begin(), scopes.end()}; }

Marks marks_of(const Finding& finding) {
  Marks marks{.fingerprint = finding.fingerprint,
              .pattern = finding.pattern,
              .entities = {},
              .amount = {},
              .unit = finding.impact.unit,
              .per = finding.impact.per};
  for (const auto& entity : finding.entities)
    marks.entities.emplace_back(entity.column, entity.value);
  if (finding.impact.account != Account::none) marks.amount = finding.impact.amount;
  return marks;
}

bool hides(const Rule& rule, const Marks& marks) {
  switch (rule.scope) {
    case RuleScope::finding:
      return rule.fingerprint == marks.fingerprint;
    case RuleScope::entity:
      return std::ranges::find(marks.entities, std::pair(rule.column, rule.value)) !=
             marks.entities.end();
    case RuleScope::pattern:
      return rule.pattern == marks.pattern;
    case RuleScope::threshold:
      return rule.pattern == marks.pattern && marks.amount && rule.unit == marks.unit &&
             rule.per == marks.per && std::abs(*marks.amount) < rule.below;
  }
  std::unreachable();
}

std::string text_of(const Rule& rule) {
  switch (rule.scope) {
    case RuleScope::finding:
      return rule.into.empty() ? "this finding" : "this finding, told under the one it repeats";
    case RuleScope::entity:
      return fmt::format("findings about {} = {}", rule.column, rule.value);
    case RuleScope::pattern:
      return fmt::format("findings of the pattern {}", rule.pattern);
    case RuleScope::threshold:
      return fmt::format("findings of the pattern {} with less than {}{}{}{}", rule.pattern,
                         rule.below, rule.unit.empty() ? "" : " ", rule.unit,
                         rule.per.empty() ? "" : " a " + rule.per);
  }
  std::unreachable();
}

Feedback combined(Feedback first, const Feedback& second) {
  first.rules.insert(first.rules.end(), second.rules.begin(), second.rules.end());
  const auto add = [](auto& votes, const auto& more) {
    for (const auto& [key, count] : more) {
      votes[key].up += count.up;
      votes[key].down += count.down;
    }
  };
  add(first.patterns, second.patterns);
  add(first.entities, second.entities);
  return first;
}

double weight_of(const Votes& votes) {
  const auto up = static_cast<double>(votes.up), down = static_cast<double>(votes.down);
  const double share = (up + votes_added) / (up + down + 2 * votes_added);
  return weight_min + (weight_max - weight_min) * share;
}

VotedWeight weight_of(const Finding& finding, const Feedback& feedback) {
  VotedWeight weight;
  if (const auto found = feedback.patterns.find(finding.pattern);
      found != feedback.patterns.end() && has_any(found->second)) {
    weight.weight = weight_of(found->second);
    weight.because = votes_text(found->second, "this pattern");
  }
  double farthest = 1;
  std::string because;
  for (const auto& entity : finding.entities) {
    const auto found = feedback.entities.find({entity.column, entity.value});
    if (found == feedback.entities.end() || !has_any(found->second)) continue;
    const double its = weight_of(found->second);
    if (!because.empty() && std::abs(its - 1) <= std::abs(farthest - 1)) continue;
    farthest = its;
    because = votes_text(found->second, fmt::format("{} = {}", entity.column, entity.value));
  }
  if (!because.empty()) weight.because += (weight.because.empty() ? "" : "; ") + because;
  weight.weight = std::clamp(weight.weight * farthest, weight_min, weight_max);
  return weight;
}

void weigh(std::vector<Finding>& findings, const Feedback& feedback) {
  for (auto& finding : findings) finding.feedback = weight_of(finding, feedback);
}

Apart apart(std::vector<Finding> findings, const std::vector<Rule>& rules) {
  std::set<std::string> there;
  for (const auto& finding : findings) there.insert(finding.fingerprint);
  Apart result;
  for (auto& finding : findings) {
    const auto marks = marks_of(finding);
    const auto rule = std::ranges::find_if(rules, [&](const Rule& one) {
      return hides(one, marks) && (one.into.empty() || leads_somewhere(rules, one, there));
    });
    if (rule == rules.end())
      result.told.push_back(std::move(finding));
    else
      result.hidden.emplace_back(std::move(finding), *rule);
  }
  return result;
}

Hidden noted(const Finding& finding, const Rule& rule) {
  auto because = text_of(rule) + "; " + std::string(name(rule.reason));
  if (!rule.note.empty()) because += ": " + rule.note;
  return {.fingerprint = finding.fingerprint,
          .pattern = finding.pattern,
          .title = finding.title,
          .severity = finding.severity,
          .rule = rule.id,
          .because = because,
          .into = rule.into};
}

}  // namespace insights::findings
