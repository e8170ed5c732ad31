// Votes on findings, and the rules made of them. What a rule hides is known elsewhere; here it is
// kept which findings it does hide.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/calendar.h"
#include "base/result.h"
#include "store/database.h"

namespace insights::store {

struct NewVote {
  std::int64_t finding = 0;
  bool is_up = true;
  std::string reason{};  // "" of an up vote
  bool weighs = true;    // counts in tallies()
  std::string note{}, who{};
  base::Moment at{};
};

// What it takes to be hidden, in the words of findings/feedback.h.
struct RuleTerms {
  std::string scope{}, fingerprint{}, target{}, column{}, value{}, pattern{};
  double below = 0;
  std::string unit{}, per{};
  bool operator==(const RuleTerms&) const = default;
};

// A rule, and what it does at once.
struct NewRule {
  std::string subject;
  RuleTerms terms;
  std::vector<std::int64_t> hides;            // findings
  std::optional<std::int64_t> merged_into{};  // where they are told from now on
};

struct Voted {
  std::int64_t vote = 0;
  std::optional<std::int64_t> rule;
};
// A rule that is in force already is not made again: the one there is hides these findings, too.
base::Result<Voted> add_vote(Database& database, const NewVote& vote,
                             const std::optional<NewRule>& rule);

struct VoteRow {
  std::int64_t number = 0, finding = 0;
  bool is_up = true;
  std::string reason, note, who;
  base::Moment at;
  std::optional<base::Moment> withdrawn_at;
  std::optional<std::int64_t> rule;
  std::string title;  // of the finding
};
// The latest first; `before` a number.
base::Result<std::vector<VoteRow>> list_votes(Database& database, std::string_view subject,
                                              std::optional<std::int64_t> before,
                                              std::int64_t limit);

struct RuleRow {
  std::int64_t number = 0, vote = 0, finding = 0;
  RuleTerms terms;
  std::string reason, note, who;
  base::Moment made_at;
  std::optional<base::Moment> undone_at;
  std::optional<std::string> undone_by;
  std::string title;  // of the finding
};
// The oldest first.
base::Result<std::vector<RuleRow>> list_rules(Database& database, std::string_view subject,
                                              bool with_undone);
base::Result<std::optional<RuleRow>> find_rule(Database& database, std::int64_t number);

// Takes the rule back, its vote with it, and what it hides is hidden no longer. False: there is no
// such rule in force.
base::Result<bool> undo_rule(Database& database, std::int64_t number, std::string_view who,
                             base::Moment at);

// "rule-3", as findings have it in suppressed_by.
std::string rule_id(std::int64_t number);

// How the votes that weigh are spread: of each voter the last one on a finding.
struct Tally {
  std::string column, value;  // of an entity; empty: of a pattern
  std::string pattern;
  std::int64_t up = 0, down = 0;
};
base::Result<std::vector<Tally>> tallies(Database& database, std::string_view subject);

// The data that findings are about, sorted.
base::Result<std::vector<std::string>> subjects(Database& database);

}  // namespace insights::store
