// Two groupings that do not go together by chance: one part's mix differs from all others'. "In
// Finance half of the goals are about cost, elsewhere a fifth."
//
// Likelihood-ratio test of the whole table of counts, then cell by cell against the rest, corrected
// for the cells. Cases are rows, or the entity that decides both columns; they count less where
// they share their fate (the first-order correction of Rao & Scott (1981), JASA 76, 221-230, with
// the design effect of shared_fate.h). Columns that decide each other are no news; those that
// nearly do are told once.

#include "patterns/mix_difference.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <memory>
#include <numeric>

#include "findings/fingerprint.h"
#include "patterns/all.h"
#include "patterns/facts.h"
#include "patterns/survival.h"
#include "stats/association.h"
#include "stats/distributions.h"

namespace insights::patterns {

namespace {

using catalog::Role;
using stats::Proportion;

constexpr std::size_t segments_max = 40, mixes_max = 20, columns_max = 24;
constexpr std::int64_t cases_min = 20;  // of a part, and elsewhere
constexpr double cramers_v_min = 0.1, nearly_the_same = 0.9;
constexpr double gap_min = 0.1;  // of the shares
constexpr double times_more = 1.4, times_less = 0.6;
constexpr double missing_share_min = 0.2;  // elsewhere, for a part that lacks it
constexpr double joined_z_min = 3, joined_gap_min = 0.08;
constexpr std::size_t joined_mixes_max = 6, told_a_pair = 2;
constexpr double p_screened = 0.01;
constexpr double hits_left_min = 0.2;  // of the counted rows, for a question about the others

// "of the others" that a design effect leaves.
std::int64_t divided(std::int64_t count, double design) {
  return std::llround(static_cast<double>(count) / design);
}

double adjusted_residual(const MixCounts& counts, std::size_t segment, std::size_t mix) {
  const auto n = static_cast<double>(counts.all);
  const double row = static_cast<double>(counts.of_segment[segment]) / n,
               column = static_cast<double>(counts.of_mix[mix]) / n;
  const double variance = n * row * column * (1 - row) * (1 - column);
  return variance > 0 ? (static_cast<double>(counts.at(segment, mix)) - n * row * column) /
                            std::sqrt(variance)
                      : 0;
}

// Intra-class correlation of a column's values within groups, pooled over the values: `rest` of
// each value's indicator, less what the segment tells of it.
double pooled_intra_class(const std::vector<std::uint32_t>& values, std::size_t count,
                          const std::vector<std::uint32_t>* given, std::size_t given_count,
                          const Grouped& groups) {
  double sum = 0, weights = 0;
  std::vector<double> rest(values.size());
  for (std::uint32_t value = 1; value < count; ++value) {
    std::vector<double> rows(std::max<std::size_t>(given_count, 1)), hits(rows.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t place = given == nullptr ? 0 : (*given)[i];
      rows[place] += 1;
      hits[place] += values[i] == value ? 1 : 0;
    }
    double variance = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t place = given == nullptr ? 0 : (*given)[i];
      rest[i] = (values[i] == value ? 1.0 : 0.0) - hits[place] / rows[place];
      variance += rest[i] * rest[i];
    }
    sum += variance * intra_class(rest, groups);
    weights += variance;
  }
  return weights > 0 ? sum / weights : 0;
}

// Rows with both values, for the dependence between them.
struct Rows {
  std::vector<std::size_t> places;
  std::vector<std::uint32_t> segment, mix;
};

Rows rows_of(const Workspace& workspace, const MixPair& pair) {
  const auto& subject = workspace.subject;
  Rows rows;
  const auto &segment = subject.codes(pair.segment).codes, &mix = subject.codes(pair.mix).codes;
  for (const std::size_t row : workspace.sample) {
    if (segment[row] == 0 || mix[row] == 0) continue;
    rows.places.push_back(row);
    rows.segment.push_back(segment[row]);
    rows.mix.push_back(mix[row]);
  }
  return rows;
}

// "Database" of the one column and "database team" of the other.
bool are_one_name(std::string_view a, std::string_view b) {
  const auto lower = [](std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
  };
  const auto first = lower(a), second = lower(b);
  return std::min(a.size(), b.size()) >= 3 &&
         (first.find(second) != std::string::npos || second.find(first) != std::string::npos);
}

// What the cases of a pair share: by how much they count less, and how many groups of them there
// are where the groups decide the segment.
struct Dependence {
  double design = 1;
  double groups = std::numeric_limits<double>::infinity();
};

Dependence design_of(const Workspace& workspace, const Fates& fates, const MixPair& pair) {
  Dependence found;
  if (pair.unit) return found;
  const auto& subject = workspace.subject;
  const auto rows = rows_of(workspace, pair);
  const double part = static_cast<double>(subject.frame.rows) /
                      std::max<double>(1, static_cast<double>(rows.places.size()));
  for (const auto& groups : fates.of(rows.places)) {
    std::vector<double> counts(groups.values, 0);
    for (const auto code : groups.codes) counts[code] += 1;
    double all = 0, squares = 0;
    for (std::size_t group = 1; group < counts.size(); ++group) {
      all += counts[group];
      squares += counts[group] * counts[group];
    }
    const double shared = all > 0 ? squares / all - 1 : 0;
    if (shared <= 0.1) continue;
    const double of_segment =
        pooled_intra_class(rows.segment, subject.codes(pair.segment).values(), nullptr, 0, groups);
    const double of_rest =
        pooled_intra_class(rows.mix, subject.codes(pair.mix).values(), &rows.segment,
                           subject.codes(pair.segment).values(), groups);
    found.design = std::max(found.design, 1 + shared * std::max(1.0, part) * of_segment * of_rest);
    if (of_segment >= 0.9 && of_rest > 0) {
      const auto used =
          std::count_if(counts.begin() + 1, counts.end(), [](double count) { return count > 0; });
      found.groups = std::min(found.groups, static_cast<double>(used) + counts[0]);
    }
  }
  return found;
}

bool is_material(const MixFinding& finding) {
  if (finding.own.trials < cases_min || finding.elsewhere.trials < cases_min) return false;
  const double own = finding.own.rate(), others = finding.elsewhere.rate();
  if (own > others) return own - others >= gap_min && own >= times_more * others;
  return others - own >= gap_min && own <= times_less * others && others >= missing_share_min;
}

class Examining {
 public:
  explicit Examining(const Workspace& workspace)
      : workspace_(workspace), subject_(workspace.subject), fates_(workspace) {}

  std::vector<Candidate> run() {
    std::vector<std::size_t> columns;
    for (const std::size_t column : workspace_.groupings) {
      const auto& own = subject_.columns[column];
      const auto values = subject_.codes(column).values();
      if (values >= 3 && values <= segments_max + 1 && own.kind != "calendar" &&
          own.return_value.empty() && columns.size() < columns_max)
        columns.push_back(column);
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
      for (std::size_t j = i + 1; j < columns.size() && !workspace_.stop.stop_requested(); ++j)
        examine(columns[i], columns[j]);
    }
    return std::move(candidates_);
  }

 private:
  void examine(std::size_t a, std::size_t b) {
    if (workspace_.is_decoy(a) && workspace_.is_decoy(b)) return;
    const bool forth = subject_.has_dependency(a, b), back = subject_.has_dependency(b, a);
    if (forth && back) tell_same({a, b, {}}, 1);
    if (forth || back) return;
    const MixPair pair{a, b, common_unit(a, b)};
    const auto counts = mix_counts(workspace_, pair, {});
    const auto whole = stats::g_test(counts.cells, counts.mixes);
    if (!whole) return;
    if (whole->cramers_v >= nearly_the_same) {
      tell_same(pair, whole->p_value);
      return;
    }
    const auto shared =
        whole->p_value < p_screened ? design_of(workspace_, fates_, pair) : Dependence{};
    const double p = p_of_whole(*whole, shared, counts);
    std::vector<MixFinding> found;
    if (whole->cramers_v >= cramers_v_min && p < p_screened) found = parts(pair, counts, p, shared);
    if (found.empty()) {
      candidates_.push_back(entry_of(pair, 0, p));
      candidates_.back().entry.effect = whole->cramers_v;
    }
    for (const auto& one : found) candidates_.push_back(candidate_of(one));
  }

  // Few groups that decide the segment estimate their own scatter badly: an F test then. Source:
  // Rao & Scott (1981), section 4; Thomas & Rao (1987), JASA 82, 630-636.
  static double p_of_whole(const stats::Contingency& whole, const Dependence& shared,
                           const MixCounts& counts) {
    const double chi_square = whole.statistic / shared.design;
    if (std::isinf(shared.groups))
      return stats::p_value(stats::chi_square_upper_tail(chi_square, whole.degrees));
    const auto segments = static_cast<double>(
        std::ranges::count_if(counts.of_segment, [](std::int64_t cases) { return cases > 0; }));
    const double left = shared.groups - segments;
    if (left < 1) return 1;
    return stats::p_value(stats::f_upper_tail(chi_square / whole.degrees, whole.degrees, left));
  }

  // The unit that decides both columns.
  std::optional<std::size_t> common_unit(std::size_t a, std::size_t b) const {
    std::optional<std::size_t> unit;
    for (const std::size_t column : workspace_.groupings) {
      if (workspace_.is_decoy(column) || !subject_.has_dependency(column, a) ||
          !subject_.has_dependency(column, b) || !workspace_.is_unit(column, a) ||
          !workspace_.is_unit(column, b))
        continue;
      if (!unit || subject_.codes(column).values() < subject_.codes(*unit).values()) unit = column;
    }
    return unit;
  }

  // Seen from both sides: parts of the one by the other, and the reverse; what is told is the side
  // on which the shares are further apart.
  std::vector<MixFinding> parts(const MixPair& pair, const MixCounts& counts, double p_whole,
                                const Dependence& shared) const {
    const MixPair turned{pair.mix, pair.segment, pair.unit};
    auto found = cells(pair, counts, p_whole, shared);
    auto other = cells(turned, mix_counts(workspace_, turned, {}), p_whole, shared);
    const auto largest = [](const std::vector<MixFinding>& all) {
      double gap = 0;
      for (const auto& one : all)
        gap = std::max(gap, std::fabs(one.own.rate() - one.elsewhere.rate()));
      return gap;
    };
    const double head_start = lead(pair.segment) - lead(pair.mix);
    if (largest(other) > largest(found) + head_start) found = std::move(other);
    std::ranges::stable_sort(found, [](const MixFinding& a, const MixFinding& b) {
      return std::fabs(a.own.rate() - a.elsewhere.rate()) >
             std::fabs(b.own.rate() - b.elsewhere.rate());
    });
    if (found.size() > told_a_pair) found.resize(told_a_pair);
    return found;
  }

  // How far a column is ahead as the one whose parts are compared: an outcome is what parts are
  // compared by; among others the kinds that lead elsewhere lead here.
  double lead(std::size_t column) const {
    const auto words = catalog::words_of(subject_.columns[column].name);
    if (!words.empty() && workspace_.vocabulary.outcome.contains(words.back())) return -1;
    const auto* kind = workspace_.vocabulary.kind_named(subject_.columns[column].kind);
    return kind == nullptr ? 0 : 0.05 * kind->rank;
  }

  // For each part its most telling value, or values that are in excess together.
  std::vector<MixFinding> cells(const MixPair& pair, const MixCounts& counts, double p_whole,
                                const Dependence& shared) const {
    std::vector<MixFinding> found;
    if (counts.mixes > mixes_max + 1) return found;
    const auto& segments = subject_.codes(pair.segment).dictionary;
    const auto& mixes = subject_.codes(pair.mix).dictionary;
    for (std::uint32_t segment = 1; segment < counts.segments; ++segment) {
      const bool has_namesake =
          std::any_of(mixes.begin() + 1, mixes.end(),
                      [&](const std::string& mix) { return are_one_name(segments[segment], mix); });
      if (counts.of_segment[segment] < cases_min || says_nothing(segments[segment]) || has_namesake)
        continue;
      std::optional<MixFinding> best;
      const auto consider = [&](std::vector<std::uint32_t> values, double tried) {
        MixFinding one{pair, segment, std::move(values), {}, {}, 1, shared.design, shared.groups};
        count_again(counts, one);
        one.p = std::min(1.0, std::max(p_whole, tried * p_of_mix(one)));
        if (!is_material(one)) return;
        const bool better = !best || one.own.rate() - one.elsewhere.rate() >
                                         best->own.rate() - best->elsewhere.rate();
        if (better) best = std::move(one);
      };
      const auto all_cells = static_cast<double>(counts.segments * counts.mixes);
      std::vector<std::uint32_t> excess;
      for (std::uint32_t mix = 1; mix < counts.mixes; ++mix) {
        if (says_nothing(mixes[mix])) continue;
        consider({mix}, all_cells);
        MixFinding one{pair, segment, {mix}, {}, {}, 1, shared.design, shared.groups};
        count_again(counts, one);
        if (one.own.rate() - one.elsewhere.rate() >= joined_gap_min &&
            adjusted_residual(counts, segment, mix) / std::sqrt(shared.design) >= joined_z_min)
          excess.push_back(mix);
      }
      const auto used = counts.mixes - 1;
      if (excess.size() == 2 && used > 3 && used <= joined_mixes_max)
        consider(excess, all_cells * static_cast<double>(counts.mixes));
      if (best) found.push_back(*std::move(best));
    }
    return found;
  }

  Candidate entry_of(const MixPair& pair, std::uint32_t value, double p) const {
    Candidate candidate;
    candidate.entry.family = "mix difference";
    candidate.entry.pattern = "mix_difference";
    const auto& segment = subject_.columns[pair.segment];
    std::vector<findings::Entity> entities;
    if (value != 0)
      entities.push_back({segment.name, subject_.codes(pair.segment).dictionary[value], ""});
    candidate.entry.fingerprint = findings::fingerprint(
        "mix_difference",
        subject_.columns[pair.mix].name + (value == 0 ? " by " + segment.name : ""), entities);
    candidate.entry.p = std::clamp(p, stats::p_value_min, 1.0);
    return candidate;
  }

  Candidate candidate_of(const MixFinding& found) const {
    auto candidate = entry_of(found.pair, found.value, found.p);
    const double gap = found.own.rate() - found.elsewhere.rate();
    candidate.entry.statistic = found.own.rate();
    candidate.entry.effect = gap;
    candidate.material = true;
    candidate.surprise = std::clamp(std::fabs(gap), 0.2, 0.8);
    candidate.column = found.pair.segment;
    candidate.value = found.value;
    if (workspace_.is_decoy(found.pair.mix)) {
      candidate.column = found.pair.mix;
      candidate.value = found.values.front();
    }
    const auto* kind = workspace_.vocabulary.kind_named(subject_.columns[found.pair.segment].kind);
    candidate.rank = kind == nullptr ? 0 : kind->rank;
    candidate.measure = "share of " + subject_.columns[found.pair.mix].name;
    candidate.measure_column = found.pair.mix;
    candidate.associates = {std::min(found.pair.segment, found.pair.mix),
                            std::max(found.pair.segment, found.pair.mix)};
    candidate.of_total = true;
    candidate.explains = false;
    candidate.claim = [&workspace = workspace_, found] {
      return state_mix_difference(workspace, found);
    };
    // Without the rows that the share counts there is nothing left to ask: that explains nothing.
    candidate.survives = [&workspace = workspace_, found, gap](const frame::Mask& kept) {
      auto again = found;
      count_again(mix_counts(workspace, found.pair, kept), again);
      const auto hits = [](const MixFinding& one) {
        return static_cast<double>(one.own.events + one.elsewhere.events);
      };
      if (hits(again) < hits_left_min * hits(found)) return true;
      return is_material(again) &&
             still_stands(p_of_mix(again), again.own.rate() - again.elsewhere.rate(), gap);
    };
    return candidate;
  }

  // Of things that go together (nearly) one to one, the first pair of each is told.
  void tell_same(const MixPair& pair, double p) {
    const bool dimensions = subject_.columns[pair.segment].role == Role::dimension &&
                            subject_.columns[pair.mix].role == Role::dimension;
    const bool decoy = workspace_.is_decoy(pair.segment) || workspace_.is_decoy(pair.mix);
    // What a joined table repeats is no news.
    const bool joined = subject_.columns[pair.segment].table != subject_.columns[pair.mix].table;
    auto candidate = entry_of(pair, 0, p);
    candidate.entry.fact = true;
    candidate.entry.p = 1;
    candidate.entry.effect = 1;
    const auto known = [&](std::size_t column) {
      return std::ranges::find(told_as_same_, column) != told_as_same_.end();
    };
    candidate.material = dimensions && !decoy && !joined &&
                         !(known(pair.segment) && known(pair.mix)) && !workspace_.small;
    candidate.surprise = 0.1;
    if (candidate.material) {
      told_as_same_.push_back(pair.segment);
      told_as_same_.push_back(pair.mix);
      candidate.claim = [&workspace = workspace_, pair] {
        return state_nearly_the_same(workspace, pair);
      };
    }
    candidates_.push_back(std::move(candidate));
  }

  const Workspace& workspace_;
  const catalog::Subject& subject_;
  Fates fates_;
  std::vector<std::size_t> told_as_same_;
  std::vector<Candidate> candidates_;
};

}  // namespace

namespace {

// Every row: no question is asked of one, and nulls are taken out of the counts at the end. Two
// sets of counters, for neighbours that are alike: a counter that has just been written is slow to
// read. A third of the time of the loop that asks.
template <class Segment, class Mix>
void count_all(const Segment* segment, const Mix* mix, std::size_t rows, MixCounts& counts) {
  auto& even = counts.cells;
  auto odd = even;
  for (std::size_t row = 0; row + 1 < rows; row += 2) {
    ++even[segment[row] * counts.mixes + mix[row]];
    ++odd[segment[row + 1] * counts.mixes + mix[row + 1]];
  }
  if (rows % 2 == 1) ++even[segment[rows - 1] * counts.mixes + mix[rows - 1]];
  for (std::size_t cell = 0; cell < even.size(); ++cell) {
    const bool null = cell < counts.mixes || cell % counts.mixes == 0;
    even[cell] = null ? 0 : even[cell] + odd[cell];
  }
}

}  // namespace

MixCounts mix_counts(const Workspace& workspace, const MixPair& pair, const frame::Mask& kept) {
  const auto& subject = workspace.subject;
  MixCounts counts;
  counts.segments = subject.codes(pair.segment).values();
  counts.mixes = subject.codes(pair.mix).values();
  counts.cells.assign(counts.segments * counts.mixes, 0);
  std::vector<bool> seen(pair.unit ? subject.codes(*pair.unit).values() : 0, false);
  const bool all_rows = kept.empty() && !pair.unit;
  subject.codes(pair.segment).codes.visit([&](const auto* segment) {
    subject.codes(pair.mix).codes.visit([&](const auto* mix) {
      if (all_rows) {
        count_all(segment, mix, subject.frame.rows, counts);
        return;
      }
      for (std::size_t row = 0; row < subject.frame.rows; ++row) {
        if (segment[row] == 0 || mix[row] == 0 || (!kept.empty() && kept[row] == 0)) continue;
        if (pair.unit) {
          const auto unit = subject.codes(*pair.unit).codes[row];
          if (unit == 0 || seen[unit]) continue;
          seen[unit] = true;
        }
        ++counts.cells[segment[row] * counts.mixes + mix[row]];
      }
    });
  });
  counts.of_segment.assign(counts.segments, 0);
  counts.of_mix.assign(counts.mixes, 0);
  for (std::size_t segment = 0; segment < counts.segments; ++segment) {
    for (std::size_t mix = 0; mix < counts.mixes; ++mix) {
      counts.of_segment[segment] += counts.at(segment, mix);
      counts.of_mix[mix] += counts.at(segment, mix);
    }
  }
  counts.all = std::accumulate(counts.of_mix.begin(), counts.of_mix.end(), std::int64_t{0});
  return counts;
}

void count_again(const MixCounts& counts, MixFinding& finding) {
  finding.own = {0, counts.of_segment[finding.value]};
  finding.elsewhere = {0, counts.all - finding.own.trials};
  for (const auto mix : finding.values) {
    finding.own.events += counts.at(finding.value, mix);
    finding.elsewhere.events += counts.of_mix[mix] - counts.at(finding.value, mix);
  }
}

double p_of_mix(const MixFinding& finding) {
  const auto shrunk = [&](const Proportion& counts) {
    const auto trials = std::max<std::int64_t>(1, divided(counts.trials, finding.design));
    return Proportion{std::min(trials, divided(counts.events, finding.design)), trials};
  };
  const auto compared = stats::compare_proportions(shrunk(finding.own), shrunk(finding.elsewhere));
  if (std::isinf(finding.groups)) return compared.p_value;
  const double degrees = finding.groups - 2;
  return degrees < 1 ? 1
                     : std::max(compared.p_value, stats::student_two_sided(compared.z, degrees));
}

std::vector<Candidate> examine_mix_difference(const Workspace& workspace) {
  if (workspace.small) return {};
  return Examining(workspace).run();
}

}  // namespace insights::patterns
