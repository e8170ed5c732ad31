#include "store/feedback.h"

#include <doctest/doctest.h>

#include "base/scratch.h"
#include "store/findings.h"
#include "store/migrations.h"
#include "store/runs.h"

namespace insights::store {
namespace {

base::Moment at(std::int64_t second) { return {second * 1'000'000}; }

Sighting sighting(std::string fingerprint, std::string pattern = "trend") {
  Sighting made;
  made.title = fingerprint;
  made.fingerprint = std::move(fingerprint);
  made.pattern = std::move(pattern);
  made.stake = {.severity = "low", .account = "none", .amount = {}, .low = {}, .high = {}};
  made.entities = {{"customer", "C1"}};
  made.body = "{}";
  return made;
}

struct Place {
  void run(const std::string& id, const std::vector<std::string>& told,
           const std::vector<HiddenSighting>& hidden = {}) {
    REQUIRE(add_run(database, {.id = id,
                               .owner = "local",
                               .subject = "data",
                               .focus = "",
                               .request = "{}",
                               .at = at(++clock)}));
    REQUIRE(start_run(database, id, at(++clock)));
    Closing closing;
    for (const auto& one : told) {
      REQUIRE(see(database, id, sighting(one), at(++clock)));
      closing.published.push_back(sighting(one));
    }
    for (const auto& one : hidden)
      REQUIRE(see(database, id, sighting(one.fingerprint), at(++clock)));
    closing.state = RunState::done;
    closing.report = "{}";
    closing.hidden = hidden;
    closing.at = at(++clock);
    REQUIRE(close(database, id, closing));
  }
  FindingRow finding(std::int64_t number) { return find_finding(database, number).value().value(); }
  Voted vote(std::int64_t finding, bool is_up, const std::string& who,
             const std::optional<NewRule>& rule = {}) {
    return add_vote(database,
                    {.finding = finding,
                     .is_up = is_up,
                     .reason = is_up ? "" : "wrong",
                     .note = "n",
                     .who = who,
                     .at = at(++clock)},
                    rule)
        .value();
  }

  base::Scratch scratch;
  Database database = open_store(scratch / "a.db").value();
  std::int64_t clock = 0;
};

NewRule rule_on(std::int64_t finding, const std::string& fingerprint) {
  return {.subject = "data",
          .terms = {.scope = "finding", .fingerprint = fingerprint},
          .hides = {finding}};
}

TEST_CASE("a rule marks what it hides at once, the next run says so, and undo takes it all back") {
  Place place;
  place.run("run-1", {"a", "b"});
  const auto voted = place.vote(1, false, "key-1", rule_on(1, "a"));
  REQUIRE(voted.rule);
  CHECK(place.finding(1).suppressed_by == "rule-1");
  CHECK(place.finding(2).suppressed_by.empty());
  place.run("run-2", {"b"}, {{"a", "rule-1", ""}});
  CHECK(place.finding(1).state == FindingState::persisting);  // proven, so not resolved
  CHECK_FALSE(place.finding(1).published);
  const auto listed = list_findings(place.database, {}).value();
  CHECK(listed.size() == 2);  // suppressed ones stay listed
  FindingFilter shown;
  shown.suppressed = false;
  CHECK(list_findings(place.database, shown).value().size() == 1);
  const auto changes = diff(place.database, "run-1", "run-2").value();
  CHECK(changes.list.back().change == "suppressed");

  REQUIRE(undo_rule(place.database, 1, "key-2", place.finding(1).last_seen_at).value());
  CHECK_FALSE(undo_rule(place.database, 1, "key-2", at(99)).value());
  CHECK(place.finding(1).suppressed_by.empty());
  CHECK(list_findings(place.database, {}).value().size() == 2);
  CHECK(list_rules(place.database, "data", false).value().empty());
  const auto rules = list_rules(place.database, "data", true).value();
  REQUIRE(rules.size() == 1);
  CHECK(rules[0].undone_by == "key-2");
  CHECK(rules[0].who == "key-1");
  CHECK(rules[0].title == "a");
  CHECK(tallies(place.database, "data").value().empty());  // its vote went with it
  place.run("run-3", {"a", "b"});
  CHECK(place.finding(1).published);
  // What was hidden before and is told again was never gone, as the list has it.
  const auto back = diff(place.database, "run-2", "run-3").value();
  REQUIRE(back.list.size() == 2);
  CHECK(back.list[0].change == "persisting");
  CHECK(place.finding(1).state == FindingState::persisting);
}

TEST_CASE("the same rule is not made twice, and undoing it once brings all back") {
  Place place;
  place.run("run-1", {"a", "b"});
  CHECK(place.vote(1, false, "key-1", rule_on(1, "a")).rule == 1);
  CHECK(place.vote(1, false, "key-1", rule_on(1, "a")).rule == 1);
  CHECK(place.vote(1, false, "key-2", rule_on(1, "a")).rule == 1);
  const auto rules = list_rules(place.database, "data", true).value();
  REQUIRE(rules.size() == 1);
  CHECK(rules[0].vote == 2);  // the voter's last stands for it
  CHECK(place.finding(1).suppressed_by == "rule-1");
  REQUIRE(undo_rule(place.database, 1, "key-1", at(99)).value());
  CHECK(place.finding(1).suppressed_by.empty());
  CHECK(list_rules(place.database, "data", false).value().empty());
  const auto votes = list_votes(place.database, "data", {}, 10).value();
  REQUIRE(votes.size() == 3);
  CHECK_FALSE(votes[0].withdrawn_at);  // another's vote stands by itself
  CHECK(votes[1].withdrawn_at);
  CHECK(votes[2].withdrawn_at);
  CHECK(place.vote(1, false, "key-1", rule_on(1, "a")).rule == 2);  // undone is not in force
}

TEST_CASE("a merged finding is listed under the other, and has its own state again after undo") {
  Place place;
  place.run("run-1", {"a", "b"});
  auto rule = rule_on(1, "a");
  rule.terms.target = "b";
  rule.merged_into = 2;
  place.vote(1, false, "local", rule);
  CHECK(place.finding(1).state == FindingState::merged);
  CHECK(list_findings(place.database, {}).value().size() == 1);
  FindingFilter merged;
  merged.state = FindingState::merged;
  CHECK(list_findings(place.database, merged).value().size() == 1);
  place.run("run-2", {"b"}, {{"a", "rule-1", "b"}});
  FindingFilter under;
  under.merged_into = 2;
  CHECK(list_findings(place.database, under).value().size() == 1);
  // Where the other is not proven any more it is told, and merged no longer.
  place.run("run-3", {"a"});
  CHECK(place.finding(1).state == FindingState::persisting);
  REQUIRE(undo_rule(place.database, 1, "local", at(99)).value());
  CHECK_FALSE(place.finding(1).merged_into);
}

TEST_CASE("of each voter the last vote on a finding counts, of data of its own only") {
  Place place;
  place.run("run-1", {"a", "b"});
  place.vote(1, true, "key-1");
  place.vote(1, true, "key-1");
  place.vote(1, false, "key-1");
  place.vote(1, true, "key-2");
  place.vote(2, true, "key-2");
  const auto found = tallies(place.database, "data").value();
  REQUIRE(found.size() == 2);
  CHECK(found[0].pattern == "trend");
  CHECK(found[0].up == 2);
  CHECK(found[0].down == 1);
  CHECK(found[1].column == "customer");
  CHECK(found[1].up == 2);
  CHECK(tallies(place.database, "other").value().empty());
  const auto page = list_votes(place.database, "data", 3, 10).value();
  REQUIRE(page.size() == 2);
  CHECK(page[0].number == 2);
  CHECK(page[0].title == "a");
}

TEST_CASE("a vote that does not weigh is kept and not counted") {
  Place place;
  place.run("run-1", {"a"});
  NewVote vote{.finding = 1, .is_up = false, .reason = "known"};
  vote.weighs = false;
  vote.who = "local";
  vote.at = at(50);
  REQUIRE(add_vote(place.database, vote, {}));
  CHECK(tallies(place.database, "data").value().empty());
  CHECK(list_votes(place.database, "data", {}, 10).value().size() == 1);
}

}  // namespace
}  // namespace insights::store
