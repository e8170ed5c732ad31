// What part of an amount is lost on the way to a later one (gross to net, net to margin), period by
// period, for one value and for all others; and whether that part is larger than theirs, or has
// grown.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "patterns/workspace.h"
#include "stats/interval.h"
#include "stats/series_shape.h"

namespace insights::patterns {

// From which measure to which: the chain from its first to its last, each of its steps, and money
// to each margin.
struct ErosionStep {
  std::size_t from = 0, to = 0;
  bool is_margin = false;
  bool operator==(const ErosionStep&) const = default;
};
std::vector<ErosionStep> erosion_steps(const Workspace& workspace);

// Sums of the two measures by period.
struct Amounts {
  std::vector<double> from, to;  // [periods]
};
Amounts amounts_of(const Cube& cube, const ErosionStep& step, std::uint32_t value);
Amounts amounts_where(const Workspace& workspace, const ErosionStep& step, std::size_t column,
                      std::uint32_t value, const frame::Mask& kept);
Amounts total_where(const Workspace& workspace, const ErosionStep& step, const frame::Mask& kept);
Amounts difference(const Amounts& all, const Amounts& part);

// The periods in which the value sold enough to have a ratio: at least a tenth of its usual amount.
struct LossSeries {
  std::vector<std::size_t> periods;  // of the workspace
  std::vector<double> own;           // lost part, 0.08 = 8 %
  std::vector<double> others;
};
LossSeries losses_of(const Amounts& own, const Amounts& others);

// Is the lost part larger (or smaller) than that of all others, month against the same month?
struct LossLevel {
  double difference = 0;  // own - others, mean over periods
  double p = 1;
  double error = 0, degrees = 1;     // of the difference: standard error and its degrees of freedom
  stats::Interval interval() const;  // 95 %
};
// Paired Student test with the sample size that the series' memory leaves. Nothing for fewer than 8
// periods.
std::optional<LossLevel> loss_level(const LossSeries& losses);

// Did the lost part change, against what it did elsewhere?
struct LossChange {
  stats::ShapeFit fit;    // of own - others
  std::size_t since = 0;  // period of the workspace from which on it is different
  std::size_t before_begin = 0, before_end = 0;  // periods that are compared, [begin, end)
  std::size_t now_begin = 0, now_end = 0;
  double change = 0;  // of the fitted level
  double margin = 0;  // half the width of its 95 % interval
};
// Nothing for fewer than 9 periods, or when its first and last third lie so near to each other that
// no change worth telling can be in it (most values of most tables; the full search is left out for
// them).
std::optional<LossChange> loss_change(const LossSeries& losses);
// The same for a whole table, which has no others.
std::optional<LossChange> loss_change_alone(const LossSeries& losses);

}  // namespace insights::patterns
