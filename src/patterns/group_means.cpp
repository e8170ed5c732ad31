#include "patterns/group_means.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "patterns/row_blocks.h"

namespace insights::patterns {

namespace {

using stats::Moments;

constexpr std::int64_t rows_min = 10, units_min = 3;  // of a group, to be told of
constexpr std::size_t ranked_units_max = 50'000;
constexpr std::size_t told_together_max = 3;
constexpr double cut_explains_min = 0.5;  // of the differences among the groups
constexpr double spread_max = 0.5;        // of the told groups, beside the gap to the others

void add(Groups& groups, std::size_t group, double value, bool ranked) {
  groups.units[group].add(value);
  if (ranked) groups.values[group].push_back(value);
}

// Calls visit(row, group, number) for each row that takes part.
void each_row(const catalog::Subject& subject, const Difference& what, const frame::Mask& kept,
              auto visit) {
  const auto& numbers = subject.numbers(what.measure);
  subject.codes(what.column).codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < numbers.size(); ++row) {
      if (codes[row] != 0 && !std::isnan(numbers[row]) && (kept.empty() || kept[row] != 0))
        visit(row, codes[row], numbers[row]);
    }
  });
}

// [unit] the group that it belongs to, by a row of it that is kept; 0: none.
std::vector<std::uint32_t> groups_of_units(const catalog::Subject& subject, const Difference& what,
                                           const frame::Mask& kept) {
  const auto& units = subject.codes(*what.unit);
  std::vector<std::uint32_t> groups(units.values());
  std::size_t left = groups.size() - 1;  // that have no group yet
  units.codes.visit([&](const auto* unit) {
    subject.codes(what.column).codes.visit([&](const auto* codes) {
      for (std::size_t row = 0; row < subject.frame.rows && left > 0; ++row) {
        auto& group = groups[unit[row]];
        if (unit[row] == 0 || group != 0 || codes[row] == 0 || (!kept.empty() && kept[row] == 0))
          continue;
        group = codes[row];
        --left;
      }
    });
  });
  return groups;
}

// Near the column's numbers, so that squares of what is left lose no digits. 0 for flags, which are
// counted.
double centre_of(const catalog::Subject& subject, std::size_t measure) {
  const auto& profile = subject.frame.columns[measure].profile;
  const auto seen = profile.rows - profile.nulls - profile.non_finite;
  const bool flag = profile.whole && profile.minimum >= 0 && profile.maximum <= 1;
  return flag || seen == 0 ? 0 : profile.sum / static_cast<double>(seen);
}

std::size_t place_in(std::vector<std::size_t>& list, std::size_t one) {
  const auto found = std::ranges::find(list, one);
  if (found == list.end()) list.push_back(one);
  return static_cast<std::size_t>(std::ranges::find(list, one) - list.begin());
}

// Is every row one of a unit, and of a group? Then the units' rows are all that there are.
bool units_have_all(const catalog::Subject& subject, const Difference& what) {
  const auto is_whole = [&](std::size_t column) {
    const auto& profile = subject.frame.columns[column].profile;
    return profile.nulls + profile.non_finite == 0;
  };
  return what.unit && is_whole(*what.unit) && is_whole(what.column);
}

// Sums over rows by measure, column and value.
class RowTotals {
 public:
  struct Of {
    double rows = 0, sum = 0, squares = 0;  // of number - centre
  };

  RowTotals(const catalog::Subject& subject, std::span<const Difference> all) : subject_(subject) {
    for (const auto& what : all) {
      place_in(measures_, what.measure);
      if (what.unit) place_in(columns_, *what.unit);
      if (!units_have_all(subject, what)) place_in(columns_, what.column);
    }
    std::vector<Addend> addends;
    for (const std::size_t measure : measures_) {
      const double centre = centre_of(subject, measure);
      addends.push_back({&subject.numbers(measure), false, centre});
      addends.push_back({&subject.numbers(measure), true, centre});
    }
    blocks_.emplace(addends);
  }

  void add_rows(const frame::Mask& kept) {
    std::vector<RowSums> filling;
    for (const std::size_t column : columns_)
      filling.emplace_back(*blocks_, subject_.codes(column).values());
    std::array<std::uint32_t, RowBlocks::rows_max> cell_of_row{};
    for (std::size_t first = 0; first < subject_.frame.rows; first += RowBlocks::rows_max) {
      const std::size_t count = std::min(RowBlocks::rows_max, subject_.frame.rows - first);
      const auto cells = std::span(cell_of_row).first(count);
      blocks_->read(first, count);
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        subject_.codes(columns_[i]).codes.visit([&](const auto* codes) {
          std::copy_n(codes + first, count, cells.begin());
        });
        for (std::size_t row = 0; !kept.empty() && row < count; ++row) {
          if (kept[first + row] == 0) cells[row] = RowBlocks::no_cell;
        }
        filling[i].add(cells);
      }
    }
    for (auto& column : filling) sums_.push_back(column.take());
  }

  Of of(std::size_t of_measure, std::size_t column, std::uint32_t value) {
    const auto measure = 2 * place_in(measures_, of_measure);
    const double* cell = sums_[place_in(columns_, column)].data() + value * blocks_->width();
    return {cell[blocks_->count_place(measure)], cell[blocks_->sum_place(measure)],
            cell[blocks_->sum_place(measure + 1)]};
  }

 private:
  const catalog::Subject& subject_;
  std::vector<std::size_t> measures_, columns_;
  std::optional<RowBlocks> blocks_;
  std::vector<std::vector<double>> sums_;  // [column]
};

void add_groups(const catalog::Subject& subject, const Difference& what, RowTotals& totals,
                Groups& groups) {
  const double centre = centre_of(subject, what.measure);
  for (std::uint32_t group = 1; group < groups.rows.size(); ++group) {
    const auto own = totals.of(what.measure, what.column, group);
    const double n = own.rows, mean = n > 0 ? own.sum / n : 0;
    groups.rows[group] = n;
    groups.sums[group] = own.sum + n * centre;
    if (!what.unit && n > 0)
      groups.units[group] = {std::llround(n), centre + mean,
                             std::max(0.0, own.squares - n * mean * mean)};
  }
}

void add_units(const catalog::Subject& subject, const Difference& what, const frame::Mask& kept,
               RowTotals& totals, Groups& groups) {
  const auto group_of = groups_of_units(subject, what, kept);
  const double centre = centre_of(subject, what.measure);
  const bool all_rows = units_have_all(subject, what);
  for (std::uint32_t unit = 1; unit < group_of.size(); ++unit) {
    const auto own = totals.of(what.measure, *what.unit, unit);
    const auto group = group_of[unit];
    if (group == 0 || !(own.rows > 0)) continue;
    add(groups, group, centre + own.sum / own.rows, group_of.size() <= ranked_units_max);
    if (!all_rows) continue;
    groups.rows[group] += own.rows;
    groups.sums[group] += own.sum + own.rows * centre;
  }
}

// When part of the rows is gone, a unit may be gone with them.
std::int64_t least_of(const Difference& what, const frame::Mask& kept) {
  return what.unit ? units_min - (kept.empty() ? 0 : 1) : rows_min;
}

// Zero on every row, to rounding, beside what the other side has.
bool is_nothing(const Moments& moments, double beside) {
  return std::fabs(moments.mean) <= 1e-9 * std::fabs(beside) &&
         moments.m2 <= 1e-9 * beside * beside * static_cast<double>(moments.n);
}

double between_squares(const Moments& a, const Moments& b) {
  const double n_a = static_cast<double>(a.n), n_b = static_cast<double>(b.n);
  return n_a + n_b > 0 ? n_a * n_b / (n_a + n_b) * (a.mean - b.mean) * (a.mean - b.mean) : 0;
}

std::uint32_t furthest(const Groups& groups, std::span<const std::uint32_t> values) {
  std::uint32_t found = 0;
  double most = -1;
  for (const std::uint32_t value : values) {
    const auto one = apart(groups, std::span(&value, 1));
    const double t = one.test ? std::fabs(one.test->t) : 0;
    if (t > most) {
      most = t;
      found = value;
    }
  }
  return found;
}

// How many of the values, in order of their means, lie below the best cut, and what it explains.
struct Cut {
  std::size_t below = 0;
  double explains = 0;  // share of the squares between the groups
};

Cut best_cut(const Groups& groups, std::span<const std::uint32_t> ordered) {
  Moments all;
  for (const auto value : ordered) all.merge(groups.units[value]);
  double between = 0;
  for (const auto value : ordered) {
    const double off = groups.units[value].mean - all.mean;
    between += static_cast<double>(groups.units[value].n) * off * off;
  }
  Cut best;
  Moments low;
  for (std::size_t below = 1; below < ordered.size(); ++below) {
    low.merge(groups.units[ordered[below - 1]]);
    Moments high;
    for (std::size_t i = below; i < ordered.size(); ++i) high.merge(groups.units[ordered[i]]);
    const double explains = between > 0 ? between_squares(low, high) / between : 0;
    if (explains > best.explains) best = {below, explains};
  }
  return best;
}

}  // namespace

std::vector<Groups> groups_of(const catalog::Subject& subject, std::span<const Difference> all,
                              const frame::Mask& kept) {
  RowTotals totals(subject, all);
  totals.add_rows(kept);
  std::vector<Groups> made;
  for (const auto& what : all) {
    const std::size_t count = subject.codes(what.column).values();
    Groups groups{std::vector<Moments>(count), std::vector<double>(count),
                  std::vector<double>(count), least_of(what, kept),
                  std::vector<std::vector<double>>(count)};
    if (!units_have_all(subject, what)) add_groups(subject, what, totals, groups);
    if (what.unit)
      add_units(subject, what, kept, totals, groups);
    else if (subject.frame.rows <= ranked_units_max)
      each_row(subject, what, kept, [&](std::size_t, std::uint32_t group, double number) {
        groups.values[group].push_back(number);
      });
    made.push_back(std::move(groups));
  }
  return made;
}

Groups groups_of(const catalog::Subject& subject, const Difference& what, const frame::Mask& kept) {
  return std::move(groups_of(subject, std::span(&what, 1), kept).front());
}

Apart apart(const Groups& groups, std::span<const std::uint32_t> values) {
  Moments own, others;
  double own_rows = 0, own_sum = 0, rows = 0, sum = 0;
  Apart result;
  result.units = std::numeric_limits<std::int64_t>::max();
  for (std::uint32_t group = 1; group < groups.units.size(); ++group) {
    const bool told = std::ranges::find(values, group) != values.end();
    (told ? own : others).merge(groups.units[group]);
    (told ? own_rows : rows) += groups.rows[group];
    (told ? own_sum : sum) += groups.sums[group];
    if (told) result.units = std::min(result.units, groups.units[group].n);
  }
  result.test = stats::welch_t(own, others);
  result.both_have = !is_nothing(own, others.mean) && !is_nothing(others, own.mean);
  if (rows > 0 && sum != 0 && own_rows > 0)
    result.relative = (own_sum / own_rows) / (sum / rows) - 1;
  return result;
}

std::vector<std::uint32_t> groups_to_tell(const Groups& groups, std::size_t together_min) {
  std::vector<std::uint32_t> ordered;
  for (std::uint32_t value = 1; value < groups.units.size(); ++value) {
    if (groups.units[value].n >= groups.least) ordered.push_back(value);
  }
  if (ordered.empty()) return {};
  std::ranges::stable_sort(
      ordered, [&](auto a, auto b) { return groups.units[a].mean < groups.units[b].mean; });
  if (ordered.size() < 2) return {};
  const auto cut = best_cut(groups, ordered);
  const std::size_t above = ordered.size() - cut.below;
  const bool tell_high = above <= cut.below;
  const std::size_t side = std::min(above, cut.below);
  const auto mean = [&](std::size_t place) { return groups.units[ordered[place]].mean; };
  const double gap = mean(cut.below) - mean(cut.below - 1);
  const double spread =
      tell_high ? mean(ordered.size() - 1) - mean(cut.below) : mean(cut.below - 1) - mean(0);
  if (cut.explains >= cut_explains_min && spread <= spread_max * gap && side >= 2 &&
      side <= told_together_max) {
    std::vector<std::uint32_t> told(
        tell_high ? ordered.end() - static_cast<std::ptrdiff_t>(side) : ordered.begin(),
        tell_high ? ordered.end() : ordered.begin() + static_cast<std::ptrdiff_t>(side));
    std::ranges::reverse(told);
    return told;
  }
  if (together_min > 1) return {};
  return {furthest(groups, ordered)};
}

}  // namespace insights::patterns
