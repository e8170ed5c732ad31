// The life of findings; reading them back is in finding_list.cpp.
#include "store/findings.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace insights::store {

using base::ErrorKind;
using base::fail;
using base::Moment;

namespace {

struct StateName {
  FindingState state;
  std::string_view name;
};
constexpr std::array states{StateName{FindingState::is_new, "new"},
                            StateName{FindingState::persisting, "persisting"},
                            StateName{FindingState::worse, "worse"},
                            StateName{FindingState::better, "better"},
                            StateName{FindingState::resolved, "resolved"},
                            StateName{FindingState::back, "back"},
                            StateName{FindingState::merged, "merged"}};

constexpr std::array severities{std::string_view("low"), std::string_view("medium"),
                                std::string_view("high")};

std::ptrdiff_t rank_of(std::string_view severity) {
  return std::ranges::find(severities, severity) - severities.begin();
}

FindingState by_sign(std::ptrdiff_t rise) {
  if (rise == 0) return FindingState::persisting;
  return rise > 0 ? FindingState::worse : FindingState::better;
}

// What the run is about, as close() needs it.
struct About {
  std::string id, subject, focus;
};

base::Result<About> about(Database& database, std::string_view run) {
  const auto row = TRY(find_run(database, run));
  if (!row) return fail(ErrorKind::not_found, "the store has no such run");
  return About{row->id, row->subject, row->focus};
}

base::Result<std::int64_t> finding_number(Database& database, const About& run,
                                          const std::string& fingerprint, Moment at) {
  TRY(database.execute(
      "INSERT INTO findings (subject, fingerprint, state, first_run, last_run, first_seen_at, "
      "last_seen_at, changed_at, focus) VALUES (?1, ?2, 'new', ?3, ?3, ?4, ?4, ?4, ?5) "
      "ON CONFLICT (subject, fingerprint) DO UPDATE SET last_run = ?3, last_seen_at = ?4, focus = "
      "?5",
      {run.subject, fingerprint, run.id, at.microseconds, run.focus}));
  return database.integer("SELECT number FROM findings WHERE subject = ? AND fingerprint = ?",
                          {run.subject, fingerprint});
}

base::Result<std::int64_t> put(Database& database, const About& run, const Sighting& sighting,
                               std::optional<std::int64_t> position, Moment at) {
  const auto number = TRY(finding_number(database, run, sighting.fingerprint, at));
  const auto& [severity, account, amount, low, high] = sighting.stake;
  TRY(database.execute(
      "INSERT OR REPLACE INTO sightings (run, finding, position, pattern, severity, title, "
      "account, "
      "amount, amount_low, amount_high, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {run.id, number, or_null(position), sighting.pattern, severity, sighting.title, account,
       or_null(amount), or_null(low), or_null(high), sighting.body}));
  for (const auto& entity : sighting.entities)
    TRY(database.execute("INSERT OR IGNORE INTO entities (finding, column, value) VALUES (?, ?, ?)",
                         {number, entity.column, entity.value}));
  return number;
}

// What the last run before this one that has ended said of the finding.
base::Result<std::optional<Stake>> stake_before(Database& database, std::int64_t finding,
                                                std::string_view run) {
  auto rows = TRY(database.prepare(
      "SELECT severity, account, amount, amount_low, amount_high FROM sightings JOIN runs ON "
      "runs.id = run WHERE finding = ? AND run <> ? AND change IS NOT NULL ORDER BY runs.number "
      "DESC LIMIT 1",
      {finding, std::string(run)}));
  if (!TRY(rows.next())) return std::optional<Stake>();
  const auto number = [&](int column) {
    return rows.is_null(column) ? std::nullopt : std::optional(rows.number(column));
  };
  return std::optional(Stake{rows.text(0), rows.text(1), number(2), number(3), number(4)});
}

struct Seen {
  std::int64_t finding = 0;
  FindingState state = FindingState::is_new;
  Stake now;
};

base::Result<std::vector<Seen>> seen_by(Database& database, const About& run) {
  auto rows = TRY(database.prepare(
      "SELECT finding, state, severity, account, amount, amount_low, amount_high FROM sightings "
      "JOIN findings ON findings.number = finding WHERE run = ? ORDER BY finding",
      {run.id}));
  const auto number = [&](int column) {
    return rows.is_null(column) ? std::nullopt : std::optional(rows.number(column));
  };
  std::vector<Seen> seen;
  while (TRY(rows.next()))
    seen.push_back({rows.integer(0),
                    finding_state_named(rows.text(1)).value(),
                    {rows.text(2), rows.text(3), number(4), number(5), number(6)}});
  return seen;
}

// What is told is suppressed no longer; what was hidden says by which rule.
base::Status put_hidden(Database& database, const About& run, const Closing& closing) {
  TRY(
      database.execute("UPDATE findings SET suppressed_by = NULL, merged_into = NULL WHERE number "
                       "IN (SELECT finding FROM sightings WHERE run = ? AND position IS NOT NULL)",
                       {run.id}));
  for (const auto& hidden : closing.hidden) {
    TRY(database.execute(
        "UPDATE findings SET suppressed_by = ?1, merged_into = (SELECT number FROM findings WHERE "
        "subject = ?2 AND fingerprint = ?3) WHERE subject = ?2 AND fingerprint = ?4",
        {hidden.rule, run.subject, hidden.into, hidden.fingerprint}));
    TRY(database.execute(
        "UPDATE sightings SET hidden_by = ? WHERE run = ? AND finding = (SELECT number FROM "
        "findings WHERE subject = ? AND fingerprint = ?)",
        {hidden.rule, run.id, run.subject, hidden.fingerprint}));
  }
  return {};
}

// The change is dated when it is one: a finding that stays worse was not changed again.
base::Status judge(Database& database, const About& run, const Seen& seen, Moment at) {
  const auto before = TRY(stake_before(database, seen.finding, run.id));
  auto state = before ? compared(*before, seen.now) : FindingState::is_new;
  if (seen.state == FindingState::resolved) state = FindingState::back;
  TRY(database.execute("UPDATE sightings SET change = ? WHERE run = ? AND finding = ?",
                       {std::string(name(state)), run.id, seen.finding}));
  const bool changed = state != FindingState::persisting;
  return database.execute(
      "UPDATE findings SET state = ?, changed_at = iif(?, ?, changed_at) WHERE number = ?",
      {std::string(name(state)), changed, at.microseconds, seen.finding});
}

base::Status resolve_unseen(Database& database, const About& run, Moment at) {
  return database.execute(
      "UPDATE findings SET state = 'resolved', changed_at = ?1 WHERE subject = ?2 AND state <> "
      "'resolved' AND (?3 = '' OR focus = ?3) AND number NOT IN (SELECT finding FROM sightings "
      "WHERE run = ?4)",
      {at.microseconds, run.subject, run.focus, run.id});
}

}  // namespace

std::string_view name(FindingState state) {
  for (const auto& entry : states)
    if (entry.state == state) return entry.name;
  std::unreachable();
}

std::optional<FindingState> finding_state_named(std::string_view name) {
  for (const auto& entry : states)
    if (entry.name == name) return entry.state;
  return std::nullopt;
}

FindingState compared(const Stake& before, const Stake& now) {
  if (!before.amount || !now.amount || before.account != now.account)
    return by_sign(rank_of(now.severity) - rank_of(before.severity));
  const double rise = std::abs(*now.amount) - std::abs(*before.amount);
  if (std::abs(rise) <= tolerance * std::abs(*before.amount)) return FindingState::persisting;
  const bool was_likely =
      before.low && before.high && *now.amount >= std::min(*before.low, *before.high) &&
      *now.amount <= std::max(*before.low, *before.high) && *before.low != *before.high;
  if (was_likely) return FindingState::persisting;
  return rise > 0 ? FindingState::worse : FindingState::better;
}

base::Result<std::int64_t> see(Database& database, std::string_view run, const Sighting& sighting,
                               Moment at) {
  return database.transaction([&]() -> base::Result<std::int64_t> {
    return put(database, TRY(about(database, run)), sighting, std::nullopt, at);
  });
}

base::Status close(Database& database, std::string_view run, const Closing& closing) {
  return database.transaction([&]() -> base::Status {
    const auto this_run = TRY(about(database, run));
    std::int64_t position = 0;
    for (const auto& sighting : closing.published)
      TRY(put(database, this_run, sighting, ++position, closing.at));
    TRY(put_hidden(database, this_run, closing));
    for (const auto& seen : TRY(seen_by(database, this_run)))
      TRY(judge(database, this_run, seen, closing.at));
    if (closing.state == RunState::done) TRY(resolve_unseen(database, this_run, closing.at));
    TRY(database.execute("UPDATE runs SET report = ? WHERE id = ?", {closing.report, this_run.id}));
    TRY(put_events(database, run, closing.last));
    return put_end(database, run, closing.state, closing.reason, closing.at);
  });
}

}  // namespace insights::store
