// A vote on a finding, and the rule that a vote against one makes. For the API and the command
// line alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/calendar.h"
#include "base/result.h"
#include "findings/feedback.h"
#include "store/database.h"
#include "store/feedback.h"
#include "store/findings.h"

namespace insights::server {

struct Ballot {
  std::int64_t finding = 0;
  bool is_up = true;
  // Of a vote against it:
  findings::Reason reason = findings::Reason::wrong;
  findings::RuleScope scope = findings::RuleScope::finding;
  std::optional<std::pair<std::string, std::string>> entity{};  // column, value; else its first
  std::optional<double> below{};                                // scope threshold
  std::optional<std::int64_t> duplicate_of{};                   // reason duplicate
  std::string note{}, who{};
};

inline constexpr std::int64_t last_findings = 30;

// What the vote would have done.
struct Prospect {
  std::optional<findings::Rule> rule;     // without an id; none of an up vote
  std::vector<store::FindingRow> last;    // the last_findings told, the latest first
  std::vector<store::FindingRow> hidden;  // those of them that the rule hides
};

// Errors: not_found (the finding, or the one it repeats); invalid_input, with what is wrong.
base::Result<Prospect> prospect(store::Database& database, const Ballot& ballot);
// "would have hidden 4 of the last 30 findings"
std::string text_of(const Prospect& prospect);

// Casts the vote; its rule is in force for the runs to come, and what it hides is marked now.
// Errors: as of prospect().
base::Result<store::Voted> cast(store::Database& database, const Ballot& ballot, base::Moment at);

findings::Rule rule_of(const store::RuleRow& row);
// The rules in force and the votes on the subject's findings.
base::Result<findings::Feedback> feedback_of(store::Database& database, const std::string& subject);

}  // namespace insights::server
