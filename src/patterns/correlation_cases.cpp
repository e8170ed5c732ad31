// The cases of a pair of columns, how they go together, and what the outer quarters look like.

#include <algorithm>
#include <cmath>

#include "patterns/correlation.h"
#include "stats/distributions.h"
#include "stats/moments.h"
#include "stats/rank_tests.h"

namespace insights::patterns {

namespace {

using catalog::Role;

constexpr std::size_t cases_min = 30, units_min = 12;
constexpr double relative_min = 0.1;    // of the mean of y, between the quarters
constexpr double rate_gap_min = 0.05;   // of a flag: points ...
constexpr double rate_ratio_min = 1.3;  // ... and times
constexpr double degrees_min = 3;
constexpr double straight_max = 2.5;  // of the slopes of both halves
constexpr double effect_looked_at = 0.2, p_not_looked_at = 0.05;

bool takes_part(const CorrelatedPair& pair, const frame::CodeVector* segment, std::size_t row,
                Side side) {
  if (segment == nullptr) return true;
  const auto code = (*segment)[row];
  return side == Side::inside ? code == pair.value : code != pair.value && code != 0;
}

// number_at() of one column, which is looked up once.
class NumberReader {
 public:
  NumberReader(const catalog::Subject& subject, std::size_t column) {
    const auto& data = subject.frame.columns[column];
    if (const auto* days = data.days()) days_ = days->days.data();
    if (const auto* numbers = data.numbers()) numbers_ = numbers->values.data();
  }
  double operator()(std::size_t row) const {
    if (numbers_ != nullptr) return numbers_[row];
    return days_ == nullptr || days_[row] == frame::no_day ? std::nan("") : days_[row];
  }

 private:
  const std::int32_t* days_ = nullptr;
  const double* numbers_ = nullptr;
};

// The rows with both numbers, in order, given to `visit(row, x, y)`.
void each_case(const Workspace& workspace, const CorrelatedPair& pair, const frame::Mask& kept,
               Side side, auto visit) {
  const auto& subject = workspace.subject;
  const auto* segment = pair.segment == no_column ? nullptr : &subject.codes(pair.segment).codes;
  const NumberReader x_of(subject, pair.x), y_of(subject, pair.y);
  for (const std::size_t row : workspace.sample) {
    if (!kept.empty() && kept[row] == 0) continue;
    if (!takes_part(pair, segment, row, side)) continue;
    const double x = x_of(row), y = y_of(row);
    if (std::isnan(x) || std::isnan(y)) continue;
    if (pair.began_by && x > pair.began_by->since_epoch) continue;
    visit(row, x, y);
  }
}

// The entities that each of the unit's values belongs to; `places` [units]: a row of each.
std::vector<Grouped> groups_of_units(const Workspace& workspace, std::size_t unit,
                                     const std::vector<std::size_t>& places) {
  const auto& subject = workspace.subject;
  std::vector<Grouped> groups;
  for (const std::size_t column : workspace.groupings) {
    if (workspace.is_decoy(column) || !subject.has_dependency(unit, column) ||
        subject.columns[column].role != Role::entity)
      continue;
    auto& group = groups.emplace_back();
    group.values = subject.codes(column).values();
    for (const std::size_t row : places) group.codes.push_back(subject.codes(column).codes[row]);
  }
  return groups;
}

// One case a value of the unit: its mean of both.
Cases cases_of_units(const Workspace& workspace, const CorrelatedPair& pair,
                     const frame::Mask& kept, Side side) {
  const auto& subject = workspace.subject;
  const auto& units = subject.codes(*pair.unit);
  std::vector<double> rows(units.values()), x(units.values()), y(units.values());
  std::vector<std::size_t> first(units.values());
  each_case(workspace, pair, kept, side, [&](std::size_t row, double own_x, double own_y) {
    const auto unit = units.codes[row];
    if (rows[unit] == 0) first[unit] = row;
    rows[unit] += 1;
    x[unit] += own_x;
    y[unit] += own_y;
  });
  Cases cases;
  std::vector<std::size_t> places;
  for (std::size_t unit = 1; unit < rows.size(); ++unit) {
    if (rows[unit] == 0) continue;
    cases.x.push_back(x[unit] / rows[unit]);
    cases.y.push_back(y[unit] / rows[unit]);
    places.push_back(first[unit]);
  }
  cases.groups = [&workspace, unit = *pair.unit, places = std::move(places)] {
    return groups_of_units(workspace, unit, places);
  };
  return cases;
}

// Dates that follow each other share what happened then.
Grouped months_of(const std::vector<double>& days) {
  constexpr double days_a_month = 30.4375;
  const double first = std::ranges::min(days);
  Grouped months;
  for (const double day : days) {
    const auto month = 1 + static_cast<std::uint32_t>((day - first) / days_a_month);
    months.codes.push_back(month);
    months.values = std::max<std::size_t>(months.values, month + 1);
  }
  return months;
}

std::vector<double> standardized(std::vector<double> ranks) {
  const auto n = static_cast<double>(ranks.size());
  double squares = 0;
  for (double& rank : ranks) {
    rank -= (n + 1) / 2;
    squares += rank * rank;
  }
  const double scale = squares > 0 ? std::sqrt(n / squares) : 0;
  for (double& rank : ranks) rank *= scale;
  return ranks;
}

double p_of_rho(double rho, double degrees) {
  const double left = std::max(1e-12, 1 - rho * rho);
  return stats::student_two_sided(rho * std::sqrt(degrees / left), degrees);
}

// Mean rank of x where the flag is raised less where it is not, on a scale of -1 to 1.
double rank_biserial(const std::vector<double>& x_ranks, const std::vector<double>& flags) {
  double raised = 0, sum_raised = 0, sum = 0;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    sum += x_ranks[i];
    if (flags[i] <= 0) continue;
    raised += 1;
    sum_raised += x_ranks[i];
  }
  const auto n = static_cast<double>(flags.size());
  if (raised == 0 || raised == n) return 0;
  return 2 * (sum_raised / raised - (sum - sum_raised) / (n - raised)) / n;
}

}  // namespace

Cases cases_of(const Workspace& workspace, const Fates& fates, const CorrelatedPair& pair,
               const frame::Mask& kept, Side side) {
  const auto& subject = workspace.subject;
  Cases cases;
  if (pair.unit) {
    cases = cases_of_units(workspace, pair, kept, side);
  } else {
    each_case(workspace, pair, kept, side, [&](std::size_t row, double x, double y) {
      cases.rows.push_back(row);
      cases.x.push_back(x);
      cases.y.push_back(y);
    });
    cases.groups = [&fates, rows = cases.rows] { return fates.of(rows); };
    cases.flag = subject.columns[pair.y].role == Role::flag;
  }
  cases.least = pair.unit ? units_min : cases_min;
  if (is_date(subject, pair.x) && !cases.x.empty()) {
    cases.groups = [others = std::move(cases.groups), months = months_of(cases.x)] {
      auto groups = others();
      groups.push_back(months);
      return groups;
    };
  }
  return cases;
}

std::vector<SegmentGlance> Glance::by(std::size_t column) const {
  const auto& coded = subject_.codes(column);
  // Ranks are whole or halves: their sums and products lose nothing.
  struct Sums {
    double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    void add(const Sums& other, double sign) {
      n += sign * other.n;
      x += sign * other.x;
      y += sign * other.y;
      xx += sign * other.xx;
      yy += sign * other.yy;
      xy += sign * other.xy;
    }
    double correlation() const {
      const double spread = (n * xx - x * x) * (n * yy - y * y);
      return spread > 0 ? (n * xy - x * y) / std::sqrt(spread) : 0;
    }
  };
  std::vector<Sums> inside(coded.values());
  for (std::size_t i = 0; i < cases_.rows.size(); ++i) {
    const double x = (*ranks_.x)[i], y = (*ranks_.y)[i];
    inside[coded.codes[cases_.rows[i]]].add({1, x, y, x * x, y * y, x * y}, 1);
  }
  Sums all;
  for (std::size_t value = 1; value < inside.size(); ++value) all.add(inside[value], 1);
  std::vector<SegmentGlance> glances(inside.size());
  for (std::size_t value = 1; value < inside.size(); ++value) {
    auto outside = all;
    outside.add(inside[value], -1);
    glances[value] = {inside[value].correlation(), outside.correlation(),
                      std::llround(inside[value].n), std::llround(outside.n)};
  }
  return glances;
}

BothRanks ranks_of(const Cases& cases) {
  const auto ranked = [](const std::vector<double>& numbers) {
    return std::make_shared<const std::vector<double>>(stats::average_ranks(numbers));
  };
  return {ranked(cases.x), ranked(cases.y)};
}

std::optional<Together> together(const Cases& cases, const BothRanks& ranks) {
  const auto n = static_cast<double>(cases.x.size());
  if (cases.x.size() < cases.least) return std::nullopt;
  const auto x = standardized(*ranks.x), y = standardized(*ranks.y);
  double product = 0;
  for (std::size_t i = 0; i < x.size(); ++i) product += x[i] * y[i];
  Together found;
  found.cases = n;
  found.rho = std::clamp(product / n, -1.0, 1.0);
  found.effect = cases.flag ? rank_biserial(*ranks.x, cases.y) : found.rho;
  std::vector<double> rest(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) rest[i] = y[i] - found.rho * x[i];
  if (std::fabs(found.effect) < effect_looked_at) {
    // Too small to be told: how far the cases depend on each other is not worth the time, and what
    // might be significant counts as not.
    found.independent = n;
    found.p = std::max(p_not_looked_at, p_of_rho(found.rho, n - 2));
    return found;
  }
  const auto fate = shared_fate(x, y, rest, cases.groups());
  const auto p_with = [&](double design) {
    const double degrees = std::min(n / design, fate.cases_max) - 2;
    return degrees < degrees_min ? 1 : p_of_rho(found.rho, degrees);
  };
  found.independent = std::min(n / fate.design, fate.cases_max);
  found.p = p_with(fate.design);
  // Two columns that wander: what they have in common beside that, or within the months.
  if (fate.design_in_time > fate.design)
    found.p = std::max(found.p, 2 * std::min(p_with(fate.design_in_time), fate.p_within));
  found.p = std::min(found.p, 1.0);
  return found;
}

double Quarters::relative() const {
  return mean == 0 ? 0 : (high_mean - low_mean) / std::fabs(mean);
}

std::optional<Quarters> quarters_of(const Workspace& workspace, const CorrelatedPair& pair,
                                    const frame::Mask& kept, Side side) {
  std::vector<double> x, y;
  each_case(workspace, pair, kept, side, [&](std::size_t, double own_x, double own_y) {
    x.push_back(own_x);
    y.push_back(own_y);
  });
  if (x.size() < units_min) return std::nullopt;
  auto sorted = x;
  std::ranges::sort(sorted);
  Quarters quarters;
  quarters.low_to = sorted[(sorted.size() - 1) / 4];
  quarters.high_from = sorted[sorted.size() - 1 - (sorted.size() - 1) / 4];
  if (quarters.low_to >= quarters.high_from) return std::nullopt;
  quarters.spread = quarters.high_from - quarters.low_to;
  double low = 0, high = 0, sum = 0, middle = 0, middle_x = 0, middle_y = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += y[i];
    if (x[i] <= quarters.low_to) {
      low += 1;
      quarters.low_mean += y[i];
      quarters.low_x += x[i];
    } else if (x[i] >= quarters.high_from) {
      high += 1;
      quarters.high_mean += y[i];
      quarters.high_x += x[i];
    } else {
      middle += 1;
      middle_x += x[i];
      middle_y += y[i];
    }
  }
  quarters.mean = sum / static_cast<double>(x.size());
  quarters.low_mean /= low;
  quarters.low_x /= low;
  quarters.high_mean /= high;
  quarters.high_x /= high;
  if (middle > 0) {
    const double to_middle =
        (middle_y / middle - quarters.low_mean) / (middle_x / middle - quarters.low_x);
    const double from_middle =
        (quarters.high_mean - middle_y / middle) / (quarters.high_x - middle_x / middle);
    const double ratio = to_middle / from_middle;
    quarters.straight = ratio > 1 / straight_max && ratio < straight_max;
  }
  return quarters;
}

bool is_told_by_quarters(const Workspace& workspace, const CorrelatedPair& pair, double effect,
                         const Quarters& quarters) {
  const double gap = quarters.high_mean - quarters.low_mean;
  if ((gap > 0) != (effect > 0)) return false;
  if (workspace.subject.columns[pair.y].role != Role::flag)
    return std::fabs(quarters.relative()) >= relative_min;
  const double larger = std::max(quarters.high_mean, quarters.low_mean),
               smaller = std::min(quarters.high_mean, quarters.low_mean);
  return std::fabs(gap) >= rate_gap_min && larger >= rate_ratio_min * smaller;
}

}  // namespace insights::patterns
