#include "tools/correction.h"

#include <fmt/format.h>

#include <algorithm>

namespace insights::tools {

namespace {

using findings::Decision;
using findings::LedgerEntry;

// One entry a test, in the order of their ids; then those of the scans.
findings::Correction corrected(const Desk& desk) {
  std::vector<findings::Hypothesis> hypotheses;
  for (const auto& [id, test] : desk.tests) hypotheses.push_back(test.hypothesis);
  for (const auto& scan : desk.scans) {
    for (const auto& entry : scan.entries)
      hypotheses.push_back({entry, entry.decision != Decision::too_small, 1});
  }
  return findings::control_false_discovery(hypotheses, desk.brief.false_discovery_rate);
}

std::size_t place_of(const Desk& desk, std::string_view test) {
  return static_cast<std::size_t>(std::distance(desk.tests.begin(), desk.tests.find(test)));
}

std::size_t place_of(const Desk& desk, const Offer& offer) {
  auto place = desk.tests.size() + offer.entry;
  for (std::size_t i = 0; i < offer.scan; ++i) place += desk.scans[i].entries.size();
  return place;
}

LedgerEntry untested(const findings::Claim& claim) {
  LedgerEntry entry;
  entry.family = claim.family;
  entry.pattern = claim.pattern;
  entry.fingerprint = claim.fingerprint;
  entry.fact = true;
  entry.decision = Decision::published;
  entry.note = "stated by the model, not tested";
  return entry;
}

}  // namespace

bool is_accepted(const Desk& desk, std::string_view test) {
  if (!desk.tests.contains(test)) return false;
  return corrected(desk).entries[place_of(desk, test)].decision == Decision::published;
}

analyst::Investigation Session::concluded(analyst::Investigation leads) const {
  const auto& desk = *desk_;
  for (auto& stated : leads.claims) {
    if (const auto more = desk.deepened.find(stated.claim.fingerprint); more != desk.deepened.end())
      stated.claim = more->second;
  }
  auto& entries = leads.ledger.entries;
  const auto first = entries.size();
  auto correction = corrected(desk);
  // Accepted is not yet published: that is what was recorded of it.
  std::vector<bool> accepted;
  for (auto& entry : correction.entries) {
    accepted.push_back(entry.decision == Decision::published);
    if (!entry.decoy && accepted.back()) {
      entry.decision = Decision::below_top;
      entry.note = "asked by the model, and not recorded by it";
    }
    entries.push_back(std::move(entry));
  }
  for (const auto& recorded : desk.recorded) {
    auto claim = recorded.claim;
    const auto offer = desk.offers.find(recorded.based_on);
    const auto test = desk.tests.find(recorded.based_on);
    std::size_t place = 0;
    if (offer != desk.offers.end()) {
      place = first + place_of(desk, offer->second);
    } else if (test != desk.tests.end() && accepted[place_of(desk, recorded.based_on)]) {
      place = first + place_of(desk, recorded.based_on);
      claim.test.q = entries[place].q;
      claim.test.tested_in_family = static_cast<std::int64_t>(desk.tests.size());
    } else {
      // Tested at first, and no longer accepted now that more was tested: it is a claim.
      claim.strength = findings::Strength::model_claim;
      claim.test = {};
      place = entries.size();
      entries.push_back(untested(claim));
    }
    entries[place].decision = Decision::published;
    leads.claims.push_back({std::move(claim), place, true});
  }
  for (const auto& [title, reason] : desk.sent_back) {
    LedgerEntry entry;
    entry.family = entry.pattern = "model";
    entry.fingerprint = "model/" + title;
    entry.fact = true;
    entry.decision = Decision::not_proven;
    entry.note = reason;
    entries.push_back(std::move(entry));
  }
  return leads;
}

}  // namespace insights::tools
