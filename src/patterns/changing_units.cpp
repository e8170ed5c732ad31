#include "patterns/changing_units.h"

#include <algorithm>

#include "stats/proportion_tests.h"

namespace insights::patterns {

namespace {

constexpr double lasting_min = 0.5;  // of the value's rows on both sides

struct Unit {
  std::int64_t before = 0, after = 0;  // rows
  std::uint32_t value = 0;
  std::size_t first = no_period, last = 0;  // periods in which it has rows

  // On both sides of the change, for more than what is left over of one period.
  bool lasts(const Stretches& at) const {
    return before > 0 && after > 0 && first + 1 < at.before_end && last > at.after_begin;
  }
};

std::vector<Unit> units_of(const Workspace& workspace, std::size_t unit, std::size_t column,
                           const Stretches& at) {
  const auto& subject = workspace.subject;
  const auto &codes = subject.codes(unit).codes, &values = subject.codes(column).codes;
  std::vector<Unit> units(subject.codes(unit).values());
  for (std::size_t row = 0; row < subject.frame.rows; ++row) {
    const std::size_t period = workspace.periods.of_row[row];
    const auto code = codes[row];
    if (period == no_period || code == 0) continue;
    auto& one = units[code];
    one.value = values[row];
    one.first = std::min(one.first, period);
    one.last = std::max(one.last, period);
    if (period >= at.before_begin && period < at.before_end) ++one.before;
    if (period >= at.after_begin && period < at.after_end) ++one.after;
  }
  return units;
}

}  // namespace

double chance_of_new_units(const Workspace& workspace, std::size_t column, std::uint32_t value,
                           const Stretches& stretches) {
  const auto unit = workspace.unit_of(column);
  const bool lives_by_itself = workspace.subject.columns[column].role == catalog::Role::entity;
  if (!unit || *unit == column || lives_by_itself) return 0;
  stats::Proportion before{0, 0}, after{0, 0};
  std::int64_t rows_all = 0, rows_lasting = 0;
  for (const auto& one : units_of(workspace, *unit, column, stretches)) {
    const bool is_own = one.value == value;
    before.trials += one.before > 0 ? 1 : 0;
    after.trials += one.after > 0 ? 1 : 0;
    if (!is_own) continue;
    before.events += one.before > 0 ? 1 : 0;
    after.events += one.after > 0 ? 1 : 0;
    const auto rows = one.before + one.after;
    rows_all += rows;
    rows_lasting += one.lasts(stretches) ? rows : 0;
  }
  const bool they_last =
      static_cast<double>(rows_lasting) >= lasting_min * static_cast<double>(rows_all);
  if (they_last) return 0;
  // The place of the change was looked for: any period could have been it (Bonferroni).
  const auto places = static_cast<double>(workspace.periods.count);
  return std::min(1.0, places * stats::fisher_exact_p_value(before, after));
}

}  // namespace insights::patterns
