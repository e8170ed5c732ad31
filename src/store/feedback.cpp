#include "store/feedback.h"

#include <fmt/format.h>

namespace insights::store {

using base::Moment;

namespace {

constexpr std::string_view rule_columns =
    "rules.number, vote, votes.finding, scope, rules.fingerprint, target, column, value, "
    "rules.pattern, below, unit, per, reason, note, who, at, undone_at, undone_by, coalesce(title, "
    "'') FROM "
    "rules JOIN votes ON votes.number = vote JOIN findings ON findings.number = votes.finding LEFT "
    "JOIN sightings ON sightings.finding = findings.number AND run = last_run";

std::optional<Moment> moment_in(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return Moment{row.integer(column)};
}

RuleRow rule_in(const Statement& row) {
  RuleRow rule;
  rule.number = row.integer(0);
  rule.vote = row.integer(1);
  rule.finding = row.integer(2);
  rule.terms = {row.text(3), row.text(4),   row.text(5),  row.text(6), row.text(7),
                row.text(8), row.number(9), row.text(10), row.text(11)};
  rule.reason = row.text(12);
  rule.note = row.text(13);
  rule.who = row.text(14);
  rule.made_at = {row.integer(15)};
  rule.undone_at = moment_in(row, 16);
  rule.undone_by = row.optional_text(17);
  rule.title = row.text(18);
  return rule;
}

// The rule in force that hides just the same.
base::Result<std::optional<RuleRow>> equal_rule(Database& database, const NewRule& rule) {
  for (auto& known : TRY(list_rules(database, rule.subject, false)))
    if (known.terms == rule.terms) return std::optional(std::move(known));
  return std::optional<RuleRow>();
}

// The later vote of the same voter on the same finding takes the place of the one the rule was made
// of; the vote of another stands by itself.
base::Status pass_on(Database& database, const RuleRow& rule, std::int64_t vote,
                     const NewVote& by) {
  if (rule.finding != by.finding || rule.who != by.who) return {};
  TRY(database.execute("UPDATE rules SET vote = ? WHERE number = ?", {vote, rule.number}));
  return database.execute("UPDATE votes SET withdrawn_at = ? WHERE number = ?",
                          {by.at.microseconds, rule.vote});
}

base::Result<std::int64_t> rule_from(Database& database, std::int64_t vote, const NewVote& by,
                                     const NewRule& rule) {
  if (const auto known = TRY(equal_rule(database, rule))) {
    TRY(pass_on(database, *known, vote, by));
    return known->number;
  }
  const auto& [scope, fingerprint, target, column, value, pattern, below, unit, per] = rule.terms;
  TRY(database.execute(
      "INSERT INTO rules (vote, subject, scope, fingerprint, target, column, value, pattern, "
      "below, unit, per) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {vote, rule.subject, scope, fingerprint, target, column, value, pattern, below, unit, per}));
  return database.integer("SELECT number FROM rules WHERE vote = ?", {vote});
}

base::Result<std::int64_t> put_rule(Database& database, std::int64_t vote, const NewVote& by,
                                    const NewRule& rule) {
  const auto number = TRY(rule_from(database, vote, by, rule));
  for (const auto finding : rule.hides)
    TRY(database.execute("UPDATE findings SET suppressed_by = ?, merged_into = ? WHERE number = ?",
                         {rule_id(number), or_null(rule.merged_into), finding}));
  return number;
}

// The last vote of each voter on each finding, of those that weigh.
constexpr std::string_view counted =
    "votes JOIN findings ON findings.number = votes.finding WHERE findings.subject = ? AND weighs "
    "AND votes.number IN (SELECT max(number) FROM votes WHERE withdrawn_at IS NULL GROUP BY "
    "finding, who)";

}  // namespace

std::string rule_id(std::int64_t number) { return fmt::format("rule-{}", number); }

base::Result<Voted> add_vote(Database& database, const NewVote& vote,
                             const std::optional<NewRule>& rule) {
  return database.transaction([&]() -> base::Result<Voted> {
    TRY(
        database.execute("INSERT INTO votes (finding, is_up, reason, weighs, note, who, at) VALUES "
                         "(?, ?, ?, ?, ?, ?, ?)",
                         {vote.finding, std::int64_t{vote.is_up}, vote.reason,
                          std::int64_t{vote.weighs}, vote.note, vote.who, vote.at.microseconds}));
    Voted voted{.vote = TRY(database.integer("SELECT max(number) FROM votes")), .rule = {}};
    if (rule) voted.rule = TRY(put_rule(database, voted.vote, vote, *rule));
    return voted;
  });
}

base::Result<std::vector<VoteRow>> list_votes(Database& database, std::string_view subject,
                                              std::optional<std::int64_t> before,
                                              std::int64_t limit) {
  auto rows = TRY(database.prepare(
      "SELECT votes.number, votes.finding, is_up, reason, note, who, at, withdrawn_at, "
      "rules.number, title FROM votes JOIN findings ON findings.number = votes.finding JOIN "
      "sightings ON sightings.finding = findings.number AND run = last_run LEFT JOIN rules ON vote "
      "= votes.number WHERE findings.subject = ?1 AND (?2 IS NULL OR votes.number < ?2) ORDER BY "
      "votes.number DESC LIMIT ?3",
      {std::string(subject), or_null(before), limit}));
  std::vector<VoteRow> votes;
  while (TRY(rows.next()))
    votes.push_back({.number = rows.integer(0),
                     .finding = rows.integer(1),
                     .is_up = rows.integer(2) == 1,
                     .reason = rows.text(3),
                     .note = rows.text(4),
                     .who = rows.text(5),
                     .at = {rows.integer(6)},
                     .withdrawn_at = moment_in(rows, 7),
                     .rule = rows.optional_integer(8),
                     .title = rows.text(9)});
  return votes;
}

base::Result<std::vector<RuleRow>> list_rules(Database& database, std::string_view subject,
                                              bool with_undone) {
  auto rows = TRY(database.prepare(
      fmt::format(
          "SELECT {} WHERE rules.subject = ? AND (? OR undone_at IS NULL) ORDER BY rules.number",
          rule_columns),
      {std::string(subject), std::int64_t{with_undone}}));
  std::vector<RuleRow> rules;
  while (TRY(rows.next())) rules.push_back(rule_in(rows));
  return rules;
}

base::Result<std::optional<RuleRow>> find_rule(Database& database, std::int64_t number) {
  auto rows = TRY(
      database.prepare(fmt::format("SELECT {} WHERE rules.number = ?", rule_columns), {number}));
  if (!TRY(rows.next())) return std::optional<RuleRow>();
  return std::optional(rule_in(rows));
}

base::Result<bool> undo_rule(Database& database, std::int64_t number, std::string_view who,
                             Moment at) {
  return database.transaction([&]() -> base::Result<bool> {
    TRY(database.execute(
        "UPDATE rules SET undone_at = ?, undone_by = ? WHERE number = ? AND undone_at IS NULL",
        {at.microseconds, std::string(who), number}));
    if (database.changes() == 0) return false;
    TRY(
        database.execute("UPDATE votes SET withdrawn_at = ? WHERE number = (SELECT vote FROM rules "
                         "WHERE number = ?)",
                         {at.microseconds, number}));
    TRY(database.execute(
        "UPDATE findings SET suppressed_by = NULL, merged_into = NULL WHERE suppressed_by = ?",
        {rule_id(number)}));
    return true;
  });
}

base::Result<std::vector<Tally>> tallies(Database& database, std::string_view subject) {
  std::vector<Tally> result;
  auto patterns = TRY(database.prepare(
      fmt::format("SELECT pattern, sum(is_up), sum(NOT is_up) FROM sightings JOIN (SELECT "
                  "votes.finding, is_up, last_run FROM {}) AS v ON sightings.finding = v.finding "
                  "AND run = last_run GROUP BY pattern ORDER BY pattern",
                  counted),
      {std::string(subject)}));
  while (TRY(patterns.next()))
    result.push_back({.column = "",
                      .value = "",
                      .pattern = patterns.text(0),
                      .up = patterns.integer(1),
                      .down = patterns.integer(2)});
  auto entities = TRY(database.prepare(
      fmt::format("SELECT column, value, sum(is_up), sum(NOT is_up) FROM entities JOIN (SELECT "
                  "votes.finding, is_up FROM {}) AS v ON entities.finding = v.finding GROUP BY "
                  "column, value ORDER BY column, value",
                  counted),
      {std::string(subject)}));
  while (TRY(entities.next()))
    result.push_back({.column = entities.text(0),
                      .value = entities.text(1),
                      .pattern = "",
                      .up = entities.integer(2),
                      .down = entities.integer(3)});
  return result;
}

base::Result<std::vector<std::string>> subjects(Database& database) {
  auto rows = TRY(database.prepare("SELECT DISTINCT subject FROM findings ORDER BY subject"));
  std::vector<std::string> list;
  while (TRY(rows.next())) list.push_back(rows.text(0));
  return list;
}

}  // namespace insights::store
