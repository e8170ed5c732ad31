#include "analyst/same_cause.h"

#include <algorithm>
#include <cmath>

#include "analyst/relations.h"
#include "base/parallel.h"
#include "patterns/row_set.h"
#include "stats/random.h"

namespace insights::analyst {

namespace {

using patterns::RowSet;

constexpr double same_rows_share = 0.95;  // of the rows of both
constexpr double echo_rows_share =
    0.05;  // of B's rows that must be A's before A is asked to explain B

constexpr double same_echo_rows_share = 0.01;  // the same, when both measure one thing
constexpr double density_min = 1.2;  // of A's rows among B's, to what chance would put there

frame::Mask inverted(frame::Mask mask) {
  for (auto& row : mask) row = row == 0 ? 1 : 0;
  return mask;
}

class Judge {
 public:
  Judge(const Workspace& workspace, const std::vector<const Candidate*>& accepted)
      : workspace_(workspace),
        accepted_(accepted),
        causes_(accepted.size()),
        sets_(accepted.size()),
        rows_(accepted.size(), 0) {
    for (std::size_t i = 0; i < accepted.size(); ++i) {
      if (!patterns::is_about_rows(*accepted[i])) continue;
      sets_[i] = RowSet(workspace.subject, *accepted[i]);
      rows_[i] = sets_[i].count();
    }
  }

  void find_same_rows() {
    for (std::size_t i = 0; i < accepted_.size(); ++i) {
      for (std::size_t j = i + 1; j < accepted_.size(); ++j) {
        if (causes_[i]) break;
        if (causes_[j] || !comparable(i, j) || same_columns(*accepted_[i], *accepted_[j])) continue;
        if (accepted_[i]->entry.pattern != accepted_[j]->entry.pattern && !same_event(i, j))
          continue;
        const auto smaller = std::min(rows_[i], rows_[j]), larger = std::max(rows_[i], rows_[j]);
        if (static_cast<double>(smaller) < same_rows_share * static_cast<double>(larger)) continue;
        const auto both = sets_[i].count_both(sets_[j]);
        if (static_cast<double>(both) < same_rows_share * static_cast<double>(larger)) continue;
        if (leads(workspace_, *accepted_[i], *accepted_[j]))
          causes_[j] = Cause{i, false};
        else
          causes_[i] = Cause{j, false};
      }
    }
  }

  // One claim an entity and measure; a higher-ranked one (a customer gone) stands for all measures.
  void find_same_entity() {
    for (std::size_t i = 0; i < accepted_.size(); ++i) {
      for (std::size_t j = 0; j < accepted_.size(); ++j) {
        if (i == j || causes_[i] || causes_[j] || !comparable(i, j)) continue;
        const auto &a = *accepted_[i], &b = *accepted_[j];
        if (a.measure == b.measure && includes(a, b)) causes_[j] = Cause{i, false};
        if (!same_rows(a, b)) continue;
        const bool absorbs_all = a.rank > b.rank;
        const bool same_measure =
            a.rank == b.rank && tell_one_thing(workspace_, a, b) && stronger(i, j);
        if (absorbs_all || same_measure) causes_[j] = Cause{i, false};
      }
    }
  }

  // That the values of two columns go together is told once: with what comes of it, a rate that is
  // turned round by it, if there is one; else by the most promising. But what is rare in a group is
  // the other side of what is frequent there, which says more when it is surer.
  void find_same_association() {
    for (std::size_t i = 0; i < accepted_.size(); ++i) {
      for (std::size_t j = i + 1; j < accepted_.size() && !causes_[i]; ++j) {
        const auto &a = *accepted_[i], &b = *accepted_[j];
        if (causes_[j] || a.associates.empty() || a.associates != b.associates || a.entry.decoy ||
            b.entry.decoy)
          continue;
        const auto of_a = outcome_of(a), of_b = outcome_of(b);
        if (of_a != no_column && of_b != no_column && of_a != of_b) continue;
        const bool by_outcome = of_a == no_column && of_b != no_column;
        const bool surer =
            of_a == of_b && a.entry.effect < 0 && b.entry.effect > 0 && b.entry.p < a.entry.p;
        if (by_outcome || surer)
          causes_[i] = Cause{j, false};
        else
          causes_[j] = Cause{i, false};
      }
    }
  }

  // Where more fail, fewer succeed: what is rare in a group is not told again beside the event of
  // the same status that is frequent there.
  void find_complements() {
    for (std::size_t i = 0; i < accepted_.size(); ++i) {
      const auto& event = *accepted_[i];
      if (causes_[i] || event.measure_column == no_column || event.column == no_column ||
          !event.within.empty() || event.entry.decoy || event.entry.effect <= 0)
        continue;
      for (std::size_t j = 0; j < accepted_.size(); ++j) {
        const auto& lack = *accepted_[j];
        if (!causes_[j] && j != i && lack.entry.effect < 0 && !lack.entry.decoy &&
            associates_status_of(event, lack) && mentions(lack, {event.column, event.value}))
          causes_[j] = Cause{i, false};
      }
    }
  }

  // Whose average rose from where the others are is above them in all: no second story.
  void find_levels() {
    for (std::size_t i = 0; i < accepted_.size(); ++i) {
      const auto& course = *accepted_[i];
      if (causes_[i] || course.course_of == no_column || course.entry.decoy) continue;
      for (std::size_t j = 0; j < accepted_.size(); ++j) {
        const auto& level = *accepted_[j];
        if (!causes_[j] && j != i && level.course_of == no_column &&
            level.measure_column == course.course_of && same_rows(course, level))
          causes_[j] = Cause{i, true};
      }
    }
  }

  // The texts "backup failed" are on hold because the category is that they belong to: of two mixes
  // of one column, one's rows within the other's, the inner one is told where it stands out among
  // the outer's rows, too; and the outer one where it is there without the inner one's.
  void find_nested_mixes() {
    for (std::size_t outer = 0; outer < accepted_.size(); ++outer) {
      for (std::size_t inner = 0; inner < accepted_.size() && !causes_[outer]; ++inner) {
        if (causes_[inner] || !is_mix(outer) || !is_mix(inner) ||
            accepted_[outer]->measure_column != accepted_[inner]->measure_column ||
            accepted_[outer]->column == accepted_[inner]->column || !holds(outer, inner))
          continue;
        if (!accepted_[outer]->survives(sets_[inner].all_others()))
          causes_[outer] = Cause{inner, true};
        else if (!accepted_[inner]->survives(only(outer)))
          causes_[inner] = Cause{outer, true};
      }
    }
  }

  // "10 % of all rows are late" is the background of what is told about the late rows.
  void find_overviews() {
    for (std::size_t i = 0; i < accepted_.size(); ++i) {
      const auto& overview = *accepted_[i];
      if (causes_[i] || !overview.entry.fact || overview.column != no_column ||
          overview.measure_column == no_column)
        continue;
      for (std::size_t j = 0; j < accepted_.size() && !causes_[i]; ++j) {
        if (!causes_[j] && !accepted_[j]->entry.fact && !accepted_[j]->entry.decoy &&
            accepted_[j]->measure_column == overview.measure_column)
          causes_[i] = Cause{j, false};
      }
    }
  }

  void find_echoes(int threads, std::stop_token stop) {
    // The surest first: a cause shows itself more purely than its echoes. Facts are no echoes, and
    // explain nothing but what an entity's rows show that stand for all of it.
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < accepted_.size(); ++i) {
      const auto& one = *accepted_[i];
      if (!causes_[i] && patterns::is_about_rows(one) &&
          (!one.entry.fact || one.rank >= absorbing_rank))
        order.push_back(i);
    }
    std::ranges::stable_sort(order,
                             [&](std::size_t i, std::size_t j) { return is_root_before(i, j); });
    for (std::size_t next = 0; next < order.size() && !stop.stop_requested();)
      find_echoes_of(next_roots(order, next, threads), order, threads, stop);
  }

  // Many customers of one group that left: the fall of that group is theirs, and the small ones
  // among them are told with the others. One that is large by itself remains a story of its own.
  void find_losses(std::stop_token stop) {
    for (std::size_t i = 0; i < accepted_.size(); ++i) {
      const auto& group = *accepted_[i];
      if (causes_[i] || !group.rows_of_lost || stop.stop_requested()) continue;
      const auto kept = inverted(group.rows_of_lost());
      for (std::size_t j = 0; j < accepted_.size(); ++j) {
        if (i == j || causes_[j] || !comparable(i, j)) continue;
        const auto& other = *accepted_[j];
        if (is_fall_of(group, other) && !other.survives(kept)) causes_[j] = Cause{i, true};
        if (is_small_part(group, other) && has_none_of(kept, sets_[j]))
          causes_[j] = Cause{i, false};
      }
    }
  }

  // The change of the total is told once: with what made it, when that is known. A value that made
  // all of it is told there, too.
  void find_same_movement() {
    for (std::size_t i = 0; i < accepted_.size(); ++i) {
      const auto& change = *accepted_[i];
      if (causes_[i] || change.total_moved == 0 || !change.explains || change.entry.decoy) continue;
      for (std::size_t j = 0; j < accepted_.size(); ++j) {
        if (i == j || causes_[j] || accepted_[j]->entry.decoy) continue;
        const auto& other = *accepted_[j];
        if (!other.explains && other.total_moved == change.total_moved)
          causes_[j] = Cause{i, false};
        else if (comparable(i, j) && same_rows(change, other) && other.of_total &&
                 other.total_moved == 0 && (other.entry.effect > 0) == (change.total_moved > 0))
          causes_[j] = Cause{i, true};
      }
    }
  }

  // The best months of a series whose level moved are those on one side of the move.
  void find_peaks() {
    for (std::size_t i = 0; i < accepted_.size(); ++i) {
      const auto& move = *accepted_[i];
      if (causes_[i] || move.column != no_column || move.entry.pattern != "count_over_time")
        continue;
      for (std::size_t j = 0; j < accepted_.size(); ++j) {
        if (!causes_[j] && accepted_[j]->entry.pattern == "peak_months")
          causes_[j] = Cause{i, false};
      }
    }
  }

  std::vector<std::optional<Cause>> take() {
    for (auto& cause : causes_) {  // the one that stays may itself have been taken over
      for (int hops = 0; cause && causes_[cause->of] && hops < 10; ++hops)
        cause->of = causes_[cause->of]->of;
    }
    return std::move(causes_);
  }

 private:
  // As many as there are threads, from order[next] on, of those that nothing explains so far.
  std::vector<std::size_t> next_roots(const std::vector<std::size_t>& order, std::size_t& next,
                                      int threads) const {
    std::vector<std::size_t> roots;
    for (; next < order.size() && std::cmp_less(roots.size(), std::max(1, threads)); ++next) {
      if (!causes_[order[next]]) roots.push_back(order[next]);
    }
    return roots;
  }

  // Whether one is an echo of a root does not depend on the others: all are asked side by side.
  // What comes of it is as if the roots had been asked one after the other.
  void find_echoes_of(const std::vector<std::size_t>& roots, const std::vector<std::size_t>& order,
                      int threads, const std::stop_token& stop) {
    std::vector<frame::Mask> without(roots.size());
    base::parallel_for(roots.size(), threads, stop,
                       [&](std::size_t i) { without[i] = sets_[roots[i]].all_others(); });
    std::vector<std::uint8_t> explained(roots.size() * order.size(), 0);
    base::parallel_for(explained.size(), threads, stop, [&](std::size_t i) {
      const std::size_t root = roots[i % roots.size()], other = order[i / roots.size()];
      if (other != root && !causes_[other] && explains(root, other, without[i % roots.size()]))
        explained[i] = 1;
    });
    if (stop.stop_requested()) return;  // some were not asked
    for (std::size_t place = 0; place < roots.size(); ++place) {
      if (causes_[roots[place]]) continue;
      for (std::size_t i = 0; i < order.size(); ++i) {
        if (explained[i * roots.size() + place] != 0 && !causes_[order[i]])
          causes_[order[i]] = Cause{roots[place], true};
      }
    }
  }

  // Is the event read from one of the two columns that go together, and about the other?
  bool associates_status_of(const Candidate& event, const Candidate& other) const {
    const auto& columns = workspace_.subject.columns;
    const auto& made_of = columns[event.measure_column].made_of;
    return std::ranges::count(other.associates, event.column) > 0 &&
           std::ranges::any_of(other.associates, [&](std::size_t column) {
             return column != event.column &&
                    std::ranges::find(made_of, columns[column].name) != made_of.end();
           });
  }

  // Whose values of one column are mixed otherwise than the others' (mix_difference.cpp).
  bool is_mix(std::size_t i) const {
    const auto& one = *accepted_[i];
    return !one.explains && one.survives && !one.associates.empty() && !one.entry.decoy &&
           one.measure_column != no_column && patterns::is_about_rows(one) &&
           one.measure_column != one.column;
  }

  // Are (nearly) all rows of `inner` among those of the larger `outer`?
  bool holds(std::size_t outer, std::size_t inner) const {
    return rows_[inner] < rows_[outer] &&
           static_cast<double>(sets_[outer].count_both(sets_[inner])) >=
               same_rows_share * static_cast<double>(rows_[inner]);
  }

  // [rows] 1 = the candidate's.
  frame::Mask only(std::size_t i) const { return inverted(sets_[i].all_others()); }

  static bool has_none_of(const frame::Mask& kept, const RowSet& rows) {
    const auto others = rows.all_others();
    for (std::size_t row = 0; row < kept.size(); ++row) {
      if (kept[row] != 0 && others[row] == 0) return false;
    }
    return true;
  }

  bool comparable(std::size_t i, std::size_t j) const {
    return patterns::is_about_rows(*accepted_[i]) && patterns::is_about_rows(*accepted_[j]);
  }

  // Do both say how often one thing happens?
  bool same_event(std::size_t i, std::size_t j) const {
    const auto column = accepted_[i]->measure_column;
    return column != no_column && column == accepted_[j]->measure_column &&
           workspace_.subject.columns[column].role == catalog::Role::flag;
  }

  bool stronger(std::size_t i, std::size_t j) const {
    const auto &a = *accepted_[i], &b = *accepted_[j];
    if (a.explains != b.explains)
      return a.explains;  // how often it fails before of what kind it is
    if (a.entry.p != b.entry.p) return a.entry.p < b.entry.p;
    if (a.impact != b.impact) return a.impact > b.impact;
    return a.entry.fingerprint < b.entry.fingerprint;
  }

  bool is_root_before(std::size_t i, std::size_t j) const {
    const auto &a = *accepted_[i], &b = *accepted_[j];
    if ((a.rank >= absorbing_rank) != (b.rank >= absorbing_rank)) return a.rank >= absorbing_rank;
    if (is_outcome(workspace_, a) != is_outcome(workspace_, b)) return is_outcome(workspace_, b);
    if (a.entry.p != b.entry.p) return a.entry.p < b.entry.p;
    return rows_[i] < rows_[j];
  }

  // Rows of others explain only what is held against everybody's, and by the same measure: where
  // one has more of the total the others have less of it.
  bool may_explain(std::size_t root, std::size_t other) const {
    const auto &cause = *accepted_[root], &effect = *accepted_[other];
    if (!effect.survives || !cause.explains) return false;
    if (tells_how(workspace_, cause) && cause.measure_column != effect.measure_column) return false;
    if (is_outcome(workspace_, cause) && !is_outcome(workspace_, effect)) return false;
    const bool same_thing =
        cause.rank >= absorbing_rank || tell_one_thing(workspace_, cause, effect);
    if (effect.of_total && same_thing) return true;
    if (same_columns(cause, effect)) return false;
    const auto both = static_cast<double>(sets_[root].count_both(sets_[other]));
    const auto of_root = static_cast<double>(rows_[root]),
               of_other = static_cast<double>(rows_[other]);
    // Another measure, and as dense among all other rows: it cannot make these differ from them.
    const double by_chance =
        of_root * of_other / static_cast<double>(workspace_.subject.frame.rows);
    if (!same_thing && both < density_min * by_chance) return false;
    // A few rows that carry the whole effect by the same measure made it.
    const double share_min = same_thing ? same_echo_rows_share : echo_rows_share;
    return both >= share_min * of_other || both >= 0.5 * of_root;
  }

  bool explains(std::size_t root, std::size_t other, const frame::Mask& without_root) const {
    return may_explain(root, other) && !accepted_[other]->survives(without_root) &&
           (rows_[root] < rows_[other] || survives_without(root, other)) &&
           !stands_inside(root, other) &&
           (is_one_story(root, other) || survives_fewer_rows(root, other));
  }

  // One entity and one measure: that its times are longer than others' since they rise is no second
  // story, however few its rows were before.
  bool is_one_story(std::size_t root, std::size_t other) const {
    const auto &a = *accepted_[root], &b = *accepted_[other];
    return a.column != no_column && a.column == b.column &&
           patterns::values_of(a) == patterns::values_of(b) && a.within == b.within &&
           a.measure_column != no_column && a.measure_column == b.measure_column;
  }

  bool survives_without(std::size_t root, std::size_t other) const {
    if (!accepted_[root]->survives) return true;
    return accepted_[root]->survives(sets_[other].all_others());
  }

  // Something within the cause's rows that stands out among them, too, is a story of its own: the
  // one product that gains in a category that loses.
  bool stands_inside(std::size_t root, std::size_t other) const {
    const auto both = static_cast<double>(sets_[root].count_both(sets_[other]));
    if (accepted_[root]->rank >= absorbing_rank || rows_[root] <= rows_[other] ||
        both < same_rows_share * static_cast<double>(rows_[other]))
      return false;
    return accepted_[other]->survives(only(root));
  }

  // Is the effect still accepted without as many rows of any kind? If not, it falls for want of
  // rows, and whose they were says nothing.
  bool survives_fewer_rows(std::size_t root, std::size_t other) const {
    constexpr std::uint64_t seed = 20'240'229;
    const auto rows = static_cast<double>(workspace_.subject.frame.rows);
    const auto own = static_cast<double>(rows_[other]), cause = static_cast<double>(rows_[root]);
    const auto both = static_cast<double>(sets_[root].count_both(sets_[other]));
    if (own < 1 || both >= own) return true;  // all its rows are the cause's: nothing to compare
    const double of_own = both / own, of_others = rows > own ? (cause - both) / (rows - own) : 0;
    stats::Random random(seed);
    const auto others = sets_[other].all_others();
    frame::Mask kept(others.size(), 1);
    for (std::size_t row = 0; row < kept.size(); ++row)
      kept[row] = random.uniform() < (others[row] == 0 ? of_own : of_others) ? 0 : 1;
    return accepted_[other]->survives(kept);
  }

  const Workspace& workspace_;
  const std::vector<const Candidate*>& accepted_;
  std::vector<std::optional<Cause>> causes_;
  std::vector<RowSet> sets_;  // empty for those that are not about rows
  std::vector<std::size_t> rows_;
};

}  // namespace

std::vector<std::optional<Cause>> same_causes(const Workspace& workspace,
                                              const std::vector<const Candidate*>& accepted,
                                              int threads, std::stop_token stop) {
  Judge judge(workspace, accepted);
  judge.find_same_rows();
  judge.find_same_entity();
  judge.find_same_association();
  judge.find_complements();
  judge.find_levels();
  judge.find_nested_mixes();
  judge.find_echoes(threads, stop);
  judge.find_losses(stop);
  judge.find_same_movement();
  judge.find_peaks();
  judge.find_overviews();
  return judge.take();
}

}  // namespace insights::analyst
