// What readers said of findings, and what follows from it: rules that hide, and votes that weigh.
//
// A rule changes what is told, never what is true: a finding that it hides is tested, proven and
// counted like all others, and the report says which rule hid it. Votes move a finding in the
// ranking by at most 30 %, and the finding says by how much and why.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "findings/finding.h"

namespace insights::findings {

enum class Reason { wrong, known, not_material, not_actionable, duplicate };
std::string_view name(Reason reason);  // "not_material"
std::optional<Reason> reason_named(std::string_view name);
std::vector<std::string> reason_names();
// Whether a vote against a finding speaks against its kind, too. That it is known already, or told
// twice, does not.
bool weighs(Reason reason);

enum class RuleScope {
  finding,    // the one with this fingerprint
  entity,     // all about this value of this column
  pattern,    // all of this pattern
  threshold,  // those of this pattern whose amount is smaller
};
std::string_view name(RuleScope scope);
std::optional<RuleScope> rule_scope_named(std::string_view name);
std::vector<std::string> rule_scope_names();

struct Rule {
  std::string id;  // "rule-3", of whoever keeps it
  RuleScope scope = RuleScope::finding;
  std::string fingerprint{};      // finding
  std::string into{};             // finding: the one it repeats, and under which it is told
  std::string column{}, value{};  // entity
  std::string pattern{};          // pattern, threshold
  double below = 0;               // threshold: in `unit`, `per` month, year or "" for once
  std::string unit{}, per{};
  Reason reason = Reason::known;
  std::string note{};  // the reader's words; may be empty
  bool operator==(const Rule&) const = default;
};

// What a rule looks at.
struct Marks {
  std::string fingerprint, pattern;
  std::vector<std::pair<std::string, std::string>> entities;  // column, value
  std::optional<double> amount;                               // nothing where no amount is stated
  std::string unit, per;
};
Marks marks_of(const Finding& finding);

// A threshold hides no finding without an amount, or with one in another unit or span of time. A
// rule with `into` hides only where the other finding is told: see apart().
bool hides(const Rule& rule, const Marks& marks);

// "findings about customer = Ada"
std::string text_of(const Rule& rule);

// Of one pattern, or about one entity.
struct Votes {
  std::int64_t up = 0, down = 0;  // of those that weigh
  bool operator==(const Votes&) const = default;
};

struct Feedback {
  std::vector<Rule> rules{};  // in force
  std::map<std::string, Votes> patterns{};
  std::map<std::pair<std::string, std::string>, Votes> entities{};  // by column and value
  bool operator==(const Feedback&) const = default;
};

// Both together; what both have votes on is added up.
Feedback combined(Feedback first, const Feedback& second);

// 0.7 + 0.6 x share of votes for it, after two of each have been added to those counted: 1 without
// votes, 0.94 and 1.06 after one, never beyond 0.7 .. 1.3. Two of each keep a single voice small.
// Source: Agresti & Coull (1998), The American Statistician 52(2), 119-126.
double weight_of(const Votes& votes);

// That of its pattern times that of its entity that is farthest from 1, held within 0.7 .. 1.3.
// Nothing was voted on: 1, because of "".
VotedWeight weight_of(const Finding& finding, const Feedback& feedback);
void weigh(std::vector<Finding>& findings, const Feedback& feedback);

// Findings that are told, and those that a rule hides, both in the order given.
struct Apart {
  std::vector<Finding> told;
  std::vector<std::pair<Finding, Rule>> hidden;
};
// A finding that repeats another is hidden when that one, or the one that stands for it, is among
// the findings; else it would be told nowhere.
Apart apart(std::vector<Finding> findings, const std::vector<Rule>& rules);

// What a report says of a finding that it does not tell.
struct Hidden {
  std::string fingerprint, pattern, title;
  Severity severity = Severity::low;
  std::string rule;     // its id
  std::string because;  // "findings about customer = Ada; known: contract ended"
  std::string into;     // fingerprint of the finding that it repeats; may be empty
  bool operator==(const Hidden&) const = default;
};
Hidden noted(const Finding& finding, const Rule& rule);

// A finding of an earlier run over the same data.
struct PastFinding {
  Finding finding;
  std::string state;  // "new", "persisting", "worse", "better", "resolved", "back", "merged"
  std::string since;  // ISO day on which it was first found
  std::string said;   // "down, known" ...; empty when nobody voted on it
  std::string note;   // the voter's words
};

}  // namespace insights::findings
