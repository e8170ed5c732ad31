#include "patterns/shared_fate.h"

#include <algorithm>
#include <cmath>

#include "catalog/vocabulary.h"
#include "stats/distributions.h"
#include "stats/moments.h"
#include "stats/trend.h"

namespace insights::patterns {

namespace {

using catalog::Role;

constexpr double rows_a_group_min = 1.1;   // fewer: the groups hold nothing together
constexpr double owned = 0.9;              // of the first column: the groups decide it
constexpr double memory_max = 0.98;        // of a series, from one month to the next
constexpr std::size_t stretches_min = 12;  // to tell how long a series remembers

constexpr double days_a_month = 30.4375, days_a_week = 7;

// Equal stretches of the time column, in order.
frame::Coded stretches_of(const catalog::Subject& subject, double length) {
  frame::Coded stretches;
  if (!subject.time) return stretches;
  const auto* days = subject.frame.columns[*subject.time].days();
  if (days == nullptr) return stretches;
  std::vector<std::uint32_t> codes;
  std::uint32_t largest = 0;
  for (const auto day : days->days) {
    const auto stretch =
        day == frame::no_day
            ? 0U
            : 1U + static_cast<std::uint32_t>((day - subject.first_day.since_epoch) / length);
    codes.push_back(stretch);
    largest = std::max(largest, stretch);
  }
  stretches.dictionary.resize(largest + 1);
  stretches.codes.append(codes.data(), codes.size(), largest);
  return stretches;
}

// How many rows a row shares its group with, itself counted.
double mean_square(const std::vector<double>& counts) {
  double rows = 0, squares = 0;
  for (std::size_t group = 1; group < counts.size(); ++group) {
    rows += counts[group];
    squares += counts[group] * counts[group];
  }
  return rows > 0 ? squares / rows : 0;
}

// Means by group, in order, less their mean; groups without cases are left out.
std::vector<double> centred_means(std::span<const double> values, const Grouped& groups) {
  std::vector<stats::Moments> moments(groups.values);
  for (std::size_t i = 0; i < values.size(); ++i) moments[groups.codes[i]].add(values[i]);
  std::vector<double> means;
  stats::Moments all;
  for (std::size_t group = 1; group < moments.size(); ++group) {
    if (moments[group].n == 0) continue;
    means.push_back(moments[group].mean);
    all.add(means.back());
  }
  for (double& mean : means) mean -= all.mean;
  return means;
}

// By how much a stretch counts less because it follows from the one before, in both columns: the
// variance of a product of two first-order autoregressions. The usual estimate of the memory is too
// low, most of all where a series wanders; source of the correction: Marriott & Pope (1954),
// Biometrika 41, 390-402.
double serial_factor(std::span<const double> x, std::span<const double> rest,
                     const Grouped& groups) {
  const auto a = centred_means(x, groups), b = centred_means(rest, groups);
  if (a.size() < stretches_min) return 1;
  const auto n = static_cast<double>(a.size());
  const double own = stats::lag_one_autocorrelation(a).value_or(0.0),
               other = stats::lag_one_autocorrelation(b).value_or(0.0);
  if (std::min(own, other) <= 2 / std::sqrt(n)) return 1;
  const auto corrected = [&](double memory) {
    return std::min(memory_max, memory + (1 + 3 * memory) / n);
  };
  const double both = corrected(own) * corrected(other);
  return (1 + both) / (1 - both);
}

// Of x and y without their means in each group; groups are the cases.
double p_within(std::span<const double> x, std::span<const double> y,
                const std::vector<std::uint32_t>& groups) {
  struct Sums {
    double n = 0, x = 0, y = 0, xy = 0;
  };
  std::vector<Sums> sums(std::ranges::max(groups) + 1);
  for (std::size_t i = 0; i < x.size(); ++i) {
    auto& own = sums[groups[i]];
    own.n += 1;
    own.x += x[i];
    own.y += y[i];
    own.xy += x[i] * y[i];
  }
  double sum = 0, squares = 0, used = 0;
  for (std::size_t group = 1; group < sums.size(); ++group) {
    const auto& own = sums[group];
    if (own.n < 2) continue;
    const double together = own.xy - own.x * own.y / own.n;
    sum += together;
    squares += together * together;
    used += 1;
  }
  return used >= 3 && squares > 0
             ? stats::p_value(stats::student_two_sided(sum / std::sqrt(squares), used - 1))
             : 1;
}

}  // namespace

Fates::Fates(const Workspace& workspace) : workspace_(workspace) {
  const auto& subject = workspace.subject;
  for (const std::size_t column : workspace.groupings) {
    if (subject.columns[column].role == Role::entity && !workspace.is_decoy(column)) add(column);
  }
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    const auto* kind = workspace.vocabulary.kind_named(subject.columns[i].kind);
    if (kind == nullptr || !kind->event || subject.columns[i].role != Role::identifier) continue;
    if (subject.is_coded(i)) {
      add(i);
    } else if (const auto* numbers = subject.frame.columns[i].numbers()) {
      if (auto coded = frame::encode(*numbers, subject.frame.rows)) {
        documents_ = *std::move(coded);
        codes_.push_back(&documents_.codes);
        values_.push_back(documents_.values());
      }
    }
    break;
  }
  months_ = stretches_of(subject, days_a_month);
  if (months_.values() > 2) {
    weeks_ = stretches_of(subject, days_a_week);
    codes_.push_back(&months_.codes);
    values_.push_back(months_.values());
  }
}

void Fates::add(std::size_t column) {
  const auto& coded = workspace_.subject.codes(column);
  const bool holds = static_cast<double>(workspace_.subject.frame.rows) >=
                     rows_a_group_min * static_cast<double>(coded.values());
  if (!holds || coded.values() < 3) return;
  codes_.push_back(&coded.codes);
  values_.push_back(coded.values());
}

std::vector<Grouped> Fates::of(std::span<const std::size_t> rows) const {
  std::vector<Grouped> groups;
  for (std::size_t i = 0; i < codes_.size(); ++i) {
    Grouped one;
    one.values = values_[i];
    one.codes.reserve(rows.size());
    for (const std::size_t row : rows) one.codes.push_back((*codes_[i])[row]);
    if (codes_[i] == &months_.codes) {
      for (const std::size_t row : rows) one.shorter.push_back(weeks_.codes[row]);
    }
    groups.push_back(std::move(one));
  }
  return groups;
}

double intra_class(std::span<const double> values, const Grouped& groups) {
  std::vector<double> counts(groups.values, 0), sums(groups.values, 0);
  double n = 0, sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (groups.codes[i] == 0) continue;
    counts[groups.codes[i]] += 1;
    sums[groups.codes[i]] += values[i];
    n += 1;
    sum += values[i];
  }
  double used = 0, squares = 0, between = 0, within = 0;
  for (std::size_t group = 1; group < counts.size(); ++group) {
    if (counts[group] == 0) continue;
    used += 1;
    squares += counts[group] * counts[group];
    const double off = sums[group] / counts[group] - sum / n;
    between += counts[group] * off * off;
  }
  if (used < 2 || n <= used) return 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto group = groups.codes[i];
    if (group == 0) continue;
    const double off = values[i] - sums[group] / counts[group];
    within += off * off;
  }
  const double size = (n - squares / n) / (used - 1);
  const double mean_between = between / (used - 1), mean_within = within / (n - used);
  const double whole = mean_between + (size - 1) * mean_within;
  return whole > 0 ? std::clamp((mean_between - mean_within) / whole, 0.0, 1.0) : 0;
}

SharedFate shared_fate(std::span<const double> x, std::span<const double> y,
                       std::span<const double> rest, const std::vector<Grouped>& groups) {
  SharedFate fate{1, static_cast<double>(x.size())};
  for (const auto& one : groups) {
    std::vector<double> counts(one.values, 0);
    for (const auto code : one.codes) counts[code] += 1;
    const double shared = mean_square(counts) - 1;
    if (shared <= 0.1) continue;
    const double of_x = intra_class(x, one), of_rest = intra_class(rest, one);
    fate.design = std::max(fate.design, 1 + shared * of_x * of_rest);
    const double serial = !one.shorter.empty() ? serial_factor(x, rest, one) : 1;
    if (serial > 1) {
      fate.design_in_time = 1 + shared * of_x * of_rest * serial;
      fate.p_within = p_within(x, y, one.shorter);
    }
    if (of_x >= owned && of_rest > 0) {
      const auto used =
          std::count_if(counts.begin() + 1, counts.end(), [](double count) { return count > 0; });
      fate.cases_max = std::min(fate.cases_max, static_cast<double>(used) + counts[0]);
    }
  }
  fate.design_in_time = std::max(fate.design_in_time, fate.design);
  return fate;
}

}  // namespace insights::patterns
