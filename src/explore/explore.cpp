#include "explore/explore.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/parallel.h"
#include "catalog/read.h"
#include "explore/alarm.h"
#include "explore/first_look.h"
#include "explore/metered_source.h"
#include "explore/table_summary.h"
#include "findings/feedback.h"
#include "findings/merge.h"
#include "findings/prove.h"
#include "findings/rank.h"
#include "findings/renumber.h"
#include "patterns/workspace.h"

namespace insights::explore {

namespace {

using findings::Decision;
using findings::Finding;

analyst::Material with_decoys(catalog::Catalog& catalog, const analyst::Database& database,
                              const Order& order) {
  analyst::Material material{.subjects = {}, .database = &database};
  for (auto& subject : catalog.subjects) {
    auto decoys = patterns::add_decoys(subject, order.decoys, order.seed, order.brief.threads);
    material.subjects.push_back({&subject, std::move(decoys)});
  }
  return material;
}

// Asks for evidence side by side: single queries leave a core idle now and then. Only as much as
// the budget holds, so that what is beyond it does not depend on which was faster. A server is
// asked one by one: each query beside another would be one more of its connections.
void ask_ahead(std::vector<std::string> queries, findings::EvidenceReader& reader,
               const MeteredSource& metered, const Order& order, const std::stop_token& stop) {
  if (metered.dialect() != sql::Dialect::duckdb) return;
  const auto left = std::max<std::int64_t>(0, order.budget.queries_max - metered.spent().queries);
  if (std::cmp_less(left, queries.size())) queries.resize(static_cast<std::size_t>(left));
  reader.read_ahead(queries, order.brief.threads, stop);
}

// Known as soon as it is proven; whether it repeats another is seen when all are.
std::string rule_that_hides(const Finding& finding, const std::vector<findings::Rule>& rules) {
  const auto marks = findings::marks_of(finding);
  for (const auto& rule : rules)
    if (rule.into.empty() && findings::hides(rule, marks)) return rule.id;
  return "";
}

// Runs the evidence of every claim; what it does not bear out goes to the ledger with the reason.
std::vector<Finding> prove_all(analyst::Investigation& investigation,
                               findings::EvidenceReader& reader, const MeteredSource& metered,
                               const Order& order, RunObserver& observer, std::stop_token stop) {
  std::vector<Finding> proven;
  const auto& claims = investigation.claims;
  constexpr std::size_t asked_at_once = 12;  // claims: the first are told before the last are asked
  for (std::size_t i = 0; i < claims.size(); ++i) {
    const auto& [claim, place, recorded] = claims[i];
    if (i % asked_at_once == 0) {
      std::vector<std::string> queries;
      for (std::size_t j = i; j < std::min(i + asked_at_once, claims.size()); ++j) {
        for (const auto& query : claims[j].claim.evidence) queries.push_back(query.sql);
      }
      ask_ahead(std::move(queries), reader, metered, order, stop);
    }
    auto& entry = investigation.ledger.entries[place];
    auto finding = stop.stop_requested()
                       ? base::Result<Finding>(base::fail(base::ErrorKind::cancelled,
                                                          "the run was stopped before its proof"))
                       : findings::prove(claim, reader, order.style, stop);
    if (!finding) {
      entry.decision = Decision::not_proven;
      entry.note = finding.error().message;
      continue;
    }
    // What a rule hides is never ranked: it is as severe all the same.
    finding->severity = findings::severity(*finding, investigation.bases);
    observer.on(FindingProven{&*finding, rule_that_hides(*finding, order.brief.feedback.rules)});
    proven.push_back(*std::move(finding));
  }
  return proven;
}

constexpr std::string_view not_asked_again =
    "the database was lost before the evidence could be asked a second time";

const analyst::Stated* stated_by(const analyst::Investigation& investigation,
                                 const Finding& finding) {
  const auto found =
      std::ranges::find(investigation.claims, finding.fingerprint,
                        [](const analyst::Stated& one) { return one.claim.fingerprint; });
  return found == investigation.claims.end() ? nullptr : &*found;
}

// The places of a report. What an analyst recorded takes none away from what was found.
class Places {
 public:
  explicit Places(const Order& order) : order_(order) {}

  bool has_one_for(const Finding& finding) const {
    constexpr double weak = 0.7;  // actionability
    const auto most =
        finding.actionability < weak ? order_.top_per_weak_pattern : order_.top_per_pattern;
    const auto taken = of_pattern_.find(finding.pattern);
    const bool crowded =
        order_.brief.focus.name.empty() && taken != of_pattern_.end() && taken->second >= most;
    return taken_ < order_.top && !crowded;
  }
  void take(const Finding& finding) { ++of_pattern_[finding.pattern], ++taken_; }

 private:
  const Order& order_;
  std::map<std::string, std::size_t> of_pattern_;
  std::size_t taken_ = 0;
};

// The queries of what will be published if all of it is confirmed.
std::vector<std::string> queries_to_confirm(const std::vector<Finding>& ranked,
                                            const analyst::Investigation& investigation,
                                            const Order& order) {
  std::vector<std::string> queries;
  Places places(order);
  for (const auto& finding : ranked) {
    const auto* one = stated_by(investigation, finding);
    const bool recorded = one != nullptr && one->recorded;
    if (!recorded && !places.has_one_for(finding)) continue;
    if (!recorded) places.take(finding);
    for (const auto& evidence : finding.evidence) queries.push_back(evidence.sql);
  }
  return queries;
}

// What readers' rules keep out of the report is named there, once it was read a second time, too.
std::vector<findings::Hidden> note_hidden(
    const std::vector<std::pair<Finding, findings::Rule>>& hidden, findings::EvidenceReader& fresh,
    analyst::Investigation& investigation, const Order& order, std::stop_token stop) {
  std::vector<findings::Hidden> notes;
  for (const auto& [finding, rule] : hidden) {
    const auto status = findings::confirm(finding, fresh, order.style, stop);
    const auto* one = stated_by(investigation, finding);
    if (one != nullptr) {
      auto& entry = investigation.ledger.entries[one->entry];
      entry.decision = status ? Decision::hidden : Decision::not_proven;
      entry.note = status ? "by " + rule.id : "second reading: " + status.error().message;
    }
    if (!status) continue;
    notes.push_back(findings::noted(finding, rule));
    notes.back().severity = findings::severity(finding, investigation.bases);
  }
  return notes;
}

// The evidence of what is to be published, asked once more of the database.
std::vector<Finding> confirm_all(std::vector<Finding> ranked, findings::EvidenceReader& fresh,
                                 analyst::Investigation& investigation, const Order& order,
                                 std::stop_token stop) {
  std::vector<Finding> confirmed;
  Places places(order);
  for (auto& finding : ranked) {
    const auto* one = stated_by(investigation, finding);
    auto* entry = one == nullptr ? nullptr : &investigation.ledger.entries[one->entry];
    const bool recorded = one != nullptr && one->recorded;
    if (!recorded && !places.has_one_for(finding)) {
      if (entry != nullptr) entry->decision = Decision::below_top;
      continue;
    }
    const auto status = findings::confirm(finding, fresh, order.style, stop);
    const bool unasked = !status && status.error().kind == base::ErrorKind::disconnected;
    if (unasked) {
      // What is proven stays; that it could not be asked again, the reader must know.
      finding.guards.push_back({"second_reading", findings::GuardStatus::downgraded,
                                std::string(not_asked_again), std::string(not_asked_again)});
    } else if (!status) {
      if (entry != nullptr) {
        entry->decision = Decision::not_proven;
        entry->note = "second reading: " + status.error().message;
      }
      continue;
    }
    if (!recorded) places.take(finding);
    confirmed.push_back(std::move(finding));
  }
  return confirmed;
}

findings::LedgerCounts counts_of(const findings::Ledger& ledger, std::int64_t decoy_columns) {
  findings::LedgerCounts counts;
  counts.decoy_columns = decoy_columns;
  for (const auto& entry : ledger.entries) {
    ++(entry.fact ? counts.facts : counts.tested);
    const bool published = entry.decision == Decision::published;
    if (published) ++counts.published;
    if (entry.decoy && !entry.fact) ++counts.decoys_tested;
    if (entry.decoy && published) ++counts.decoys_accepted;
  }
  return counts;
}

Run started(const Order& order, const Parts& parts) {
  Run run;
  run.id = order.run_id;
  run.program = order.program;
  run.started_at = order.started_at;
  run.analyst = parts.analyst.name();
  run.focus = order.brief.focus.name;
  run.locations = order.locations;
  run.style = order.style;
  run.budget = order.budget;
  return run;
}

// The search may take this long; the rest of the budget is for the proofs.
std::chrono::milliseconds search_share(const Budget& budget) { return budget.time_max * 3 / 4; }

double seconds(std::chrono::milliseconds time) { return static_cast<double>(time.count()) / 1000; }

// Why not all that was asked for was done; empty when it was. `otherwise`: what the search or the
// catalog left out.
std::string partial_reason(const MeteredSource& metered, const std::string& otherwise,
                           const std::stop_token& stop) {
  if (!metered.exhausted().empty()) return metered.exhausted();
  if (!metered.lost().empty()) return metered.lost();
  return stop.stop_requested() ? "the run was stopped" : otherwise;
}

// A source that cannot tell its version was answered for by a cache: since when, a reader must
// know.
std::optional<std::string> cache_note(const MeteredSource& metered, const Run& run) {
  if (!metered.oldest_cached() || !run.data.digest.empty()) return std::nullopt;
  const base::Moment second{metered.oldest_cached()->microseconds / 1'000'000 * 1'000'000};
  return fmt::format(
      "{} of {} queries were answered from the cache, with data as it was at {} UTC or later; what "
      "is published was read from the database again.",
      metered.spent().queries_cached, metered.spent().queries, base::iso_text(second));
}

void finish(Run& run, const MeteredSource& metered, const std::string& otherwise,
            RunObserver& observer, const std::stop_token& stop) {
  run.spent = metered.spent();
  run.partial_reason = partial_reason(metered, otherwise, stop);
  run.partial = !run.partial_reason.empty();
  observer.on(Finished{run.partial, run.partial_reason});
}

}  // namespace

base::Result<Run> explore(const Order& order, const Parts& parts, std::stop_token stop) {
  auto run = started(order, parts);
  parts.observer.on(Started{run.id});
  MeteredSource metered(parts.source, order.budget, parts.observer);

  // The data's version has every byte of a file read. A server is asked with the rest, at the end.
  std::jthread version_reader;
  if (metered.dialect() == sql::Dialect::duckdb && order.brief.threads > 1) {
    version_reader =
        base::idle_thread([&](std::stop_token ended) { (void)parts.source.version(ended); });
  }

  catalog::ReadOptions reading;
  reading.as_of = order.brief.as_of;
  reading.load.time_max = order.budget.time_max;
  reading.load.threads = order.brief.threads;
  reading.on_loaded = [&](const std::string& table, std::int64_t rows) {
    parts.observer.on(TableLoaded{table, rows});
  };
  const auto known = parts.source.notes().size();
  // A first proof may be one of an earlier run about the same data; the second reading is not.
  findings::EvidenceLimits first_proof;
  first_proof.query.may_be_cached = true;
  findings::EvidenceReader reader(metered, parts.gate, first_proof);
  auto catalog =
      TRY(catalog::read(metered, parts.gate, parts.vocabulary, parts.metadata, reading, stop));
  for (const auto& subject : catalog.subjects) {
    run.tables.push_back(summary_of(subject));
    if (run.currency.empty()) run.currency = subject.currency;
  }
  run.notes = catalog.notes;
  std::int64_t columns = 0;
  for (const auto& table : run.tables) columns += table.columns;
  parts.observer.on(CatalogRead{static_cast<std::int64_t>(catalog.subjects.size()), columns});
  take_first_look(catalog, order, parts, reader, stop);

  const analyst::Database database{
      metered,      parts.gate, reader, parts.metadata, catalog.business_context,
      order.run_id, order.style};
  const auto material = with_decoys(catalog, database, order);
  const auto progress = [&](const analyst::Looked& looked) {
    parts.observer.on(
        HypothesesTested{std::string(looked.pattern), looked.tested, looked.accepted, looked.took});
  };
  const Alarm alarm(metered.started() + search_share(order.budget), stop);
  auto brief = order.brief;
  brief.enough = alarm.token();
  auto investigation = TRY(parts.analyst.investigate(brief, material, progress, stop));
  run.model = investigation.model;
  const auto search_ended =
      alarm.has_rung()
          ? fmt::format("the time to search, {} s of {} s, is used up",
                        seconds(search_share(order.budget)), seconds(order.budget.time_max))
          : investigation.ended_early;

  auto proven = prove_all(investigation, reader, metered, order, parts.observer, stop);
  findings::weigh(proven, order.brief.feedback);
  auto [told, hidden] = findings::apart(std::move(proven), order.brief.feedback.rules);
  auto ranked = findings::rank(std::move(told), investigation.bases, order.brief.focus);
  findings::EvidenceReader fresh(metered, parts.gate);
  std::vector<Finding> published;
  base::parallel_for(2, order.brief.threads, {}, [&](std::size_t round) {
    if (round == 1) {
      if (auto version = parts.source.version(stop)) run.data = *std::move(version);
      return;
    }
    ask_ahead(queries_to_confirm(ranked, investigation, order), fresh, metered, order, stop);
    published = confirm_all(std::move(ranked), fresh, investigation, order, stop);
    run.hidden = note_hidden(hidden, fresh, investigation, order, stop);
  });
  run.findings = findings::renumbered(std::move(published));
  run.totals = findings::totals(run.findings, investigation.bases);
  run.counts = counts_of(investigation.ledger, investigation.decoy_columns);
  run.ledger = std::move(investigation.ledger);
  // What the source has to say of the run itself: a connection that was lost and found.
  const auto& notes = parts.source.notes();
  run.notes.insert(run.notes.end(),
                   notes.begin() + static_cast<std::ptrdiff_t>(std::min(known, notes.size())),
                   notes.end());
  if (auto note = cache_note(metered, run)) run.notes.push_back(*std::move(note));
  finish(run, metered, search_ended.empty() ? catalog.left_out : search_ended, parts.observer,
         stop);
  return run;
}

}  // namespace insights::explore
