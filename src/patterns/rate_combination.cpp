// Two values (or three) that only together are bad: express deliveries are fine, the depot is fine,
// express deliveries from that depot are late. The same for numbers that are averaged: one priority
// takes long in one team alone.
//
// A combination must beat each of its parents (the rows that lack one of its values), by 1.3 times
// for rates, and must beat what the two values by themselves lead to expect (odds multiply,
// averages add), or it is two findings and not one. Tests: Fisher or two proportions (averages:
// Welch) against each parent; the interaction, in units of how the sibling cells scatter; and all
// of it once more over customers or orders, whichever the rows hang together by. The least sure
// counts. After DIFF (Abuzaid et al. 2019, VLDB): a third value is looked for in what survives
// only.

#include "patterns/rate_combination.h"

#include <algorithm>
#include <cmath>

#include "findings/fingerprint.h"
#include "patterns/all.h"
#include "patterns/facts.h"
#include "patterns/rates.h"
#include "patterns/survival.h"
#include "stats/robust.h"

namespace insights::patterns {

namespace {

using stats::Moments;

constexpr double rows_min = combination_rows_min, events_min = 5;
constexpr double support_min = 0.02;       // of all events
constexpr double support_rows_min = 0.01;  // of all rows, averages
constexpr double value_rows_share = 0.005;
constexpr std::size_t columns_max = 20, siblings_min = 8, third_values_max = 300;
constexpr double third_lift_min = 1.3;
constexpr double p_screened = 0.02, p_third = 0.001;
constexpr double spread_normal = 1.4826;

// One measure over two columns as they cross.
class Crossing {
 public:
  Crossing(const PairColumn& a, const PairColumn& b, const PairCube& cube, std::size_t place,
           std::size_t measure, bool is_flag)
      : a_(a),
        b_(b),
        cube_(cube),
        place_(place),
        measure_(measure),
        is_flag_(is_flag),
        margins_{std::vector<Sums>(a.width()), std::vector<Sums>(b.width()), {}} {
    for (std::size_t i = 1; i < a.width(); ++i) {
      for (std::size_t j = 1; j < b.width(); ++j) margins_.add(i, j, cell_of(i, j), 1);
    }
  }

  struct Best {
    Combination what;
    double scatter = 1;  // of the interactions of all cells, in their own errors; at least 1
    double picked_from = 0;
    double score = 0;
    bool material = false;
    ByParts rows;  // from the cube
  };

  // The cell that stands out most, judged by its rows alone; nothing when none is large enough.
  std::optional<Best> best(const catalog::Column& measure) const {
    Best best;
    std::size_t row = 0, column = 0;
    for (std::size_t i = 1; i < a_.width(); ++i) {
      for (std::size_t j = 1; j < b_.width(); ++j) {
        const auto rows = rows_of(margins_, i, j);
        Combination what{
            measure_, is_flag_, {{a_.column, a_.values[i]}, {b_.column, b_.values[j]}}};
        if (!has_enough(what, rows) || !has_support(rows)) continue;
        ++best.picked_from;
        const double z = interaction_z(is_flag_, rows);
        what.higher = z > 0;
        const bool wanted = is_wanted(measure, is_flag_, what.higher);
        const bool material = wanted && is_material(what, rows);
        const double score = (material ? 1e6 : 0) + std::fabs(z);
        if (score <= best.score && !best.what.parts.empty()) continue;
        best.score = score;
        best.material = material;
        best.what = what;
        best.rows = rows;
        row = i;
        column = j;
      }
    }
    if (best.what.parts.empty()) return std::nullopt;
    if (best.material) best.scatter = scatter_without(row, column);
    return best;
  }

 private:
  struct Sums {
    double n = 0, sum = 0, squares = 0;
    void add(const Sums& other, double sign = 1) {
      n += sign * other.n;
      sum += sign * other.sum;
      squares += sign * other.squares;
    }
    Moments moments() const { return stats::moments_from_sums(std::llround(n), sum, squares); }
  };

  struct Margins {
    std::vector<Sums> a, b;
    Sums all;
    void add(std::size_t i, std::size_t j, const Sums& cell, double sign) {
      a[i].add(cell, sign);
      b[j].add(cell, sign);
      all.add(cell, sign);
    }
  };

  // The squares of a flag are the flag; those of a number come right behind it in the cube.
  Sums cell_of(std::size_t i, std::size_t j) const {
    return {cube_.count(place_, i, j), cube_.sum(place_, i, j),
            cube_.sum(is_flag_ ? place_ : place_ + 1, i, j)};
  }

  ByParts rows_of(const Margins& margins, std::size_t i, std::size_t j) const {
    const auto own = cell_of(i, j);
    Sums first = margins.a[i], second = margins.b[j], neither = margins.all;
    first.add(own, -1);
    second.add(own, -1);
    neither.add(margins.a[i], -1);
    neither.add(second, -1);
    return {{neither.moments(), first.moments(), second.moments(), own.moments()}};
  }

  // How far the interactions of the other cells scatter, in their own errors, were the one not
  // there: it shows in every cell of its row and its column. At least 1.
  double scatter_without(std::size_t row, std::size_t column) const {
    auto margins = margins_;
    margins.add(row, column, cell_of(row, column), -1);
    std::vector<double> sizes;
    for (std::size_t i = 1; i < a_.width(); ++i) {
      for (std::size_t j = 1; j < b_.width(); ++j) {
        if (i == row && j == column) continue;
        const auto rows = rows_of(margins, i, j);
        if (has_enough({measure_, is_flag_, {{}, {}}}, rows))
          sizes.push_back(std::fabs(interaction_z(is_flag_, rows)));
      }
    }
    if (sizes.size() < siblings_min) return 1;
    return std::max(1.0, spread_normal * stats::median(sizes).value_or(0));
  }

  bool has_support(const ByParts& rows) const {
    const double n = static_cast<double>(rows.own().n), events = rows.own().mean * n;
    if (!is_flag_) return n >= support_rows_min * margins_.all.n;
    return std::max(events, n * rows.of[0].mean) >=
           std::max(events_min, support_min * margins_.all.sum);
  }

  const PairColumn &a_, &b_;
  const PairCube& cube_;
  std::size_t place_, measure_;
  bool is_flag_;
  Margins margins_;
};

// A third value within the combination that is worse still, and without which it is not.
std::optional<Combination> with_third(const Workspace& workspace, const Combination& pair,
                                      double scatter) {
  const auto& subject = workspace.subject;
  const auto parts = parts_of_rows(subject, pair, {});
  const auto& numbers = subject.numbers(pair.measure);
  std::optional<Combination> best;
  double surest = p_third, looked_at = 0;
  for (const std::size_t column : workspace.groupings) {
    const bool dependent = std::ranges::any_of(pair.parts, [&](const ValueOf& part) {
      return part.column == column || subject.has_dependency(part.column, column) ||
             subject.has_dependency(column, part.column);
    });
    const auto& coded = subject.codes(column);
    if (dependent || coded.values() > third_values_max ||
        subject.columns[column].kind == "calendar")
      continue;
    std::vector<Moments> values(coded.values());
    Moments all;
    for (std::size_t row = 0; row < parts.size(); ++row) {
      if (parts[row] != 4 || coded.codes[row] == 0) continue;
      values[coded.codes[row]].add(number_of(pair, numbers[row]));
      all.add(number_of(pair, numbers[row]));
    }
    for (std::uint32_t value = 1; value < values.size(); ++value) {
      const auto& own = values[value];
      if (static_cast<double>(own.n) < rows_min) continue;
      ++looked_at;
      const double lift = all.mean != 0 ? own.mean / all.mean : 1;
      if (pair.higher ? lift < third_lift_min : lift > 1 / third_lift_min) continue;
      auto three = pair;
      three.parts.push_back({column, value});
      const auto verdict = judged(workspace, three, scatter, {});
      if (!verdict.material || verdict.p >= surest) continue;
      surest = verdict.p;
      best = std::move(three);
    }
  }
  return surest * looked_at < p_third ? best : std::nullopt;
}

Candidate candidate_of(const Workspace& workspace, const Combination& what) {
  const auto& subject = workspace.subject;
  const auto& measure = subject.columns[what.measure];
  auto candidate = candidate_about_both(workspace, "rate_combination",
                                        std::string(combination_family) + ": " + measure.name,
                                        what.parts[0], what.parts[1], measure.name);
  if (what.parts.size() > 2) {
    candidate.within.push_back(what.parts[2]);
    std::vector<findings::Entity> entities;
    for (const auto& part : what.parts)
      entities.push_back({subject.columns[part.column].name,
                          subject.codes(part.column).dictionary[part.value], ""});
    std::ranges::sort(entities, {}, &findings::Entity::column);
    candidate.entry.fingerprint = findings::fingerprint("rate_combination", measure.name, entities);
  }
  candidate.measure = what.is_flag ? measure.name : measure.name + " on average";
  candidate.measure_column = what.measure;
  return candidate;
}

// What is beyond the nearest parent, a month, in the money of its average row; rows where there is
// none.
double stake_of(const Workspace& workspace, const Combination& what, const ByParts& rows) {
  if (!what.is_flag) return 0;
  const double extra = std::fabs(rows.own().mean - rows.parent(nearest_parent(what, rows)).mean) *
                       static_cast<double>(rows.own().n);
  const double row_money =
      workspace.subject.money
          ? std::fabs(workspace.money_total) / static_cast<double>(workspace.subject.frame.rows)
          : 1;
  return extra * row_money / workspace.months;
}

// What the cube says decides whether the rows are asked: all passes over them are for the few that
// may be told.
Candidate examined(const Workspace& workspace, const Crossing::Best& best) {
  auto what = best.what;
  auto rows = best.rows;
  double p = 1;
  bool material = best.material;
  if (material) p = std::min(1.0, p_of_rows(what, rows) * best.picked_from);
  if (material && p < p_screened) {
    rows = by_parts(workspace.subject, what, {});  // other values than the common ones too
    material = is_material(what, rows);
    p = std::min(1.0, judged(workspace, what, best.scatter, {}).p * best.picked_from);
  }
  if (material && p < p_third) {
    if (const auto three = with_third(workspace, what, best.scatter)) {
      what = *three;
      rows = by_parts(workspace.subject, what, {});
    }
  }
  auto candidate = candidate_of(workspace, what);
  candidate.entry.statistic = rows.own().mean;
  candidate.entry.p = p;
  candidate.entry.effect = effect_of(what, rows);
  candidate.material = material && p < p_screened;
  if (!candidate.material) return candidate;
  candidate.surprise = 1;
  candidate.impact = stake_of(workspace, what, rows);
  candidate.claim = [&workspace, what] { return state_combination(workspace, what); };
  candidate.survives = [&workspace, what, scatter = best.scatter,
                        before = candidate.entry.effect](const frame::Mask& kept) {
    const auto verdict = judged(workspace, what, scatter, kept);
    const auto size = [&](double effect) { return what.is_flag ? std::log(effect) : effect; };
    return verdict.material && still_stands(verdict.p, size(verdict.effect), size(before));
  };
  return candidate;
}

// Measures that are averaged and not added up; prices differ because things do.
std::vector<std::size_t> averaged_measures(const catalog::Subject& subject) {
  std::vector<std::size_t> measures;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    const auto& column = subject.columns[i];
    if (column.role == catalog::Role::measure && !column.additive && !column.money &&
        column.kind != "price" && subject.frame.columns[i].numbers() != nullptr)
      measures.push_back(i);
  }
  return measures;
}

// The measures and, behind each that is averaged, its squares: columns of a pair cube.
struct Measures {
  struct One {
    std::size_t column, place;
    bool is_flag;
  };
  std::vector<One> all;
  std::vector<Addend> columns;
};

Measures measures_of(const catalog::Subject& subject) {
  Measures measures;
  for (const std::size_t flag : flag_columns(subject)) {
    measures.all.push_back({flag, measures.columns.size(), true});
    measures.columns.push_back({&subject.numbers(flag)});
  }
  for (const std::size_t column : averaged_measures(subject)) {
    measures.all.push_back({column, measures.columns.size(), false});
    measures.columns.push_back({&subject.numbers(column)});
    measures.columns.push_back({&subject.numbers(column), true});
  }
  return measures;
}

}  // namespace

std::vector<Candidate> examine_rate_combination(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  if (workspace.small) return candidates;
  const auto& subject = workspace.subject;
  const auto measures = measures_of(subject);
  if (measures.all.empty()) return candidates;
  const auto columns = pair_columns(
      workspace, std::max(2 * rows_min, value_rows_share * static_cast<double>(subject.frame.rows)),
      columns_max);
  each_crossing(workspace, columns, measures.columns,
                [&](const PairColumn& a, const PairColumn& b, const PairCube& cube) {
                  for (const auto& one : measures.all) {
                    const Crossing crossing(a, b, cube, one.place, one.column, one.is_flag);
                    if (const auto best = crossing.best(subject.columns[one.column]))
                      candidates.push_back(examined(workspace, *best));
                  }
                });
  return candidates;
}

}  // namespace insights::patterns
