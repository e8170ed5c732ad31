#include "patterns/shared_fate.h"

#include <algorithm>
#include <cmath>

#include "catalog/vocabulary.h"

namespace insights::patterns {

namespace {

using catalog::Role;

constexpr double rows_a_group_min = 1.1;  // fewer: the groups hold nothing together
constexpr double owned = 0.9;             // of the first column: the groups decide it

frame::Coded months_of(const catalog::Subject& subject) {
  frame::Coded months;
  if (!subject.time) return months;
  const auto* days = subject.frame.columns[*subject.time].days();
  if (days == nullptr) return months;
  constexpr double days_a_month = 30.4375;
  std::vector<std::uint32_t> codes;
  std::uint32_t largest = 0;
  for (const auto day : days->days) {
    const auto month =
        day == frame::no_day
            ? 0U
            : 1U + static_cast<std::uint32_t>((day - subject.first_day.since_epoch) / days_a_month);
    codes.push_back(month);
    largest = std::max(largest, month);
  }
  months.dictionary.resize(largest + 1);
  months.codes.append(codes.data(), codes.size(), largest);
  return months;
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
  months_ = months_of(subject);
  if (months_.values() > 2) {
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

SharedFate shared_fate(std::span<const double> x, std::span<const double> rest,
                       const std::vector<Grouped>& groups) {
  SharedFate fate{1, static_cast<double>(x.size())};
  for (const auto& one : groups) {
    std::vector<double> counts(one.values, 0);
    for (const auto code : one.codes) counts[code] += 1;
    const double shared = mean_square(counts) - 1;
    if (shared <= 0.1) continue;
    const double of_x = intra_class(x, one), of_rest = intra_class(rest, one);
    fate.design = std::max(fate.design, 1 + shared * of_x * of_rest);
    if (of_x >= owned && of_rest > 0) {
      const auto used =
          std::count_if(counts.begin() + 1, counts.end(), [](double count) { return count > 0; });
      fate.cases_max = std::min(fate.cases_max, static_cast<double>(used) + counts[0]);
    }
  }
  return fate;
}

}  // namespace insights::patterns
