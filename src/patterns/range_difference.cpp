// A range of a number in which something happens more often, or lasts longer, than below and above
// it; and the days around another date of the row, or of its person, in which it does: claims
// refused in the first weeks after somebody joined.
//
// Every range between quantiles of the number is looked at; the one furthest from the rest is
// tested as "inside or not" against the other (Spearman's rank correlation, cases counting less
// where they share their fate, shared_fate.h), and its p-value is multiplied by how many were
// looked at (Bonferroni), which is more than enough, as neighbouring ranges are alike. What rises
// or falls with the number all along is told by the pattern "correlation".

#include "patterns/range_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>

#include "catalog/vocabulary.h"
#include "findings/fingerprint.h"
#include "patterns/all.h"
#include "patterns/by_construction.h"
#include "patterns/correlation.h"
#include "patterns/count_over_time.h"
#include "patterns/survival.h"
#include "stats/association.h"
#include "stats/distributions.h"
#include "stats/rank_tests.h"

namespace insights::patterns {

namespace {

using catalog::Role;

constexpr std::size_t axes_max = 12, ys_max = 16, bins_max = 30, cases_min = 100;
constexpr double part_min = 0.04, part_max = 0.5;  // of the cases, inside
constexpr std::int64_t rows_inside_min = 20, rows_beside_min = 20;
constexpr double p_screened = 0.01;
constexpr double all_along = 0.25;  // rank correlation: told by the pattern "correlation"
constexpr double rate_gap_min = 0.1, rate_times_min = 1.5, relative_min = 0.2;
constexpr double on_each_side = 0.5;  // of the difference to all others

// The difference of y inside from elsewhere is large, and is there to both sides.
bool is_told(const RangeParts& parts, bool flag) {
  if (parts.inside.n < rows_inside_min || parts.outside.n < rows_inside_min) return false;
  const double gap = parts.inside.mean - parts.outside.mean;
  const double larger = std::max(parts.inside.mean, parts.outside.mean),
               smaller = std::min(parts.inside.mean, parts.outside.mean);
  if (flag && (larger - smaller < rate_gap_min || larger < rate_times_min * smaller)) return false;
  if (!flag && (!(parts.outside.mean > 0) || std::fabs(gap) < relative_min * parts.outside.mean))
    return false;
  const auto holds = [&](const stats::Moments& side) {
    return side.n < rows_beside_min || (parts.inside.mean - side.mean) / gap >= on_each_side;
  };
  return holds(parts.below) && holds(parts.above);
}

Cases cases_of_range(const Workspace& workspace, const Fates& fates, const Range& range,
                     const frame::Mask& kept) {
  const auto& subject = workspace.subject;
  Cases cases;
  std::vector<std::size_t> rows;
  for (const std::size_t row : workspace.sample) {
    if (!kept.empty() && kept[row] == 0) continue;
    const double place = place_of(subject, range.axis, row), y = number_at(subject, range.y, row);
    if (std::isnan(place) || std::isnan(y)) continue;
    rows.push_back(row);
    cases.x.push_back(place >= range.from && place <= range.to ? 1 : 0);
    cases.y.push_back(y);
  }
  cases.groups = [&fates, rows = std::move(rows)] { return fates.of(rows); };
  cases.least = rows_inside_min * 2;
  return cases;
}

// Rows in order of the axis, and which bin each is in; a bin holds all rows of its numbers.
struct Ordered {
  std::vector<std::size_t> rows, bins;  // [rows with a place]
  std::vector<double> lowest, highest;  // [bins]
};

Ordered ordered_by(const catalog::Subject& subject, const Axis& axis,
                   const std::vector<std::size_t>& sample) {
  std::vector<std::pair<double, std::size_t>> placed;
  for (const std::size_t row : sample) {
    const double place = place_of(subject, axis, row);
    if (!std::isnan(place)) placed.emplace_back(place, row);
  }
  std::ranges::sort(placed);
  Ordered ordered;
  const auto a_bin = std::max<std::size_t>(1, placed.size() / bins_max);
  std::size_t begun = 0;
  for (std::size_t i = 0; i < placed.size(); ++i) {
    const bool next = i == 0 || (i - begun >= a_bin && placed[i].first > placed[i - 1].first);
    if (next) {
      begun = i;
      ordered.lowest.push_back(placed[i].first);
      ordered.highest.push_back(placed[i].first);
    }
    ordered.highest.back() = placed[i].first;
    ordered.rows.push_back(placed[i].second);
    ordered.bins.push_back(ordered.lowest.size() - 1);
  }
  return ordered;
}

struct Tested {
  Range range;
  double p = 1, z = 0;
  bool material = false;
  double effect = 0;  // correlation of "inside" with y
};

class Examining {
 public:
  explicit Examining(const Workspace& workspace)
      : workspace_(workspace),
        subject_(workspace.subject),
        fates_(std::make_shared<Fates>(workspace)),
        construction_(workspace) {}

  std::vector<Candidate> run() {
    collect();
    for (const auto& axis : axes_) {
      const auto ordered = ordered_by(subject_, axis, workspace_.sample);
      if (ordered.rows.size() < cases_min || ordered.lowest.size() < 5) continue;
      for (const std::size_t y : ys_) {
        if (may_be_told(axis, y)) test(axis, y, ordered);
      }
    }
    keep_surest();
    std::vector<Candidate> candidates;
    for (const auto& one : tested_) candidates.push_back(candidate_of(one));
    return candidates;
  }

 private:
  void collect() {
    const bool trade = is_trade(workspace_);
    for (std::size_t i = 0; i < subject_.columns.size(); ++i) {
      const auto& column = subject_.columns[i];
      const bool number = subject_.frame.columns[i].numbers() != nullptr && !workspace_.is_decoy(i);
      const bool measure = column.role == Role::measure && number;
      // Amounts of trade have their own patterns.
      if (measure && !trade && axes_.size() < axes_max) axes_.push_back({i, no_column});
      const bool averaged = measure && (!column.additive || subject_.money == i) && !trade;
      if ((averaged || (column.role == Role::flag && number)) && ys_.size() < ys_max)
        ys_.push_back(i);
    }
    if (!subject_.time) return;
    for (const auto& one : subject_.owned) {
      if (is_date(subject_, one.column) && axes_.size() < 2 * axes_max)
        axes_.push_back({*subject_.time, one.column});
    }
  }

  bool may_be_told(const Axis& axis, std::size_t y) const {
    if (axis.column == y) return false;
    const bool given = std::ranges::any_of(
        catalog::words_of(subject_.columns[y].name),
        [&](const auto& word) { return workspace_.vocabulary.given.contains(word); });
    if (given) return false;  // it was set before, and comes of nothing
    const auto& x = subject_.columns[axis.column];
    // How long it took comes of the amount, not the amount of how long it took.
    if (!axis.is_lag() && (x.derived || x.kind == "duration") &&
        subject_.columns[y].role != Role::flag)
      return false;
    if (!axis.is_lag()) return !construction_.tied(axis.column, y);
    return !construction_.duration(y, axis.column) && !construction_.tied(axis.column, y);
  }

  void test(const Axis& axis, std::size_t y, const Ordered& ordered) {
    std::vector<double> numbers;
    std::vector<std::size_t> bins;
    for (std::size_t i = 0; i < ordered.rows.size(); ++i) {
      const double number = number_at(subject_, y, ordered.rows[i]);
      if (std::isnan(number)) continue;
      numbers.push_back(number);
      bins.push_back(ordered.bins[i]);
    }
    const auto n = static_cast<double>(numbers.size());
    if (numbers.size() < cases_min) return;
    const auto ranks = stats::average_ranks(numbers);
    double squares = 0;
    std::vector<double> sums(ordered.lowest.size() + 1, 0), counts(sums.size(), 0);
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      const double centred = ranks[i] - (n + 1) / 2;
      squares += centred * centred;
      sums[bins[i] + 1] += centred;
      counts[bins[i] + 1] += 1;
    }
    if (!(squares > 0)) return;
    std::partial_sum(sums.begin(), sums.end(), sums.begin());
    std::partial_sum(counts.begin(), counts.end(), counts.begin());
    Tested best{{axis, y, 0, 0}, 1, 0, false, 0};
    double looked_at = 0;
    for (std::size_t begin = 0; begin + 1 < sums.size(); ++begin) {
      for (std::size_t end = begin + 1; end < sums.size(); ++end) {
        const double inside = counts[end] - counts[begin];
        if (inside < part_min * n || inside < rows_inside_min || inside > part_max * n) continue;
        looked_at += 1;
        const double z =
            (sums[end] - sums[begin]) / std::sqrt(squares / n * inside * (1 - inside / n));
        if (std::fabs(z) <= std::fabs(best.z)) continue;
        best.z = z;
        best.range.from = ordered.lowest[begin];
        best.range.to = ordered.highest[end - 1];
      }
    }
    if (looked_at == 0) return;
    best.p = std::min(1.0, looked_at * stats::normal_two_sided(best.z));
    if (best.p <= p_screened) judge(best, looked_at);
    tested_.push_back(best);
  }

  void judge(Tested& one, double looked_at) const {
    const bool flag = subject_.columns[one.range.y].role == Role::flag;
    const auto parts = parts_of(subject_, one.range, {});
    const bool at_an_end = parts.below.n < rows_beside_min || parts.above.n < rows_beside_min;
    if (!is_told(parts, flag) || (at_an_end && goes_along(one.range))) return;
    const auto found = together(cases_of_range(workspace_, *fates_, one.range, {}));
    one.p = found ? std::min(1.0, std::max(one.p, looked_at * found->p)) : 1;
    one.effect = found ? found->effect : 0;
    one.material = found.has_value();
  }

  // Does y rise or fall with the axis all along?
  bool goes_along(const Range& range) const {
    std::vector<double> places, numbers;
    for (const std::size_t row : workspace_.sample) {
      const double place = place_of(subject_, range.axis, row),
                   number = number_at(subject_, range.y, row);
      if (std::isnan(place) || std::isnan(number)) continue;
      places.push_back(place);
      numbers.push_back(number);
    }
    const auto rho = stats::pearson(
        stats::co_moments_of(stats::average_ranks(places), stats::average_ranks(numbers)));
    return rho && std::fabs(rho->coefficient) >= all_along;
  }

  // One range a flag or measure, and one of those an axis: the surest.
  void keep_surest() {
    std::vector<Tested*> order;
    for (auto& one : tested_) {
      if (one.material) order.push_back(&one);
    }
    std::ranges::stable_sort(order, [](const Tested* a, const Tested* b) {
      return a->p != b->p ? a->p < b->p : std::fabs(a->z) > std::fabs(b->z);
    });
    for (std::size_t i = 0; i < order.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const bool alike = order[j]->range.y == order[i]->range.y;
        if (order[j]->material && alike) order[i]->material = false;
      }
    }
  }

  Candidate candidate_of(const Tested& one) const {
    const auto& axis = one.range.axis;
    const auto by = axis.is_lag() ? fmt::format("{} since {}", subject_.columns[axis.column].name,
                                                subject_.columns[axis.since].name)
                                  : subject_.columns[axis.column].name;
    Candidate candidate;
    candidate.entry.family = "range difference";
    candidate.entry.pattern = "range_difference";
    const auto& measure = subject_.columns[one.range.y];
    candidate.entry.fingerprint =
        findings::fingerprint("range_difference", measure.name + " by " + by, {});
    candidate.entry.statistic = one.z;
    candidate.entry.p = std::clamp(one.p, stats::p_value_min, 1.0);
    candidate.entry.effect = one.effect;
    candidate.measure = measure.name + (measure.role == Role::flag ? "" : " on average");
    candidate.measure_column = one.range.y;
    candidate.material = one.material;
    candidate.surprise = std::clamp(2 * std::fabs(one.effect), 0.3, 1.0);
    if (!one.material) return candidate;
    candidate.own_rows = [&subject = subject_, range = one.range] {
      frame::Mask rows(subject.frame.rows);
      for (std::size_t row = 0; row < rows.size(); ++row) {
        const double place = place_of(subject, range.axis, row);
        rows[row] = place >= range.from && place <= range.to ? 1 : 0;
      }
      return rows;
    };
    candidate.claim = [&workspace = workspace_, range = one.range] {
      return state_range(workspace, range);
    };
    candidate.survives = [&workspace = workspace_, fates = fates_, range = one.range,
                          before = one.effect](const frame::Mask& kept) {
      const auto again = together(cases_of_range(workspace, *fates, range, kept));
      return again && still_stands(again->p, again->effect, before);
    };
    return candidate;
  }

  const Workspace& workspace_;
  const catalog::Subject& subject_;
  std::shared_ptr<const Fates> fates_;
  ByConstruction construction_;
  std::vector<Axis> axes_;
  std::vector<std::size_t> ys_;
  std::vector<Tested> tested_;
};

}  // namespace

double place_of(const catalog::Subject& subject, const Axis& axis, std::size_t row) {
  const double number = number_at(subject, axis.column, row);
  return axis.is_lag() ? number - number_at(subject, axis.since, row) : number;
}

RangeParts parts_of(const catalog::Subject& subject, const Range& range, const frame::Mask& kept) {
  RangeParts parts;
  for (std::size_t row = 0; row < subject.frame.rows; ++row) {
    const double place = place_of(subject, range.axis, row), y = number_at(subject, range.y, row);
    if (std::isnan(place) || std::isnan(y) || (!kept.empty() && kept[row] == 0)) continue;
    if (place < range.from)
      parts.below.add(y);
    else
      (place <= range.to ? parts.inside : parts.above).add(y);
  }
  parts.outside = parts.below;
  parts.outside.merge(parts.above);
  return parts;
}

std::vector<Candidate> examine_range_difference(const Workspace& workspace) {
  if (workspace.small) return {};
  return Examining(workspace).run();
}

}  // namespace insights::patterns
