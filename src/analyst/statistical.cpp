#include "analyst/statistical.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <memory>
#include <mutex>

#include "analyst/also_explains.h"
#include "analyst/same_cause.h"
#include "base/parallel.h"
#include "findings/control_false_discovery.h"
#include "patterns/all.h"
#include "patterns/wording.h"

namespace insights::analyst {

namespace {

using findings::Decision;
using patterns::Candidate;
using patterns::Workspace;
using std::chrono::steady_clock;

struct Examined {
  std::unique_ptr<Workspace> workspace;
  std::vector<Candidate> candidates;
  std::vector<double> actionability;  // [candidates]
  std::size_t first_entry = 0;        // of its candidates in the ledger
};

constexpr std::size_t echoes_told_max = 2;
constexpr std::size_t also_shown_max = 5;
constexpr std::size_t of_a_pattern_first = 12;
constexpr std::size_t causes_compared_max =
    80;  // candidates that are compared pair by pair, a subject

bool is_about_decoy(const Workspace& workspace, const Candidate& candidate) {
  const auto is_decoy = [&](const patterns::ValueOf& one) {
    return workspace.is_decoy(one.column);
  };
  return (candidate.column != patterns::no_column && workspace.is_decoy(candidate.column)) ||
         std::ranges::any_of(candidate.within, is_decoy);
}

// The patterns at the end of the table cross columns with each other and take longest: were they
// begun last, one core would wait for the last of them alone. They begin in the middle, behind
// those that also a run which is soon out of time should have.
constexpr auto order_of_beginning = [] {
  std::array<std::size_t, patterns::all_patterns.size()> order{};
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  constexpr std::size_t long_ones = 3;
  std::rotate(order.begin() + order.size() / 2, order.end() - long_ones, order.end());
  return order;
}();

Examined examine(const Prepared& prepared, const catalog::Vocabulary& vocabulary,
                 const Brief& brief, const Progress& progress, std::stop_token stop) {
  Examined examined;
  // A search that has had its time ends, and what it found is proven.
  const auto end = brief.enough.stop_possible() ? brief.enough : stop;
  examined.workspace = std::make_unique<Workspace>(patterns::prepare(
      *prepared.subject, vocabulary, brief.as_of, prepared.decoys, brief.threads, end));
  // Side by side, put together in the order of the table.
  std::array<std::vector<Candidate>, patterns::all_patterns.size()> found;
  std::mutex one_tells;
  base::parallel_for(found.size(), brief.threads, end, [&](std::size_t round) {
    const std::size_t i = order_of_beginning[round];
    const auto& pattern = patterns::all_patterns[i];
    if (!brief.only.empty() && std::ranges::count(brief.only, pattern.name) == 0) return;
    const auto before = steady_clock::now();
    found[i] = pattern.examine(*examined.workspace);
    for (auto& candidate : found[i])
      candidate.entry.decoy = is_about_decoy(*examined.workspace, candidate);
    if (!progress) return;
    const std::scoped_lock lock(one_tells);
    progress({pattern.name, static_cast<std::int64_t>(found[i].size()),
              std::ranges::count_if(found[i], &Candidate::material),
              std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - before)});
  });
  std::size_t all = 0;
  for (const auto& candidates : found) all += candidates.size();
  examined.candidates.reserve(all);
  for (std::size_t i = 0; i < found.size(); ++i) {
    examined.actionability.insert(examined.actionability.end(), found[i].size(),
                                  patterns::all_patterns[i].actionability);
    std::ranges::move(found[i], std::back_inserter(examined.candidates));
  }
  return examined;
}

// The score of findings/rank.h before anything is proven: decides which claims are worth their
// queries.
double promise(const Candidate& candidate, double actionability, const Workspace& workspace,
               const findings::Focus& focus) {
  const double unit = workspace.money_per_month > 0 ? 0.0002 * workspace.money_per_month : 1;
  const double money = std::log1p(std::max(0.0, candidate.impact) / unit);
  double boost = 1;
  if (const auto weight = focus.weights.find(candidate.entry.pattern);
      weight != focus.weights.end())
    boost = weight->second;
  return (0.5 + money) * (0.4 + 0.6 * candidate.surprise) * actionability * boost;
}

class Investigating {
 public:
  Investigating(const Brief& brief, std::vector<Examined> examined)
      : brief_(brief), examined_(std::move(examined)) {}

  Investigation run(std::stop_token stop) {
    correct();
    for (auto& one : examined_) settle(one, stop);
    std::ranges::stable_sort(ready_, [](const Ready& a, const Ready& b) {
      return a.promise != b.promise
                 ? a.promise > b.promise
                 : a.candidate->entry.fingerprint < b.candidate->entry.fingerprint;
    });
    spare_room(ready_, [](const Ready& ready) { return ready.candidate->entry.pattern; });
    const std::size_t stated_max = std::min(ready_.size(), brief_.claims_max);
    for (std::size_t i = stated_max; i < ready_.size(); ++i)
      result_.ledger.entries[ready_[i].entry].decision = Decision::below_top;
    // A claim looks at the rows it is about once more, whatever the others say: side by side.
    std::vector<std::optional<findings::Claim>> claims(stated_max);
    base::parallel_for(stated_max, brief_.threads, stop,
                       [&](std::size_t i) { claims[i] = stated(ready_[i]); });
    for (std::size_t i = 0; i < stated_max; ++i) {
      if (claims[i]) result_.claims.push_back({*std::move(claims[i]), ready_[i].entry});
    }
    return std::move(result_);
  }

 private:
  struct Ready {
    const Candidate* candidate;
    double actionability, promise;
    std::size_t entry;
    const Workspace* workspace;
    std::vector<const Candidate*> also, echoes;  // the most promising first
    std::int64_t tested_in_family;
  };

  void correct() {
    std::vector<findings::Hypothesis> hypotheses;
    std::size_t all = 0;
    for (const auto& one : examined_) all += one.candidates.size();
    hypotheses.reserve(all);
    for (auto& one : examined_) {
      one.first_entry = hypotheses.size();
      // There are tens of thousands: the ledger keeps the entries, and settle() gives back what it
      // needs.
      for (auto& candidate : one.candidates)
        hypotheses.push_back({std::move(candidate.entry), candidate.material, candidate.weight});
    }
    auto correction =
        findings::control_false_discovery(std::move(hypotheses), brief_.false_discovery_rate);
    result_.ledger.entries = std::move(correction.entries);
    for (const auto& entry : result_.ledger.entries) ++family_sizes_[entry.family];
  }

  void settle(Examined& one, std::stop_token stop) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < one.candidates.size(); ++i) {
      const auto& entry = result_.ledger.entries[one.first_entry + i];
      if (entry.decision != Decision::published || !one.candidates[i].claim) continue;
      one.candidates[i].entry = entry;
      places.push_back(i);
    }
    const auto promise_of = [&](std::size_t i) {
      return promise(one.candidates[i], one.actionability[i], *one.workspace, brief_.focus);
    };
    std::ranges::stable_sort(
        places, [&](std::size_t a, std::size_t b) { return promise_of(a) > promise_of(b); });
    spare_room(places, [&](std::size_t i) { return one.candidates[i].entry.pattern; });
    for (std::size_t i = causes_compared_max; i < places.size(); ++i) {
      result_.ledger.entries[one.first_entry + places[i]].decision = Decision::below_top;
    }
    if (places.size() > causes_compared_max) places.resize(causes_compared_max);

    std::vector<const Candidate*> accepted;
    for (const std::size_t i : places) accepted.push_back(&one.candidates[i]);
    const auto causes = same_causes(*one.workspace, accepted, brief_.threads, stop);
    std::vector<std::vector<const Candidate*>> also(places.size()), echoes(places.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (!causes[i]) continue;
      auto& entry = result_.ledger.entries[one.first_entry + places[i]];
      entry.decision = causes[i]->echo ? Decision::explained : Decision::merged;
      entry.note = "by " + accepted[causes[i]->of]->entry.fingerprint;
      if (says_more(*accepted[causes[i]->of], *accepted[i], *causes[i]))
        echoes[teller_of(accepted, causes, i)].push_back(accepted[i]);
      if (!entry.decoy && accepted[i]->column != patterns::no_column)
        also[causes[i]->of].push_back(accepted[i]);
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
      const std::size_t entry = one.first_entry + places[i];
      // A decoy that was accepted is counted, and is no finding.
      if (causes[i] || result_.ledger.entries[entry].decoy) continue;
      ready_.push_back({accepted[i], one.actionability[places[i]], promise_of(places[i]), entry,
                        one.workspace.get(), std::move(also[i]), std::move(echoes[i]),
                        family_sizes_[accepted[i]->entry.family]});
    }
  }

  // A pattern with many of a kind (forty customers gone) leaves room for the others: beyond
  // `of_a_pattern_first` they come after everything else, in the same order.
  template <class T, class PatternOf>
  static void spare_room(std::vector<T>& places, const PatternOf& pattern_of) {
    std::map<std::string, std::size_t> of_pattern;
    std::vector<T> first, later;
    for (auto& place : places) {
      const auto before = of_pattern[pattern_of(place)]++;
      (before < of_a_pattern_first ? first : later).push_back(std::move(place));
    }
    places = std::move(first);
    std::ranges::move(later, std::back_inserter(places));
  }

  // Who tells of the echo `i`: the mix that carries the cause over to its rows, when there is one
  // ("Cost Reduction has mostly low priorities" of its many reached targets, which low priorities
  // explain), else the cause.
  static std::size_t teller_of(const std::vector<const Candidate*>& accepted,
                               const std::vector<std::optional<Cause>>& causes, std::size_t i) {
    const auto& cause = *accepted[causes[i]->of];
    for (std::size_t j = 0; j < accepted.size(); ++j) {
      const auto& mix = *accepted[j];
      if (!causes[j] && !mix.explains && j != i && cause.column != patterns::no_column &&
          mix.measure_column == cause.column && mix.column == accepted[i]->column &&
          mix.value == accepted[i]->value && accepted[i]->values.empty())
        return j;
    }
    return causes[i]->of;
  }

  // An echo elsewhere, or the same rows by another measure: worth a sentence. The same rows under
  // another name are not, nor is how two of their numbers go together.
  static bool says_more(const Candidate& cause, const Candidate& other, const Cause& how) {
    if (other.entry.decoy || other.entry.fact || other.entry.pattern == "correlation") return false;
    if (cause.rows_of_lost && !how.echo) return false;  // small ones among many: by name is enough
    return how.echo || (cause.measure != other.measure && other.explains);
  }

  // "region Hills", "customer Arden Labs": where else the same rows show.
  static std::string name_of(const Workspace& workspace, const Candidate& candidate) {
    const auto& subject = workspace.subject;
    const auto named = [&](const patterns::ValueOf& part) {
      return patterns::noun_of(subject.columns[part.column]) + " " +
             patterns::entity_of(subject, part.column, part.value).label;
    };
    auto name = named({candidate.column, candidate.value});
    for (const auto& part : candidate.within) name += ", " + named(part);
    return name;
  }

  static std::vector<std::string> also_of(const Ready& ready) {
    const auto own = ready.candidate->column == patterns::no_column
                         ? std::string()
                         : name_of(*ready.workspace, *ready.candidate);
    std::vector<std::string> names;
    for (const auto* other : ready.also) {
      auto name = name_of(*ready.workspace, *other);
      if (name != own && std::ranges::find(names, name) == names.end())
        names.push_back(std::move(name));
      if (names.size() == also_shown_max) break;
    }
    return names;
  }

  findings::Claim stated(const Ready& ready) const {
    auto claim = ready.candidate->claim();
    const auto& entry = result_.ledger.entries[ready.entry];
    claim.test.p = entry.p;
    claim.test.q = entry.q;
    claim.test.statistic = entry.statistic;
    claim.test.effect = entry.effect;
    claim.test.tested_in_family = ready.tested_in_family;
    claim.strength = entry.fact ? findings::Strength::descriptive : findings::Strength::significant;
    claim.surprise = ready.candidate->surprise;
    claim.actionability = ready.actionability;
    for (std::size_t i = 0, told = 0; i < ready.echoes.size() && told < echoes_told_max; ++i)
      told +=
          tell_echo(claim, ready.echoes[i]->claim(), told == 0 ? "echo_" : "other_echo_") ? 1 : 0;
    claim.also = also_of(ready);
    return claim;
  }

  const Brief& brief_;
  std::vector<Examined> examined_;
  std::map<std::string, std::int64_t> family_sizes_;
  std::vector<Ready> ready_;
  Investigation result_;
};

}  // namespace

base::Result<Investigation> StatisticalAnalyst::investigate(const Brief& brief,
                                                            const Material& material,
                                                            const Progress& progress,
                                                            std::stop_token stop) {
  std::vector<Examined> examined;
  std::vector<findings::Base> bases;
  std::int64_t decoys = 0;
  for (const auto& prepared : material.subjects) {
    if (stop.stop_requested() || brief.enough.stop_requested()) break;
    examined.push_back(examine(prepared, vocabulary_, brief, progress, stop));
    decoys += static_cast<std::int64_t>(prepared.decoys.size());
    const auto& workspace = *examined.back().workspace;
    const auto& subject = *prepared.subject;
    if (subject.money && workspace.money_per_month > 0) {
      const auto& unit = subject.columns[*subject.money].unit;
      const bool known =
          std::ranges::any_of(bases, [&](const findings::Base& base) { return base.unit == unit; });
      if (!known) bases.push_back({unit, true, "month", workspace.money_per_month});
    }
  }
  auto result = Investigating(brief, std::move(examined)).run(stop);
  result.decoy_columns = decoys;
  result.bases = std::move(bases);
  return result;
}

}  // namespace insights::analyst
