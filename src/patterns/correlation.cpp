// Two numbers of a row that move together: the later a thing was bought, the longer its warranty;
// the dearer, the shorter. Also inside one segment only, and events that become likelier with a
// number or a date.
//
// Spearman's rank correlation. Cases are rows, or the entity that decides one of the two (a
// person's joining date is tested over persons), and count less where they share their fate
// (shared_fate.h). What goes together by construction is left out (by_construction.h). A segment is
// told when the correlation inside differs from outside: Fisher's z with the variance of rank
// correlations. Source: Bonett & Wright (2000), Psychometrika 65, 23-28.

#include "patterns/correlation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "findings/fingerprint.h"
#include "patterns/all.h"
#include "patterns/rates.h"
#include "patterns/survival.h"
#include "stats/distributions.h"
#include "stats/rank_tests.h"

namespace insights::patterns {

namespace {

using catalog::Role;

constexpr double effect_min = 0.3;
constexpr double same_thing = 0.97;       // two names for one number
constexpr double same_flag = 0.9;         // the flag is read from the number
constexpr double segment_more_min = 0.1;  // inside a segment than of everything
constexpr double gap_min = 0.3;           // inside a segment against outside
constexpr double outside_max = 0.2;       // below it the whole is told by its segment
constexpr double decides_min = 0.999;     // of the rows
constexpr std::size_t columns_max = 24;   // of each kind: pairs grow with the square
constexpr std::size_t segments_max = 12;  // values of a column
constexpr double duration_quantile = 0.95;
constexpr std::int64_t cases_seen_min = 20;
constexpr double glance_effect_min = 0.2, glance_gap_min = 0.15;

struct Tested {
  CorrelatedPair pair;
  std::optional<Together> whole;  // inside the segment, when there is one
  double outside = 0;
  double p = 1;
  bool material = false;
};

using Shared = std::shared_ptr<const Fates>;

double signed_gap(double inside, double outside) {
  return std::fabs(inside) - outside * (inside > 0 ? 1 : -1);
}

// Are two rank correlations different?
double p_of_difference(const Together& inside, const Together& outside) {
  const auto variance = [](const Together& one) {
    return (1 + one.rho * one.rho / 2) / std::max(1.0, one.independent - 3);
  };
  const auto z = [](double rho) { return std::atanh(std::clamp(rho, -0.999, 0.999)); };
  return stats::normal_two_sided((z(inside.rho) - z(outside.rho)) /
                                 std::sqrt(variance(inside) + variance(outside)));
}

// Is the column the same on (nearly) all rows of each value of the entity?
bool decides(const Workspace& workspace, std::size_t entity, std::size_t column) {
  const auto& subject = workspace.subject;
  const auto& coded = subject.codes(entity);
  std::vector<double> first(coded.values(), std::nan(""));
  double repeats = 0, same = 0, seen = 0;
  for (const std::size_t row : workspace.sample) {
    const double number = number_at(subject, column, row);
    if (coded.codes[row] == 0 || std::isnan(number)) continue;
    seen += 1;
    auto& known = first[coded.codes[row]];
    if (std::isnan(known)) {
      known = number;
      continue;
    }
    repeats += 1;
    same += known == number ? 1 : 0;
  }
  return repeats * 5 >= seen && repeats > 0 && same >= decides_min * repeats;
}

class Examining {
 public:
  explicit Examining(const Workspace& workspace)
      : workspace_(workspace),
        subject_(workspace.subject),
        fates_(std::make_shared<Fates>(workspace)),
        construction_(workspace) {}

  std::vector<Candidate> run() {
    collect();
    for (const std::size_t y : ys_) {
      for (const std::size_t x : xs_) {
        if (workspace_.stop.stop_requested()) break;
        if (is_pair(x, y)) test({x, y, unit_of_pair(x, y), no_column, 0, {}});
      }
    }
    keep_one_of_a_kind();
    std::vector<Candidate> candidates;
    for (const auto& one : tested_) candidates.push_back(candidate_of(one));
    return candidates;
  }

 private:
  void collect() {
    for (std::size_t i = 0; i < subject_.columns.size(); ++i) {
      if (workspace_.is_decoy(i)) continue;
      const auto& column = subject_.columns[i];
      const auto& data = subject_.frame.columns[i];
      const bool measure = column.role == Role::measure && data.numbers() != nullptr;
      const bool flag = column.role == Role::flag && data.numbers() != nullptr;
      const bool date = column.role == Role::time && data.days() != nullptr;
      if ((measure || flag) && ys_.size() < columns_max) ys_.push_back(i);
      const bool varies = data.profile.distinct > 4 || data.profile.distinct_is_lower_bound;
      if ((measure || date) && varies && xs_.size() < columns_max) xs_.push_back(i);
    }
    for (const auto& one : subject_.owned) {
      if (xs_.size() < 2 * columns_max && subject_.is_coded(one.owner)) xs_.push_back(one.column);
    }
  }

  bool is_pair(std::size_t x, std::size_t y) const {
    if (x == y || construction_.tied(x, y) || construction_.is_end(x)) return false;
    const bool both_measures =
        subject_.columns[x].role == Role::measure && subject_.columns[y].role == Role::measure;
    return !both_measures || leads(x, y);
  }

  // Of two measures the one that is given is x, what comes of it y: a target before what was
  // reached, an amount or a count before a duration, and that before a percentage or a score, which
  // say how it went; else the order of the table.
  bool leads(std::size_t x, std::size_t y) const {
    const auto order = [&](std::size_t column) {
      const auto& own = subject_.columns[column];
      const auto words = catalog::words_of(own.name);
      const bool given = std::ranges::any_of(words, [&](const std::string& word) {
        return workspace_.vocabulary.given.contains(word);
      });
      if (given) return -1;
      if (own.kind == "ratio") return 3;
      return own.derived ? 2 : own.money || own.additive ? 0 : 1;
    };
    return order(x) != order(y) ? order(x) < order(y) : x < y;
  }

  std::optional<std::size_t> unit_of_pair(std::size_t x, std::size_t y) {
    for (const auto& one : subject_.owned) {
      if (one.column == x) return one.owner;
    }
    for (const std::size_t column : {x, y}) {
      if (const auto unit = decided_by(column)) return unit;
    }
    return std::nullopt;
  }

  // The entity with the fewest values that decides the column.
  std::optional<std::size_t> decided_by(std::size_t column) {
    const auto known = decided_by_.find(column);
    if (known != decided_by_.end()) return known->second;
    std::optional<std::size_t> unit;
    for (const std::size_t entity : workspace_.groupings) {
      if (workspace_.is_decoy(entity) || subject_.columns[entity].kind == "calendar") continue;
      const auto values = subject_.codes(entity).values();
      if (unit && values >= subject_.codes(*unit).values()) continue;
      if (decides(workspace_, entity, column)) unit = entity;
    }
    decided_by_.emplace(column, unit);
    return unit;
  }

  // A duration that began late had no time to become long; one that ended before the table began is
  // not in it. Both make later ones look shorter, so a fall is looked for among the others only.
  void give_time(CorrelatedPair& pair) const {
    const auto duration = construction_.duration(pair.y, pair.x);
    if (!duration) return;
    std::vector<double> lengths;
    double last = -1e300;
    for (const std::size_t row : workspace_.sample) {
      const double start = number_at(subject_, duration->start, row),
                   end = number_at(subject_, duration->end, row);
      if (std::isnan(start) || std::isnan(end)) continue;
      lengths.push_back(end - start);
      last = std::max(last, end);
    }
    if (lengths.empty()) return;
    const auto place =
        lengths.begin() +
        static_cast<std::ptrdiff_t>(duration_quantile * static_cast<double>(lengths.size() - 1));
    std::ranges::nth_element(lengths, place);
    pair.began_by = base::Day{static_cast<std::int32_t>(last - *place)};
  }

  std::optional<Together> measured(const CorrelatedPair& pair, Side side = Side::inside) const {
    return together(cases_of(workspace_, *fates_, pair, {}, side));
  }

  bool is_large(const CorrelatedPair& pair, const Together& found, double least) const {
    const bool flag = subject_.columns[pair.y].role == Role::flag;
    const double most = flag && !pair.unit ? same_flag : same_thing;
    if (std::fabs(found.effect) < least || std::fabs(found.effect) >= most) return false;
    const auto quarters = quarters_of(workspace_, pair, {});
    return quarters && is_told_by_quarters(workspace_, pair, found.effect, *quarters);
  }

  // Where every row of the sample is a case, the ranks are those of the column, for any other.
  Ranks ranks_of_column(std::size_t column, const std::vector<double>& numbers) {
    auto& known = ranks_[column];
    if (!known) known = std::make_shared<const std::vector<double>>(stats::average_ranks(numbers));
    return known;
  }
  BothRanks ranks_of_pair(const CorrelatedPair& pair, const Cases& cases) {
    if (pair.unit || cases.rows.size() < workspace_.sample.size()) return ranks_of(cases);
    return {ranks_of_column(pair.x, cases.x), ranks_of_column(pair.y, cases.y)};
  }

  void test(CorrelatedPair pair) {
    auto cases = cases_of(workspace_, *fates_, pair, {});
    auto ranks = ranks_of_pair(pair, cases);
    auto whole = together(cases, ranks);
    if (whole && whole->rho < 0) {
      give_time(pair);
      if (pair.began_by) {
        cases = cases_of(workspace_, *fates_, pair, {});
        ranks = ranks_of_pair(pair, cases);
        whole = together(cases, ranks);
      }
    }
    if (!whole) return;
    Tested one{pair, whole, 0, whole->p, is_large(pair, *whole, effect_min)};
    const auto first_segment = tested_.size();
    test_segments(pair, Glance(subject_, cases, ranks));
    // Hardly more than of everything is no news of a segment.
    for (std::size_t i = first_segment; one.material && i < tested_.size(); ++i) {
      const double more = std::fabs(tested_[i].whole->effect) - std::fabs(whole->effect);
      if (more < segment_more_min) tested_[i].material = false;
    }
    // When it is one segment's alone, the segment is told.
    for (std::size_t i = first_segment; i < tested_.size(); ++i) {
      if (tested_[i].material && std::fabs(tested_[i].outside) < outside_max && tested_[i].p < 1e-4)
        one.material = false;
    }
    tested_.push_back(one);
  }

  void test_segments(const CorrelatedPair& pair, const Glance& glance) {
    // Over the values of a unit there are few cases, and each is worth its time.
    const bool glances_first = !pair.unit;
    for (const std::size_t column : workspace_.groupings) {
      const auto values = subject_.codes(column).values();
      if (values < 3 || values > segments_max + 1 || subject_.columns[column].kind == "calendar" ||
          pair.unit == column)
        continue;
      const auto glances = glances_first ? glance.by(column) : std::vector<SegmentGlance>();
      for (std::uint32_t value = 1; value < values; ++value) {
        auto inside = pair;
        inside.segment = column;
        inside.value = value;
        if (glances_first && !is_worth_testing(pair, inside, glances[value])) continue;
        const auto own = measured(inside), others = measured(inside, Side::outside);
        if (!own || !others) continue;
        Tested one{inside, own, others->effect, std::max(own->p, p_of_difference(*own, *others)),
                   false};
        one.material = signed_gap(own->effect, others->effect) >= gap_min &&
                       is_large(inside, *own, effect_min);
        tested_.push_back(one);
      }
    }
  }

  // A segment whose first look shows nothing to be told is counted all the same, as one that
  // failed.
  bool is_worth_testing(const CorrelatedPair& pair, const CorrelatedPair& inside,
                        const SegmentGlance& seen) {
    if (seen.cases_inside < cases_seen_min || seen.cases_outside < cases_seen_min) return false;
    const double scale = subject_.columns[pair.y].role == Role::flag ? 0.3 : 1;
    if (std::fabs(seen.inside) >= glance_effect_min * scale &&
        signed_gap(seen.inside, seen.outside) >= glance_gap_min * scale)
      return true;
    Together nothing;
    nothing.effect = nothing.rho = seen.inside;
    tested_.push_back({inside, nothing, seen.outside, 1, false});
    return false;
  }

  double likeness(std::size_t a, std::size_t b) const {
    if (a == b) return 1;
    const auto rho = together(cases_of(workspace_, *fates_, {a, b, {}, no_column, 0, {}}, {}));
    return rho ? std::fabs(rho->rho) : 0;
  }

  // Two dates that follow each other, two names of one duration: the strongest is told.
  void keep_one_of_a_kind() {
    std::vector<Tested*> told;
    for (auto& one : tested_) {
      if (one.material) told.push_back(&one);
    }
    std::ranges::stable_sort(told, [](const Tested* a, const Tested* b) {
      return std::fabs(a->whole->effect) > std::fabs(b->whole->effect);
    });
    for (std::size_t i = 0; i < told.size() && !workspace_.stop.stop_requested(); ++i) {
      const auto& own = told[i]->pair;
      for (std::size_t j = 0; j < i && told[i]->material; ++j) {
        const auto& other = told[j]->pair;
        if (!told[j]->material || own.segment != other.segment || own.value != other.value)
          continue;
        const bool again = (own.y == other.y && likeness(own.x, other.x) >= 0.8) ||
                           (own.x == other.x && likeness(own.y, other.y) >= 0.9) ||
                           (likeness(own.x, other.x) >= 0.8 && likeness(own.y, other.y) >= 0.9);
        if (again) told[i]->material = false;
      }
    }
  }

  Candidate candidate_of(const Tested& one) const {
    const auto& pair = one.pair;
    Candidate candidate;
    candidate.entry.family = "correlation";
    candidate.entry.pattern = "correlation";
    const auto both = subject_.columns[pair.y].name + " by " + subject_.columns[pair.x].name;
    std::vector<findings::Entity> entities;
    if (pair.segment != no_column) {
      entities.push_back({subject_.columns[pair.segment].name,
                          subject_.codes(pair.segment).dictionary[pair.value], ""});
      candidate.column = pair.segment;
      candidate.value = pair.value;
      const auto* kind = workspace_.vocabulary.kind_named(subject_.columns[pair.segment].kind);
      candidate.rank = kind == nullptr ? 0 : kind->rank;
    }
    candidate.entry.fingerprint = findings::fingerprint("correlation", both, entities);
    candidate.entry.statistic = one.whole->rho;
    candidate.entry.p = std::clamp(one.p, stats::p_value_min, 1.0);
    candidate.entry.effect = one.whole->effect;
    candidate.measure = both;
    candidate.material = one.material;
    candidate.surprise = std::clamp(std::fabs(one.whole->effect), 0.3, 0.9);
    if (!one.material) return candidate;
    candidate.claim = [&workspace = workspace_, pair] {
      return state_correlation(workspace, pair);
    };
    candidate.survives = [&workspace = workspace_, fates = fates_, pair,
                          before = one.whole->effect](const frame::Mask& kept) {
      const auto again = together(cases_of(workspace, *fates, pair, kept));
      return again && still_stands(again->p, again->effect, before);
    };
    return candidate;
  }

  const Workspace& workspace_;
  const catalog::Subject& subject_;
  Shared fates_;
  ByConstruction construction_;
  std::vector<std::size_t> xs_, ys_;
  std::map<std::size_t, std::optional<std::size_t>> decided_by_;
  std::map<std::size_t, Ranks> ranks_;  // by column, over the sample
  std::vector<Tested> tested_;
};

}  // namespace

std::vector<Candidate> examine_correlation(const Workspace& workspace) {
  if (workspace.small) return {};
  return Examining(workspace).run();
}

}  // namespace insights::patterns
