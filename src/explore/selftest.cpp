#include "explore/selftest.h"

#include <algorithm>
#include <set>

#include "catalog/read.h"
#include "explore/shuffle.h"
#include "explore/table_summary.h"
#include "patterns/workspace.h"

namespace insights::explore {

namespace {

using Clock = std::chrono::steady_clock;

// One investigation of the subjects, which get their decoys here.
base::Result<analyst::Investigation> investigated(std::vector<catalog::Subject>& subjects,
                                                  const Order& order, std::uint64_t seed,
                                                  const Parts& parts, std::stop_token stop) {
  analyst::Material material;
  for (auto& subject : subjects)
    material.subjects.push_back({&subject, patterns::add_decoys(subject, order.decoys, seed)});
  return parts.analyst.investigate(order.brief, material, {}, stop);
}

// What a claim speaks of: columns, and the parts they move with.
struct Spoken {
  std::set<Part> parts;
  std::set<std::size_t> groupings;  // columns of Part::who
  bool sums_only = true;            // its measures are amounts that are added up
};

Spoken spoken_of(const findings::Claim& claim, const catalog::Subject& subject) {
  Spoken spoken;
  const auto take = [&](const std::string& name) {
    const auto column = subject.index_of(name);
    if (!column) return;
    const auto part = part_of(subject, *column);
    spoken.parts.insert(part);
    if (part == Part::who) spoken.groupings.insert(*column);
    if (part == Part::how_much && !subject.columns[*column].additive) spoken.sums_only = false;
  };
  for (const auto& name : claim.columns) take(name);
  for (const auto& entity : claim.entities) take(entity.column);
  return spoken;
}

// Is the claim about what shuffling leaves as it is? That is: about columns of one part only; about
// the table's total over time, which follows the number of rows a month; or about the sums of two
// groupings as they cross, which follow the number of rows.
bool is_still_true(const findings::Claim& claim, const std::vector<catalog::Subject>& subjects) {
  for (const auto& subject : subjects) {
    if (subject.table != claim.scope.table) continue;
    const auto spoken = spoken_of(claim, subject);
    const bool is_total = claim.entities.empty() && spoken.parts.contains(Part::when);
    const bool is_crossing =
        spoken.sums_only && spoken.groupings.size() > 1 && !spoken.parts.contains(Part::when);
    return spoken.parts.size() <= 1 || is_total || is_crossing;
  }
  return false;
}

Round round_of(const analyst::Investigation& investigation,
               const std::vector<catalog::Subject>& subjects, std::uint64_t seed) {
  Round round;
  round.seed = seed;
  for (const auto& entry : investigation.ledger.entries) round.tested += entry.fact ? 0 : 1;
  for (const auto& [claim, place, recorded] : investigation.claims) {
    const auto& entry = investigation.ledger.entries[place];
    if (entry.decoy) continue;  // no such column is in the database: it is never published
    if (entry.fact) {
      ++round.facts;
    } else if (is_still_true(claim, subjects)) {
      round.still_true.push_back(claim.fingerprint);
    } else {
      round.false_findings.push_back(claim.fingerprint);
    }
  }
  return round;
}

}  // namespace

std::int64_t SelfTest::false_findings() const {
  std::int64_t sum = 0;
  for (const auto& round : rounds) sum += std::ssize(round.false_findings);
  return sum;
}

std::int64_t SelfTest::rounds_with_any() const {
  return std::ranges::count_if(rounds,
                               [](const Round& round) { return !round.false_findings.empty(); });
}

double SelfTest::per_round() const {
  return rounds.empty()
             ? 0
             : static_cast<double>(false_findings()) / static_cast<double>(rounds.size());
}

base::Result<SelfTest> selftest(const SelfTestOrder& asked, const Parts& parts,
                                std::stop_token stop) {
  const auto started = Clock::now();
  const auto& order = asked.order;
  const auto told = [&](std::int64_t round) {
    if (asked.on_round) asked.on_round(round);
  };
  catalog::ReadOptions reading;
  reading.as_of = order.brief.as_of;
  reading.load.time_max = order.budget.time_max;
  reading.load.rows_max = order.budget.rows_max;
  reading.load.threads = order.brief.threads;
  reading.on_loaded = [&](const std::string& table, std::int64_t rows) {
    parts.observer.on(TableLoaded{table, rows});
  };
  const auto catalog =
      TRY(catalog::read(parts.source, parts.gate, parts.vocabulary, parts.metadata, reading, stop));

  SelfTest result;
  result.promised = order.brief.false_discovery_rate;
  result.rounds_asked = asked.rounds;
  for (const auto& subject : catalog.subjects) result.tables.push_back(summary_of(subject));
  told(0);
  auto as_it_is = catalog.subjects;
  const auto real =
      round_of(TRY(investigated(as_it_is, order, order.seed, parts, stop)), as_it_is, order.seed);
  result.findings = std::ssize(real.false_findings) + std::ssize(real.still_true);
  result.tested = real.tested;

  for (std::int64_t number = 1; number <= asked.rounds; ++number) {
    const bool late = Clock::now() - started >= order.budget.time_max;
    if (stop.stop_requested() || late) {
      result.ended_early = late ? "the time was used up" : "it was stopped";
      break;
    }
    told(number);
    const auto seed = order.seed + static_cast<std::uint64_t>(number);
    std::vector<catalog::Subject> subjects;
    for (const auto& subject : catalog.subjects) subjects.push_back(shuffled(subject, seed));
    const auto investigation = TRY(investigated(subjects, order, seed, parts, stop));
    if (stop.stop_requested()) continue;  // half a round counts for nothing
    result.rounds.push_back(round_of(investigation, subjects, seed));
  }
  return result;
}

}  // namespace insights::explore
