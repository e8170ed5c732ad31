// record_finding: a draft becomes a finding when the database bears it out, or is answered with the
// reason why not.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analyst/also_explains.h"
#include "findings/characters.h"
#include "findings/prove.h"
#include "findings/sentence.h"
#include "tools/arguments.h"
#include "tools/correction.h"
#include "tools/desk.h"
#include "tools/state_claim.h"

namespace insights::tools {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using findings::Claim;
using findings::Finding;

// Each cited cell must be what the analyst has seen: a query whose answer changes from one reading
// to the next proves nothing.
base::Status check_seen(const Desk& desk, const Claim& claim, const Finding& finding) {
  for (const auto& [name, value] : claim.values) {
    for (const auto& cell : findings::cells_of(value.from)) {
      const auto seen = desk.queries.find(cell.query);
      const auto sql = std::ranges::find(claim.evidence, cell.query, &findings::EvidenceQuery::id);
      if (seen == desk.queries.end() || !seen->second.rows || sql == claim.evidence.end()) continue;
      const auto now = std::ranges::find(finding.evidence, sql->sql, &findings::Evidence::sql);
      const auto& rows = *seen->second.rows;
      const auto column = std::ranges::find(rows.columns, cell.column) - rows.columns.begin();
      const auto place = static_cast<std::size_t>(column);
      if (now == finding.evidence.end() || cell.row >= rows.rows.size() ||
          cell.row >= now->rows.size() || place >= rows.columns.size() ||
          rows.rows[cell.row][place] == now->rows[cell.row][place])
        continue;
      return fail(
          ErrorKind::invalid_input,
          fmt::format("value \"{}\": {} gave something else the second time. Order its rows "
                      "so that they always come the same way, and cite the new query.",
                      name, cell.query));
    }
  }
  return {};
}

// A test speaks for a claim when both are about the same: a column of the test among those of the
// claim, and the same group where the test has one.
base::Status check_same_subject(const std::string& id, const Tested& test, const Claim& claim) {
  const bool shares = std::ranges::any_of(test.columns, [&](const std::string& column) {
    return std::ranges::find(claim.columns, column) != claim.columns.end();
  });
  const bool same_group =
      !test.group || std::ranges::any_of(claim.entities, [&](const auto& entity) {
        return entity.column == test.group->column && entity.value == test.group->value;
      });
  if (shares && same_group) return {};
  const auto about = test.group ? fmt::format(" of {} = {}", test.group->column, test.group->value)
                                : std::string();
  return fail(ErrorKind::invalid_input,
              fmt::format("{} is about {}{}: name its columns in \"columns\"{}, or test what you "
                          "mean to say.",
                          id, fmt::join(test.columns, ", "), about,
                          test.group ? " and its group in \"entities\"" : ""));
}

void add_guards(const Desk& desk, Claim& claim, const Finding& finding) {
  const bool cut = std::ranges::any_of(finding.evidence, &findings::Evidence::truncated);
  claim.guards.push_back(
      {"truncation", cut ? findings::GuardStatus::downgraded : findings::GuardStatus::passed,
       cut ? "an evidence query has more rows than were read" : "all rows read"});
  // A statement that was tested and did not hold must not pass for one that nobody tested.
  for (const auto& [id, test] : desk.tests) {
    if (claim.strength == findings::Strength::significant || is_accepted(desk, id) ||
        !check_same_subject(id, test, claim) || !test.group)
      continue;
    claim.guards.push_back({"tested", findings::GuardStatus::downgraded,
                            "a test of it found no difference that chance would not make"});
    break;
  }
}

struct Made {
  Claim claim;
  Finding finding;
};

Result<Made> proven(const Desk& desk, Claim claim) {
  const auto& database = desk.database();
  auto finding = TRY(findings::prove(claim, database.reader, database.style, desk.stop));
  return Made{std::move(claim), std::move(finding)};
}

// A claim that stands by itself, with the test that bears it out where there is one.
Result<Made> own_claim(const Desk& desk, const Draft& draft) {
  auto claim = TRY(stated(desk, draft));
  if (draft.based_on) {
    const auto test = desk.tests.find(*draft.based_on);
    if (test == desk.tests.end()) {
      return fail(
          ErrorKind::invalid_input,
          fmt::format("There is no lead, scan result or test \"{}\". Use an id that you were "
                      "given, or null.",
                      *draft.based_on));
    }
    TRY(check_same_subject(*draft.based_on, test->second, claim));
    if (!is_accepted(desk, *draft.based_on)) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("{} does not bear it out: what it found may well be chance. Say "
                              "something that holds, or test something else.",
                              *draft.based_on));
    }
    claim.test = test->second.test;
    claim.strength = findings::Strength::significant;
  }
  auto made = TRY(proven(desk, std::move(claim)));
  TRY(check_seen(desk, made.claim, made.finding));
  add_guards(desk, made.claim, made.finding);
  return proven(desk, std::move(made.claim));
}

// "added_", "added_b_", ...: what one deepening brings in must not meet what another did.
std::string prefix_for(const Claim& claim) {
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    const auto prefix = fmt::format("added_{}_", letter);
    const bool taken = std::ranges::any_of(
        claim.evidence, [&](const auto& query) { return query.id.starts_with(prefix); });
    if (!taken) return prefix;
  }
  return "added_more_";
}

// What the draft says, added to a claim of the statistical analyst, which itself stays as it is.
Result<Made> deepened(const Desk& desk, const Draft& draft, const Offer& offer) {
  const auto addition = TRY(stated(desk, draft));
  const auto proof = TRY(proven(desk, addition));
  TRY(check_seen(desk, addition, proof.finding));
  const auto known = desk.deepened.find(offer.claim.fingerprint);
  auto claim = known == desk.deepened.end() ? offer.claim : known->second;
  const auto base = TRY(proven(desk, claim));
  const auto length = findings::characters_in(base.finding.title + base.finding.summary);
  const auto added = findings::characters_in(proof.finding.summary) + 1;
  if (length + added > findings::headline_characters_max) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("Your summary is added to the one of {}, and has {} characters; {} fit. "
                    "Write a shorter one.",
                    *draft.based_on, added - 1,
                    length + 1 < findings::headline_characters_max
                        ? findings::headline_characters_max - length - 1
                        : 0));
  }
  if (!analyst::add_sentence(claim, addition, addition.summary, prefix_for(claim)))
    return fail(ErrorKind::invalid_input, "A hole of the summary has no value.");
  return proven(desk, std::move(claim));
}

bool is_lead(const Desk& desk, const Draft& draft) {
  const auto offer = draft.based_on ? desk.offers.find(*draft.based_on) : desk.offers.end();
  return offer != desk.offers.end() && offer->second.is_lead;
}

Result<Made> made_of(const Desk& desk, const Draft& draft) {
  const auto offer = draft.based_on ? desk.offers.find(*draft.based_on) : desk.offers.end();
  return offer == desk.offers.end() ? own_claim(desk, draft) : deepened(desk, draft, offer->second);
}

// Another finding about the same columns and things keeps its own name.
void make_distinct(const Desk& desk, Claim& claim) {
  const auto base = claim.fingerprint;
  for (int number = 2;; ++number) {
    const auto same = std::ranges::find_if(desk.recorded, [&](const Recorded& one) {
      return one.claim.fingerprint == claim.fingerprint;
    });
    if (same == desk.recorded.end() || same->claim.title == claim.title) return;
    claim.fingerprint = fmt::format("{}/{}", base, number);
  }
}

void keep(Desk& desk, Made made, const Draft& draft) {
  if (is_lead(desk, draft)) {
    desk.deepened.insert_or_assign(made.claim.fingerprint, made.claim);
  } else {
    std::erase_if(desk.recorded, [&](const Recorded& one) {
      return one.claim.fingerprint == made.claim.fingerprint;
    });
    desk.recorded.push_back({made.claim, draft.based_on.value_or("")});
  }
  if (desk.on_recorded && !desk.recalling) desk.on_recorded(made.finding);
}

Answer record(Desk& desk, const Result<Draft>& draft) {
  if (!draft) return refusal(draft.error());
  if (++desk.attempts > desk.options.record_attempts_max)
    return {"No more findings are taken in this run: call finish.", true};
  auto made = made_of(desk, *draft);
  if (!made) {
    desk.sent_back.push_back({draft->title, made.error().message});
    return {"Not recorded. " + desk.curtain.told_quoting(made.error().message) + " " +
                made.error().hint,
            true};
  }
  if (!is_lead(desk, *draft)) make_distinct(desk, made->claim);
  made->finding.fingerprint = made->claim.fingerprint;
  const auto strength = made->claim.strength == findings::Strength::model_claim
                            ? "as your claim, since no test bears it out"
                            : "with the test that bears it out";
  auto text = fmt::format("Recorded {}: {}",
                          is_lead(desk, *draft) ? "as part of " + *draft->based_on : strength,
                          desk.told(made->finding));
  keep(desk, *std::move(made), *draft);
  return {std::move(text)};
}

}  // namespace

Work begin_record_finding(Desk& desk, const std::string&, std::string_view arguments) {
  return [&desk, draft = read_draft(arguments)] { return record(desk, draft); };
}

}  // namespace insights::tools
